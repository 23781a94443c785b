"""What the pages of a load show: the columns with their first values, how far it is, the first errors, whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

import msgspec
from django.utils.translation import gettext, override

from pencere.base.errors import BadInput
from pencere.country.declarations import Country, Register, Texts
from pencere.country.samples import PERIOD
from pencere.identity import queries as identity
from pencere.registers.importing import advancing, alike, errors_file, loads, mapping, sheets
from pencere.registers.importing.encoding import Survey
from pencere.registers.importing.sentences import IN_A_BROWSER, STATES, number, sentence
from pencere.registers.importing.working import Wanted
from pencere.registers.models import Load, Row
from pencere.registers.using import shape_of

MOST_COLUMNS = 250
_FIRST, _SHOWN, _ERRORS = 3, 60, 20


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its first values, and the fields that it may hold with the one that it seems to."""

    place: int
    name: str
    values: tuple[str, ...]
    options: tuple[Option, ...]

    @property
    def control(self) -> str:
        return f"column-{self.place}"


@dataclass(frozen=True, slots=True)
class Progress:
    """`percent` of the file; lines done, their number in a second, when the rest is done at that rate.

    `rate` is "" once all lines are read: then they are held against each other and against the register.
    """

    percent: int
    lines: str
    rate: str
    remaining: str


@dataclass(frozen=True, slots=True)
class Looked:
    """A file as it would be read: its columns, the line of its head; of a workbook the sheet, and all that it has."""

    columns: tuple[Column, ...] = ()
    head: int = 0
    sheet: str = ""
    sheets: tuple[str, ...] = ()


def looked(country: Country, register: Register, load: Load, said: dict[str, str], language: str) -> Looked:
    """Raises BadInput where the file cannot be read, or has more columns than a page can show."""
    wanted = msgspec.json.decode(load.layout, type=Wanted)
    size = max(Path(load.path).stat().st_size, 1)
    survey = Survey(size, load.digest, wanted.encoding, wanted.separator, wanted.head, wanted.sheet)
    with closing(loads.opened(Path(load.path), survey)) as table:
        if len(table.head) > MOST_COLUMNS:
            raise BadInput("too_many_columns", columns=len(table.head), most=MOST_COLUMNS)
        head = mapping.columns(table.head)
        lines = [cells for _number, cells in islice(table.lines(), _FIRST)]
        read = table.head_line, table.sheet, tuple(table.sheets)
    heads = loads.heads_of(shape_of(register.id))
    found = []
    for place, name in enumerate(head):
        field = said.get(name) or (heads.field(name) if name else mapping.LEFT_OUT)
        values = tuple(_short(cells[place]) for cells in lines if place < len(cells))
        found.append(Column(place, name, values, _options(country, register, field, language)))
    return Looked(tuple(found), *read)


def unread(load: Load) -> Looked:
    """Of a file that cannot be read as it is wanted: what can be wanted otherwise."""
    wanted = msgspec.json.decode(load.layout, type=Wanted)
    try:
        titles = sheets.titles(Path(load.path)) if wanted.encoding == sheets.ENCODING else []
    except (BadInput, OSError):
        titles = []
    return Looked(head=wanted.head, sheet=wanted.sheet, sheets=tuple(titles))


def _options(country: Country, register: Register, chosen: str | None, language: str) -> tuple[Option, ...]:
    names = [*register.fields, *(PERIOD if register.dated else ())]
    options = [Option("", gettext("Choose"), chosen is None)]
    options.append(Option(mapping.LEFT_OUT, gettext("Leave this column out"), chosen == mapping.LEFT_OUT))
    options += [Option(name, label(country, register, name, language), chosen == name) for name in names]
    return tuple(options)


def label(country: Country, register: Register, name: str, language: str) -> str:
    """A field in the reader's language, with its name in the declaration."""
    texts = {"valid_from": gettext("First day"), "valid_until": gettext("Last day")}
    said = text(register.texts.get(name, {}), language) or texts.get(name, "")
    return f"{said} ({name})" if said else name


def text(texts: Texts, language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")


def kind_of(load: Load) -> str:
    """How the file is read, in words."""
    wanted = msgspec.json.decode(load.layout, type=Wanted)
    if wanted.encoding == sheets.ENCODING:
        return gettext("Excel workbook")
    separators = {"\t": gettext("tab"), ",": gettext("comma"), ";": gettext("semicolon")}
    shown = {"encoding": wanted.encoding, "separator": separators.get(wanted.separator, wanted.separator)}
    return gettext("CSV, encoding %(encoding)s, separator %(separator)s") % shown


def progress(load: Load, now: datetime) -> Progress:
    if load.wish in ("confirm", "undo"):
        return _advance(load, now)
    lines = load.rows + load.bad
    if load.share >= 1:
        return Progress(100, number(lines), "", "")
    elapsed = (now - load.run_at).total_seconds() if load.run_at else 0.0
    rate = max(lines - load.run_from, 0) / elapsed if elapsed > 0 else 0.0
    remaining = ""
    if rate and load.share:
        remaining = _minutes(lines * (1 - load.share) / load.share / rate)
    return Progress(int(100 * load.share), number(lines), number(round(rate)), remaining)


def _advance(load: Load, now: datetime) -> Progress:
    """Of rows that become readable, or hold no longer, all at one moment: as many are done as the share of the work."""
    advance = advancing.of(load)
    share = advance.share if advance else 0.0
    elapsed = (now - advance.since).total_seconds() if advance else 0.0
    rate = share * load.rows / elapsed if elapsed > 0 else 0.0
    remaining = _minutes(elapsed * (1 - share) / share) if share else ""
    return Progress(int(100 * share), number(round(share * load.rows)), number(round(rate)) if rate else "", remaining)


def _minutes(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def state_of(load: Load) -> str:
    """Changes whenever the page would show something else."""
    advance = advancing.of(load) if load.wish in ("confirm", "undo") else None
    far = f"{advance.share:.2f}" if advance else ""
    return f"{load.state}/{load.wish}/{load.rows + load.bad}/{load.problem}{far and f'/{far}'}"


def words_of(load: Load) -> str:
    if load.state == "dropped" and load.wish == "dry":
        return gettext("dry run")
    if load.state == "ready" and load.wish == "confirm":
        return gettext("being confirmed")
    if load.state == "confirmed" and load.wish == "undo":
        return gettext("being undone")
    if load.state == "arrived" and load.wish:
        return gettext("waiting to be checked")
    return gettext(STATES[load.state])


def is_working(load: Load) -> bool:
    """Whether the worker has something to do with it."""
    return bool(load.wish) and not load.problem and load.state in ("arrived", "staging", "ready", "confirmed")


def problem_of(load: Load) -> str:
    if not load.problem:
        return ""
    reason, details = msgspec.json.decode(load.problem)
    return said(BadInput(reason, **details))


def said(problem: BadInput) -> str:
    """Why it could not be; without words of the command line."""
    if problem.reason in IN_A_BROWSER:
        return gettext(IN_A_BROWSER[problem.reason]) % problem.details
    return sentence(problem.reason, problem.details)


def errors(load: Load) -> Sequence[Sequence[str]]:
    """The first lines of the error file: line, column, value, reason; without what waits for a person."""
    if not load.errors_size or not Path(load.errors).exists():
        return []
    return errors_file.first(Path(load.errors), load.errors_size, _ERRORS)


def language_of_errors(load: Load) -> str:
    """Of the reasons, where they are not put into that of the reader: a file that an older version wrote; else ""."""
    path = Path(load.errors)
    return "" if not load.errors_size or not path.exists() or errors_file.is_coded(path) else load.language


def has_errors(load: Load) -> bool:
    """Whether there is an error file, be it only of lines that wait for a person."""
    if load.errors_size:
        return Path(load.errors).exists()
    return bool(load.errors) and alike.undecided(load) > 0


def has_bad_rows(load: Load) -> bool:
    """Whether the file that was sent is still there, so that its bad rows can be told whole."""
    return has_errors(load) and bool(load.path) and Path(load.path).exists()


def in_language(language: str, parts: Iterator[bytes]) -> Iterator[bytes]:
    """The parts of a file, each made in that language, whatever is made between them."""
    while True:
        with override(language):
            part = next(parts, None)
        if part is None:
            return
        yield part


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of lines that look like others, by their number; "" for none."""

    waiting: str
    new: str
    kept: str
    corrected: str
    lines: str
    every: str


def decided(load: Load) -> Decided:
    counts = alike.counts(load)
    several = (
        counts.get("", 0), counts.get("new", 0) + counts.get("instead", 0), counts.get("keep", 0),
        counts.get("correct", 0), counts.get("line", 0), sum(counts.values()),
    )  # fmt: skip
    return Decided(*(number(each) if each else "" for each in several))


def brings_something(load: Load) -> bool:
    """Whether there is anything to confirm: rows that are new, or rows that it corrects."""
    return load.rows > 0 or "correct" in alike.counts(load)


def still_standing(load: Load) -> int:
    """How many rows of a confirmed load hold as it brought them."""
    if load.first_row is None or load.last_row is None:
        return 0
    return Row.objects.filter(pk__range=(load.first_row, load.last_row), retired_at__isnull=True).count()


def who(recorded: str) -> str:
    """The name of an officer; of an operator at the command line as it stands."""
    kind, _, account = recorded.partition(":")
    found = identity.named(account) if kind == "account" else None
    return found.name if found is not None else recorded


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"
