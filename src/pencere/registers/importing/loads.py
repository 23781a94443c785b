"""A whole load, from the file to the rows that stand aside ready; then its confirmation. What the command calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import msgspec
from django.db import transaction

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.registers import loading
from pencere.registers.importing import alike, duplicates, mapping, persons, sheets, staging, swapping
from pencere.registers.importing.checking import Checker
from pencere.registers.importing.columns import Columns
from pencere.registers.importing.encoding import Survey, survey
from pencere.registers.importing.errors_file import ErrorsFile
from pencere.registers.importing.reading import CsvTable, Names, Table
from pencere.registers.importing.sentences import yes_and_no
from pencere.registers.importing.sheets import SheetTable
from pencere.registers.models import ColumnName, Load, Row, RowKey, StagedRow
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

Told = Callable[[float, Load], None]
"""After each batch: which share of the file is read, and how the load stands."""


class Layout(msgspec.Struct, frozen=True):
    """How a file is read: settled when the load begins, and kept so that going on reads it alike."""

    encoding: str
    separator: str
    head: list[str]
    fields: list[str]
    since: date
    exported: bool = False
    head_line: int = 0
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """How somebody wants a file read. `said`: column -> field, "-" to leave it out. None: as it is recognised.

    `head`: the line that names the columns, 0 as it is recognised. `sheet`: of a workbook, "" the first. `exported`:
    the file was written by `pencere export`, so its texts are taken as they stand.
    """

    said: Mapping[str, str]
    since: date | None
    encoding: str | None
    exported: bool = False
    head: int = 0
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Staged:
    """A load that is ready. `confused`: cells in which a letter was put right, in this run.

    `unread`: sheets of the workbook that were not read.
    """

    load: Load
    layout: Layout
    confused: int
    unread: tuple[str, ...] = ()


def here(register_id: str) -> Shape:
    """The register, if rows can be loaded into it. Raises LookupError, BadInput."""
    shape = shape_of(register_id)
    if shape.register.kept != "here":
        raise BadInput("kept_elsewhere")
    return shape


def start(
    register_id: str,
    path: Path,
    asked: Asked,
    *,
    errors: Path,
    recorded_by: str,
    told: Told,
    arrived: Load | None = None,
    dry: bool = False,
) -> Staged:
    """Reads, checks and stages a file. Nobody reads its rows before `confirm`. `dry`: it will be dropped at the end.

    A dry run waits for no other load, and none for it. Raises BadInput.
    """
    shape, before = here(register_id), _stamp(path)
    swapping.sweep()
    if not dry:
        staging.demand_none_open(register_id)
    alike.demand_comparable(shape)
    found = replace(surveyed(path, asked.encoding), head=asked.head, sheet=asked.sheet)
    if asked.exported and found.separator:
        found = replace(found, encoding="utf-8", separator=",")
    heads = heads_of(shape)
    with closing(opened(path, found, heads.names)) as table:
        sheets.demand_unmerged(table, found)
        layout = _layout(shape, heads, table, found, asked)
        load = staging.begin(
            register_id, file=path.name[:200], digest=found.digest, layout=msgspec.json.encode(layout).decode(),
            errors=str(errors.absolute()), recorded_by=recorded_by, now=clock.now(), arrived=arrived,
            dry=dry,
        )  # fmt: skip
        _remember(register_id, asked.said)
        return _run(shape, load, layout, table, told, path, before)


def resume(register_id: str, path: Path, *, told: Told, load: Load | None = None, dry: bool = False) -> Staged:
    """Goes on where a killed run committed its last batch; the file must be the same. Raises BadInput.

    Where all was staged already, nothing is read again: what is left to do is to confirm it.
    """
    shape, before = here(register_id), _stamp(path)
    found = surveyed(path, "utf-8")  # how it is read stands in the layout
    if load is None or load.digest != found.digest:
        load = staging.cut_off(register_id, found.digest, dry=dry)
    layout = msgspec.json.decode(load.layout, type=Layout)
    if load.state == "ready":
        return _ready(load, layout, confused=0)
    with closing(opened(path, as_laid_out(layout, found.size, found.digest))) as table:
        return _run(shape, load, layout, table, told, path, before)


def _stamp(path: Path) -> tuple[int, int, int]:
    """Another one, and the file is another, or somebody wrote into it."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def confirm(load: Load, *, closed_by: str = "", told: swapping.Told = swapping.nobody) -> None:
    """All rows of a load that is ready become readable at one moment. Raises BadInput, "changed_meanwhile" among them:

    then rows that cannot stand any more are taken out and named, and a person looks again.
    """
    shape = here(load.register)
    try:
        swapping.confirm(shape, load, closed_by=closed_by or load.recorded_by, clock=clock.now, told=told)
    except BadInput as problem:
        if problem.reason == "changed_meanwhile":
            _look_again(shape, load)
        raise
    if Path(load.errors).exists():
        _tidy(load)
        _name_waiting(load)


def _look_again(shape: Shape, load: Load) -> None:
    with closing(_errors(load)) as errors:
        duplicates.take_out(shape, load, errors, _columns(msgspec.json.decode(load.layout, type=Layout)))
        alike.put_aside(shape, load)
    _tidy(load)
    _name_waiting(load)


def surveyed(path: Path, encoding: str | None) -> Survey:
    """How to read the file. Raises BadInput if it cannot be told."""
    return sheets.survey(path) if sheets.is_workbook(path) else survey(path, encoding)


def opened(path: Path, found: Survey, names: Names | None = None) -> Table:
    """`names`: by which the head is known, where it need not be the first line."""
    return (SheetTable if found.encoding == sheets.ENCODING else CsvTable)(path, found, names)


def heads_of(shape: Shape) -> mapping.Heads:
    """By which names the columns of its files are known, what somebody said of an earlier one among them."""
    return mapping.Heads(shape.country, shape.register, remembered(shape))


def as_laid_out(layout: Layout, size: int, digest: str) -> Survey:
    """How a file is read that was read before."""
    return Survey(size, digest, layout.encoding, layout.separator, layout.head_line, layout.sheet)


def _layout(shape: Shape, heads: mapping.Heads, table: Table, found: Survey, asked: Asked) -> Layout:
    fields = mapping.mapped(heads, table.head, asked.said)
    mapping.demand_all(shape.register, fields, since_is_said=asked.since is not None)
    since = asked.since or clock.day_in(shape.country.time_zone)
    return Layout(
        found.encoding,
        found.separator,
        mapping.columns(table.head),
        list(fields),
        since,
        asked.exported,
        table.head_line,
        table.sheet,
    )


def remembered(shape: Shape) -> dict[str, str]:
    """Which field a column holds, as somebody said once; under the field's name of today."""
    names = ColumnName.objects.filter(register=shape.register.id).values_list("field", "column")
    known = {was: name for name, was in shape.stored.items()}
    return {column: known.get(field, field) for field, column in names}


def _remember(register_id: str, said: Mapping[str, str]) -> None:
    stored = shape_of(register_id).stored
    with transaction.atomic():
        for column, field in said.items():
            ColumnName.objects.update_or_create(
                register=register_id, column=column[:200], defaults={"field": stored.get(field, field)}
            )


def _run(
    shape: Shape, load: Load, layout: Layout, table: Table, told: Told, path: Path, before: tuple[int, int, int]
) -> Staged:
    checker = Checker(
        shape, layout.head, layout.fields, layout.since, yes_and_no(shape.country), exported=layout.exported
    )
    with closing(_errors(load)) as errors:
        try:
            staging.stage(load, table, Columns(shape, checker), errors, told=lambda load: told(table.done(), load))
            if _stamp(path) != before:
                raise BadInput("file_changed")
            for model in (StagedRow, Row, RowKey):  # or each line is held against all rows of a register that is new
                loading.measure(model._meta.db_table, anyway=model is StagedRow or load.rows > loading.MANY)
                told(1.0, load)
            duplicates.take_out(shape, load, errors, _columns(layout), told=lambda: told(1.0, load))
            alike.put_aside(shape, load)
            told(1.0, load)
            persons.count(shape, load)
        except BadInput as problem:
            if problem.reason != "another_is_at_it":  # the file cannot be read to its end, or cannot stand as a whole
                swapping.drop(load, closed_by=load.recorded_by, now=clock.now())
            raise
        staging.make_ready(load, errors.safe())
    unread = tuple(sheet for sheet in table.sheets if sheet != table.sheet)
    return _ready(load, layout, confused=checker.confused, unread=unread)


def _ready(load: Load, layout: Layout, *, confused: int, unread: tuple[str, ...] = ()) -> Staged:
    """The error file as it is shown: done again after a kill, it says the same."""
    _tidy(load)
    _name_waiting(load)
    return Staged(load, layout, confused, unread)


def _errors(load: Load) -> ErrorsFile:
    path = Path(load.errors)
    if load.errors_size and (not path.exists() or path.stat().st_size < load.errors_size):
        raise BadInput("errors_file_gone", path=load.errors, load=load.pk)
    return ErrorsFile(path, load.errors_size, coded=bool(load.path))


def _tidy(load: Load) -> None:
    """No error file where nothing is wrong."""
    if not load.bad and not load.errors_size:
        Path(load.errors).unlink(missing_ok=True)


def _name_waiting(load: Load) -> None:
    """Writes lines that wait for a person behind what is committed of the error file; a decision takes them out."""
    if alike.undecided(load):
        with closing(_errors(load)) as errors:
            errors.write(alike.faults(load))


def _columns(layout: Layout) -> dict[str, str]:
    return dict(zip(layout.fields, layout.head, strict=True))


def errors_beside(path: Path) -> Path:
    """Where the error file of a file stands, unless somebody names another place."""
    return path.with_name(f"{path.name}.errors.csv")
