"""`pencere check`: everything that is wrong with a country's declarations, at once, with file and line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from pencere.base import clock
from pencere.country.beginning import KINDS, CannotBegin, Wish, begin, begin_act, begin_list
from pencere.country.checking import CompilePage
from pencere.country.checking import check as check_country
from pencere.country.dmn import export
from pencere.country.nodes import ERROR, WARNING, Finding
from pencere.country.reading import load, read
from pencere.country.records import did_you_mean
from pencere.country.schemas import published
from pencere.country.touching import touched

_MAIN_FILE = "country.yaml"
_page_compiler: list[Callable[[], CompilePage]] = []


def use_page_compiler(load: Callable[[], CompilePage]) -> None:
    """For the part that draws certificates: `load` is called when a page is first checked."""
    _page_compiler[:] = [load]


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day whose law counts; today by default.")
@click.option("--touches", metavar="LAW", help="List what stands on an act or article, like 'residence-law 6'.")
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def check(path: Path | None, as_of: datetime | None, touches: str | None, as_json: bool) -> None:
    """Check a country's folder, or one folder or file in it.

    Without PATH: the country in use (PENCERE_COUNTRY). Exit status 0 if nothing is wrong, warnings aside; 1 on
    errors; 2 if the command was not understood.

    With --touches nothing is checked: it lists every service, rule, amount, term, grant, register and certificate that
    names the act, the article or a part of it.
    """
    asked = _where(path)
    country = country_of(asked.resolve())
    if country is None:
        raise click.UsageError(f"{asked} is not a country's folder, nor in one: no {_MAIN_FILE} there or above")
    if touches is not None:
        _print_touched(country, touches, asked, as_json)
        return
    below = asked.resolve().relative_to(country).as_posix()
    compile_page = _page_compiler[0]() if _page_compiler else None
    findings = check_country(country, as_of.date() if as_of else None, None if below == "." else below, compile_page)
    errors = sum(finding.severity == ERROR for finding in findings)
    if as_json:
        click.echo(json.dumps(_plain(findings, errors), ensure_ascii=False))
    else:
        _print(findings, errors, asked, country)
    sys.exit(1 if errors else 0)


check.plain = True  # type: ignore[attr-defined]


def _where(path: Path | None) -> Path:
    """The path as it was typed, or below the country in use: `services/boats` is enough."""
    in_use = Path(os.environ.get("PENCERE_COUNTRY", "countries/azerbaijan"))
    found = next((each for each in (path or in_use, in_use / (path or "")) if each.exists()), None)
    if found is None:
        raise click.UsageError(f"{path or in_use}: there is no such folder or file, here or in {in_use}")
    return found


def country_of(path: Path) -> Path | None:
    """The folder of the country in which the path lies."""
    for folder in (path, *path.parents):
        if (folder / _MAIN_FILE).is_file():
            return folder
    return None


def _print(findings: tuple[Finding, ...], errors: int, asked: Path, country: Path) -> None:
    """One line per finding; its file is named from where the command was typed, so that editors can follow it."""
    shown = asked.resolve()
    prefix = Path(os.path.relpath(country)) if shown.is_relative_to(Path.cwd()) else country
    for finding in findings:
        label = "" if finding.severity == ERROR else f"{WARNING}: "
        click.echo(f"{prefix / finding.file}:{finding.line}: {label}{finding.message}")
    warnings = len(findings) - errors
    if not findings:
        click.echo(f"{asked}: nothing wrong.")
        return
    click.echo(f"{asked}: {_counted(errors, 'error')}, {_counted(warnings, 'warning')}.")


def _print_touched(country: Path, changed: str, asked: Path, as_json: bool) -> None:
    folder = read(country)
    act = changed.strip().partition(" ")[0]
    if not folder.is_known("act", act):
        raise click.UsageError(f'there is no act "{act}"{did_you_mean(act, folder.ids("act"))}')
    found = touched(folder, changed)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False))
        return
    prefix = Path(os.path.relpath(country)) if asked.resolve().is_relative_to(Path.cwd()) else country
    for each in found:
        click.echo(f"{prefix / each.file}:{each.line}: {each.path}: {each.law}")
    click.echo(f"{changed.strip()} touches {_counted(len(found), 'place')}.")


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _plain(findings: tuple[Finding, ...], errors: int) -> dict[str, object]:
    return {
        "ok": errors == 0,
        "errors": errors,
        "warnings": len(findings) - errors,
        "findings": [
            {"file": each.file, "line": each.line, "severity": each.severity, "message": each.message}
            for each in findings
        ],
    }


@click.group()
def new() -> None:
    """Begin a service, a register, a certificate, a list or an act, with which `pencere check` finds nothing wrong."""


def _beginning(kind: str) -> click.Command:
    @new.command(kind, help=f"Begin a {kind} named ID (small letters, digits and -): its folder in the country.")
    @click.argument("id")
    @click.option("--agency", required=True, help="Whose it is: an id of agencies/.")
    @click.option("--law", required=True, help='On what ground: an id of acts/ and the article, "residence-law 5".')
    @click.option("--title", help="What people call it; the id by default.")
    @click.option("--country", type=click.Path(exists=True, path_type=Path), help="The country's folder.")
    def command(id: str, agency: str, law: str, title: str | None, country: Path | None) -> None:
        here = load(country_folder(country))
        wish = Wish(kind, id, agency, law, title or id.replace("-", " ").capitalize())  # ascii
        try:
            files = begin(here, wish, clock.day_in(here.time_zone, clock.now()))
        except CannotBegin as problem:
            raise click.UsageError(str(problem)) from problem
        for file in files:
            click.echo(os.path.relpath(file))
        click.echo(f"Now change the words and the rules, and type: pencere check {os.path.relpath(files[0].parent)}")

    command.plain = True  # type: ignore[attr-defined]
    return command


for _kind in KINDS:
    _beginning(_kind)

_IN_COUNTRY = click.option("--country", type=click.Path(exists=True, path_type=Path), help="The country's folder.")
_DAY = click.DateTime(["%Y-%m-%d"])


@new.command("list")
@click.argument("id")
@click.option("--codes", default="first,second", show_default=True, help="Of its values, with commas between them.")
@click.option("--law", default="", help='On what ground, if on any: an id of acts/ and the article, "boats-law 5".')
@_IN_COUNTRY
def new_list(id: str, codes: str, law: str, country: Path | None) -> None:
    """Begin a list of codes named ID: lists/ID.yaml. A field takes it with `of: list:ID`."""
    here = load(country_folder(country))
    _begun(lambda: begin_list(here, id, [code.strip() for code in codes.split(",") if code.strip()], law),
           "Now write what each code is called in every language, and type")  # fmt: skip


@new.command("act")
@click.argument("id")
@click.option("--title", required=True, help="Its name, in the language of the law.")
@click.option("--number", default="", help="Without it and --date the act is to be confirmed, which is a warning.")
@click.option("--date", "adopted", type=_DAY, help="The day on which it was adopted.")
@click.option("--in-force", type=_DAY, help="From when it holds; the day of --date by default.")
@_IN_COUNTRY
def new_act(
    id: str, title: str, number: str, adopted: datetime | None, in_force: datetime | None, country: Path | None
) -> None:
    """Begin an act named ID: acts/ID.yaml. Declarations stand on it with `law: ID ARTICLE`."""
    here = load(country_folder(country))
    days = [day.date() if day else None for day in (adopted, in_force)]
    _begun(lambda: begin_act(here, id, title, number, *days), "Now add the title in the other languages, and type")


def _begun(write: Callable[[], Path], what_next: str) -> None:
    try:
        file = write()
    except CannotBegin as problem:
        raise click.UsageError(str(problem)) from problem
    click.echo(os.path.relpath(file))
    click.echo(f"{what_next}: pencere check {os.path.relpath(file)}")


for _command in (new_list, new_act):
    _command.plain = True  # type: ignore[attr-defined]
new.plain = True  # type: ignore[attr-defined]


def country_folder(given: Path | None) -> Path:
    """The country's folder that was named, or else the one in use (PENCERE_COUNTRY)."""
    asked = given or Path(os.environ.get("PENCERE_COUNTRY", "countries/azerbaijan"))
    found = country_of(asked.resolve())
    if found is None:
        raise click.UsageError(f"{asked} is not a country's folder, nor in one: no {_MAIN_FILE} there or above")
    return found


@click.command("schemas")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--country", type=click.Path(exists=True, path_type=Path), help="The country's folder.")
def write_schemas(folder: Path, country: Path | None) -> None:
    """Write the JSON Schema of every kind of file into FOLDER, for editors; docs/declare/editors.md says how."""
    found = published(load(country_folder(country)))
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in found.items():
        (folder / name).write_text(json.dumps(schema, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    click.echo(f"{folder}: {len(found)} schemas.")


write_schemas.plain = True  # type: ignore[attr-defined]


@click.command()
@click.argument("service_id", metavar="SERVICE")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day whose rows hold; today by default.")
@click.option("--country", type=click.Path(exists=True, path_type=Path), help="The country's folder.")
def dmn(service_id: str, as_of: datetime | None, country: Path | None) -> None:
    """Print the decision tables of SERVICE as DMN 1.3 XML."""
    here = load(country_folder(country))
    service = here.services.get(service_id)
    if service is None:
        raise click.UsageError(f'there is no service "{service_id}"{did_you_mean(service_id, here.services)}')
    on = as_of.date() if as_of else clock.day_in(here.time_zone, clock.now())
    click.echo(export(here, service, on, here.languages[0]), nl=False)


dmn.plain = True  # type: ignore[attr-defined]

COMMANDS = [check, new, write_schemas, dmn]
