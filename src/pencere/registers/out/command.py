"""`pencere export`: a register's rows as a file, for the operator. Who and why is written down as for an officer."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from pencere.base.errors import BadInput, Refused, Unavailable

_FORMATS = "zip, csv, sheet, json, jsonl"


@click.command("export")
@click.argument("register")
@click.option("--reason", required=True, help="Why; kept with your account and shown to every person concerned.")
@click.option("--format", "format_", default="csv", show_default=True,
              help=f"{_FORMATS}, or a standard that the register speaks.")  # fmt: skip
@click.option("--as-of", "day", type=click.DateTime(["%Y-%m-%d"]),
              help="The rows that hold on that day; of every period if not.")  # fmt: skip
@click.option("--fields", help="Only these, with a comma between; the key is always among them.")
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="Where the file goes.")
@click.option("--language", help="Of a sheet's words; as the terminal's if the country speaks it.")
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def export(
    register: str,
    reason: str,
    format_: str,
    day: datetime | None,
    fields: str | None,
    target: Path | None,
    language: str | None,
    as_json: bool,
) -> None:
    """Write the rows of REGISTER, which lies here, to a file that `pencere import --exported` reads again.

    The file has its name only when it is whole. Exit status: 0 it is, 2 nothing was written.
    """
    from django.utils.translation import override

    from pencere.base import clock
    from pencere.registers.commands import language_of
    from pencere.registers.out import exports, taking
    from pencere.registers.out.sentences import sentence
    from pencere.registers.using import shape_of

    with override(language_of(language)):
        try:
            shape = shape_of(register)
            exports.demand_here(shape)
            names = [name.strip() for name in fields.split(",")] if fields else list(shape.register.fields)
            asked = exports.Asked(
                register, exports.fields_of(shape.register, names), day.date() if day else None, format_,
                reason.strip(), "operator", getpass.getuser()[:36],
            )  # fmt: skip
            wanted = taking.Wanted(register, asked.fields, asked.on, clock.now())
            path = _target(target or Path(exports.name_of(asked, clock.now())))
            with _progress(register, taking.count(wanted), as_json) as told:
                file = exports.begin(asked, tick=clock.now, language=language_of(language), told=told)
                size = _write(path, file.parts)
        except BadInput as problem:
            _fail(problem.reason, sentence(problem.reason, problem.details), as_json)
        except (Unavailable, Refused) as problem:
            _fail("unavailable", str(problem), as_json)
        except LookupError as problem:
            raise click.UsageError(str(problem)) from None
        done = exports.named(file.number)
        said = sentence("exported", {"rows": f"{done.rows:,}".replace(",", " "), "path": str(path)})
        found = {"export": done.number, "register": register, "rows": done.rows, "bytes": size,
                 "sha256": done.digest, "file": str(path), "sentence": said}  # fmt: skip
        click.echo(json.dumps(found, ensure_ascii=False) if as_json else said)


def _target(path: Path) -> Path:
    """Where a file may be written. Raises BadInput, "file_exists" or "no_such_folder"."""
    if path.exists():
        raise BadInput("file_exists", path=str(path))
    if not path.absolute().parent.is_dir():
        raise BadInput("no_such_folder", path=str(path.parent))
    return path


def _write(path: Path, parts: Iterator[bytes]) -> int:
    """Under another name until it is whole and on disk."""
    beside = path.with_name(f"{path.name}.part")
    size = 0
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for part in parts:
                size += file.write(part)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return size


def _fail(reason: str, said: str, as_json: bool) -> None:
    click.echo(json.dumps({"error": reason, "sentence": said}, ensure_ascii=False) if as_json else said,
               err=not as_json)  # fmt: skip
    sys.exit(2)


@contextmanager
def _progress(name: str, total: int, silent: bool) -> Iterator[Callable[[int], None]]:
    """A bar with the rows done, their rate and the remaining time; nothing where nobody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.completed:,.0f}"), TextColumn("{task.fields[rate]:,.0f}/s"), TimeElapsedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=silent or not console.is_terminal) as progress:
        task = progress.add_task(name, total=total, rate=0.0)
        yield _watching(progress, task)


def _watching(progress: Any, task: Any) -> Callable[[int], None]:
    def told(rows: int) -> None:
        elapsed = progress.tasks[task].elapsed or 0.0
        progress.update(task, completed=rows, rate=rows / elapsed if elapsed else 0.0)

    return told
