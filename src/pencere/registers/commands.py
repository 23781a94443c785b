"""`pencere import`: a file that an agency has becomes rows of a register kept here."""

from __future__ import annotations

import errno
import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pencere.base.errors import BadInput
from pencere.registers.out.command import export
from pencere.registers.upkeep import registers

if TYPE_CHECKING:
    from pencere.registers.importing.loads import Staged
    from pencere.registers.models import Load

_DISK_FULL = "53100"  # as PostgreSQL says it
_ENCODINGS = click.Choice(["utf-8", "utf-16-le", "utf-16-be", "cp1251", "cp1254"])


@click.command("import")
@click.argument("register")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check everything and keep nothing but the error file.")
@click.option("--resume", is_flag=True, help="Go on with a load of this file that was cut off.")
@click.option("--map", "pairs", multiple=True, metavar="COLUMN=FIELD",
              help="Which field a column holds; COLUMN=- leaves it out. Remembered for this register.")  # fmt: skip
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="The first day of rows that name none; today if not.")
@click.option("--encoding", type=_ENCODINGS, help="If it is not recognised.")
@click.option("--head", type=click.IntRange(1), metavar="LINE", help="Where the columns are named, if not recognised.")
@click.option("--sheet", default="", help="Of a workbook, which one; the first that is not hidden if not.")
@click.option(
    "--exported", is_flag=True, help="The file was written by `pencere export`: take its texts as they stand."
)
@click.option("--errors", type=click.Path(dir_okay=False, path_type=Path), help="Where the error file goes.")
@click.option(
    "--bad-rows", type=click.Path(dir_okay=False, path_type=Path), help="Where the bad rows go whole, to be mended."
)
@click.option("--yes", is_flag=True, help="Confirm at once, without asking; undo what others name.")
@click.option("--confirm", type=int, metavar="LOAD", help="Make the rows of a load readable.")
@click.option("--drop", type=int, metavar="LOAD", help="Forget a load that is not confirmed.")
@click.option("--undo", type=int, metavar="LOAD", help="Supersede the rows of a confirmed load; nothing is erased.")
@click.option("--language", help="Of the sentences and the error file; as the terminal's if the country speaks it.")
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def import_(
    register: str,
    file: Path | None,
    dry_run: bool,
    resume: bool,
    pairs: tuple[str, ...],
    since: datetime | None,
    encoding: str | None,
    head: int | None,
    sheet: str,
    exported: bool,
    errors: Path | None,
    bad_rows: Path | None,
    yes: bool,
    confirm: int | None,
    drop: int | None,
    undo: int | None,
    language: str | None,
    as_json: bool,
) -> None:
    """Load a CSV or XLSX FILE into REGISTER: checked, set aside, and readable once it is confirmed.

    Exit status: 0 all lines are good, 1 some are named in the error file, 2 nothing could be done.
    """
    from django.db import OperationalError
    from django.utils.translation import override

    from pencere.registers.importing import loads, mapping

    chosen = [number for number in (confirm, drop, undo) if number is not None]
    if len(chosen) + (file is not None) != 1:
        raise click.UsageError("name a FILE, or one of --confirm, --drop, --undo")
    with override(language_of(language)):
        try:
            loads.here(register)
            if file is None:
                _end(register, confirm, drop, undo, yes, as_json)
                return
            with _progress(file.name, as_json) as bar:

                def told(done: float, load: Load) -> None:
                    bar(done, load.rows + load.bad)

                if resume:
                    staged = loads.resume(register, file, told=told, dry=dry_run)
                else:
                    day = since.date() if since else None
                    asked = loads.Asked(mapping.asked(pairs), day, encoding, exported, head or 0, sheet)
                    place = errors or loads.errors_beside(file)
                    staged = loads.start(
                        register, file, asked, errors=place, recorded_by=_who(), told=told, dry=dry_run
                    )
            _finish(staged, dry_run, yes, as_json, _keep_bad_rows(staged, file, bad_rows))
        except BadInput as problem:
            _refuse(problem.reason, problem.details, as_json)
        except (OSError, OperationalError) as problem:
            if not _is_full_disk(problem):
                raise
            _refuse("disk_full", {}, as_json)
        except LookupError as problem:
            raise click.UsageError(str(problem)) from None


def _refuse(reason: str, details: Mapping[str, object], as_json: bool) -> NoReturn:
    from pencere.registers.importing.sentences import sentence

    said = sentence(reason, details)
    told = json.dumps({"error": reason, "sentence": said}, ensure_ascii=False) if as_json else said
    click.echo(told, err=not as_json)
    sys.exit(2)


def _is_full_disk(problem: Exception) -> bool:
    """Ours, or that of the database."""
    if isinstance(problem, OSError):
        return problem.errno in (errno.ENOSPC, errno.EDQUOT)
    return "disk is full" in str(problem) or getattr(problem.__cause__, "sqlstate", None) == _DISK_FULL


def _end(register: str, confirm: int | None, drop: int | None, undo: int | None, yes: bool, as_json: bool) -> None:
    from django.utils.translation import gettext as _

    from pencere.base import clock
    from pencere.registers.importing import named_by, sentences, swapping

    load = swapping.find(register, next(number for number in (confirm, drop, undo) if number is not None))
    if confirm is not None:
        _confirm(load, as_json)
        said = _("Load %(load)s is confirmed: %(rows)s rows are readable from now on.")
        _say(load, said % _numbers(load), as_json)
    elif drop is not None:
        swapping.drop(load, closed_by=_who(), now=clock.now())
        _say(load, _("Load %(load)s is dropped; the register is as it was.") % _numbers(load), as_json)
    else:
        if not yes and (named := sentences.counted(named_by.registers(load))):
            raise BadInput("rows_name_it", load=load.pk, registers=named)
        with _progress(_("Undo"), as_json) as bar:
            superseded = swapping.undo(load, recorded_by=_who(), now=clock.now(), told=_rows(load, bar))
        said = _(
            "Load %(load)s is undone: %(superseded)s rows hold no longer, %(changed)s were changed since and stay."
        )
        numbers = {**_numbers(load), "superseded": superseded, "changed": load.rows - superseded}
        _say(load, said % numbers, as_json, superseded=superseded)


def _confirm(load: Load, as_json: bool) -> None:
    from django.utils.translation import gettext as _

    from pencere.registers.importing import loads

    with _progress(_("Confirmation"), as_json) as bar:
        loads.confirm(load, closed_by=_who(), told=_rows(load, bar))


def _rows(load: Load, bar: Callable[[float, int], None]) -> Callable[[float], None]:
    """Tells of rows what it is told of a share."""
    return lambda share: bar(share, round(share * load.rows))


def _keep_bad_rows(staged: Staged, file: Path, place: Path | None) -> Path | None:
    """Writes them beside the file, or where somebody said; None if all lines are good."""
    from pencere.registers.importing import alike, bad_rows

    if not staged.load.bad and not alike.undecided(staged.load):
        return None
    place = place or bad_rows.beside(file)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as written:
        written.writelines(bad_rows.parts(staged.load, file))
    return place


def _finish(staged: Staged, dry_run: bool, yes: bool, as_json: bool, bad_rows: Path | None) -> None:
    """Tells what was found; then confirms, if somebody says so."""
    from django.utils.translation import gettext as _

    from pencere.base import clock
    from pencere.registers.importing import alike, persons, swapping

    load = staged.load
    waiting = alike.undecided(load)
    found: dict[str, object] = {
        "encoding": staged.layout.encoding,
        "separator": staged.layout.separator,
        "columns": dict(zip(staged.layout.head, staged.layout.fields, strict=True)),
        "confused_letters": staged.confused,
    }
    if waiting:
        found |= {"possible_duplicates": waiting, "decide_at": _decide_at(load)}
    if load.unknown_persons:
        found |= {"unknown_persons": load.unknown_persons, "unknown_persons_lines": persons.first_lines(load)}
    if bad_rows:
        found["bad_rows"] = str(bad_rows)
    if not as_json:
        _tell(staged, waiting, bad_rows)
    if dry_run:
        swapping.drop(load, closed_by=_who(), now=clock.now())
        said = _("This was a dry run: the register is as it was.")
    elif load.rows and (yes or (not as_json and sys.stdin.isatty() and click.confirm(_("Make these rows readable?")))):
        _confirm(load, as_json)
        said = _("Load %(load)s is confirmed: %(rows)s rows are readable from now on.") % _numbers(load)
    elif load.rows:
        said = _(
            "Nobody reads the rows yet. Confirm them with --confirm %(load)s, or forget them with --drop %(load)s."
        )
        said %= _numbers(load)
    elif waiting:
        said = _("Nothing is ready before somebody decides. Then confirm with --confirm %(load)s.") % _numbers(load)
    else:
        swapping.drop(load, closed_by=_who(), now=clock.now())
        said = _("No line is good, so there is nothing to confirm; the register is as it was.")
    _say(load, said, as_json, **found)
    sys.exit(1 if load.bad or waiting else 0)


def _decide_at(load: Load) -> str:
    from django.conf import settings
    from django.urls import reverse

    return f"{settings.PENCERE.url}{reverse('registers:load-possible-duplicates', args=[load.pk])}"


def _tell(staged: Staged, waiting: int, bad_rows: Path | None) -> None:
    from django.utils.translation import gettext as _

    from pencere.registers.importing import persons

    load, layout = staged.load, staged.layout
    if layout.sheet:
        click.echo(_("Sheet “%(sheet)s”") % {"sheet": layout.sheet})
    if staged.unread:
        said = _("Not read: %(sheets)s. Load each with --sheet, if it belongs here.")
        click.echo(said % {"sheets": ", ".join(staged.unread)})
    if layout.head_line > 1:
        said = _("The columns are named in line %(line)s; what stands above it is passed over.")
        click.echo(said % {"line": layout.head_line})
    if layout.separator:
        shown = {"encoding": layout.encoding, "separator": {"\t": "Tab"}.get(layout.separator, layout.separator)}
        click.echo(_("Encoding %(encoding)s, separator %(separator)s") % shown)
    for column, field in zip(layout.head, layout.fields, strict=True):
        click.echo(f"  {column or _('(without a name)')} → {field}")
    click.echo(_("Load %(load)s: %(rows)s good lines, %(bad)s bad lines.") % _numbers(load))
    if staged.confused:
        click.echo(_("In %(cells)s cells a letter was put right that only looked right.") % {"cells": staged.confused})
    if waiting:
        said = _(
            "%(count)s lines look like rows or lines that have another key. A person decides of each at %(address)s; "
            "undecided, they stay out."
        )
        click.echo(said % {"count": waiting, "address": _decide_at(load)})
    if load.unknown_persons:
        said = _(
            "%(count)s good lines name a person whom the register of persons does not know, the first of them: "
            "%(lines)s. They are taken; compare the numbers with the papers."
        )
        lines = ", ".join(map(str, persons.first_lines(load)))
        click.echo(said % {"count": load.unknown_persons, "lines": lines})
    if load.bad or waiting:
        click.echo(_("What is wrong stands in %(path)s") % {"path": load.errors})
    if bad_rows:
        click.echo(_("The bad rows whole, to be mended and loaded again: %(path)s") % {"path": bad_rows})


def _say(load: Load, said: str, as_json: bool, **more: object) -> None:
    if not as_json:
        click.echo(said)
        return
    told: dict[str, Any] = {
        "load": load.pk, "register": load.register, "state": load.state, "rows": load.rows, "bad": load.bad,
        "errors": load.errors if load.bad or Path(load.errors).exists() else None, **more, "sentence": said,
    }  # fmt: skip
    click.echo(json.dumps(told, ensure_ascii=False))


def _numbers(load: Load) -> dict[str, object]:
    return {"load": load.pk, "rows": f"{load.rows:,}".replace(",", " "), "bad": f"{load.bad:,}".replace(",", " ")}


@contextmanager
def _progress(name: str, silent: bool) -> Iterator[Callable[[float, int], None]]:
    """A bar with the lines done, their rate and the remaining time; nothing where nobody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[lines]:,}"), TextColumn("{task.fields[rate]:,.0f}/s"), TimeElapsedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=silent or not console.is_terminal) as progress:
        task = progress.add_task(name, total=1.0, lines=0, rate=0.0)
        yield _watching(progress, task)


def _watching(progress: Any, task: Any) -> Callable[[float, int], None]:
    """`done`: which share of all; `lines`: how many are done, those of an earlier run among them."""
    first: list[int] = []

    def told(done: float, lines: int) -> None:
        first.append(lines) if not first else None
        elapsed = progress.tasks[task].elapsed or 0.0
        rate = (lines - first[0]) / elapsed if elapsed else 0.0
        progress.update(task, completed=min(done, 1.0), lines=lines, rate=rate)

    return told


def language_of(asked: str | None) -> str:
    """The one asked for, or the terminal's, if the country speaks it; else the language of the law."""
    from pencere import country

    spoken = country.current().languages
    if asked is not None and asked not in spoken:
        raise click.UsageError(f"the country speaks {', '.join(spoken)}")
    terminal = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "")[:2]
    return asked or (terminal if terminal in spoken else spoken[0])


def _who() -> str:
    return f"operator {getpass.getuser()}"[:80]


COMMANDS: list[click.Command] = [import_, export, registers]
