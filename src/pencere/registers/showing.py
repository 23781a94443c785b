"""How fields and values of a register look on a page: in the reader's language, codes by their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from pencere import country
from pencere.base import iban, money
from pencere.base.errors import BadInput
from pencere.base.ground import drawing
from pencere.base.money import Money
from pencere.country.declarations import Field, Register
from pencere.registers.importing.sentences import SENTENCES, sentence
from pencere.ui import pieces, writing

UNKNOWN = "–"
GAP = "\u00a0"
"""Between the parts of a day, which never stand in two lines."""

Names = Mapping[tuple[str, str], str]
"""Register and key of a row -> what the row is called; made by `naming`, which writes the look down."""
NOBODY: Names = {}


def language() -> str:
    return translation.get_language() or settings.LANGUAGE_CODE


def text(register: Register, key: str) -> str:
    """A declared text of the register: `title`, `of`, the name of a field."""
    return country.current().text(register.texts, key, language())


def label(register: Register, path: str) -> str:
    """What a field is called; the days of a row have words of their own where none is declared."""
    if path in register.texts:
        return text(register, path)
    return {
        "valid_from": gettext("Holds from"),
        "valid_until": gettext("Last day"),
        "recorded_at": gettext("Recorded on"),
    }.get(path) or path


def field_of(register: Register, path: str) -> Field | None:
    """The declared field under a path, `owners.holder` too."""
    name, _, inside = path.partition(".")
    found = register.fields.get(name)
    return found.fields.get(inside) if found is not None and inside else found


def paths(register: Register) -> Iterator[tuple[str, Field]]:
    """Every field by its path, those of repeated groups after their group."""
    for name, field in register.fields.items():
        yield name, field
        for inside, each in field.fields.items():
            yield f"{name}.{inside}", each


def named_register(field: Field) -> str:
    """The register whose row a value of this field names: of persons, or of what it refers to; "" if it names none."""
    if field.kind == "person":
        return country.current().person.from_.partition(".")[0]
    return str(field.of) if field.kind == "ref" else ""


def is_special(field: Field) -> bool:
    """Whether the field, or one inside it, is data of a special category."""
    return field.personal == "special" or any(is_special(each) for each in field.fields.values())


def hidden() -> str:
    """What stands in the place of data of a special category."""
    return gettext("not shown: special category")


def in_words(register: Register, path: str, field: Field, value: object, names: Names = NOBODY) -> str:
    """A value as text of one line. A repeated group: its items, with ; between them. A row's name beside its number."""
    if value is None or value == [] or value == "":
        return UNKNOWN
    if field.kind == "group" and isinstance(value, Sequence):
        return "; ".join(_item(register, path, field, each, names) for each in value)
    if isinstance(value, list | tuple):
        return ", ".join(_one(register, path, field, each, names) for each in value)
    return _one(register, path, field, value, names)


def of_any(register: Register, path: str, value: object, names: Names = NOBODY) -> str:
    """The same for a field by its path, the days of the row among them."""
    if isinstance(value, datetime):
        day, comma, time = writing.moment(value, language()).rpartition(", ")
        return f"{day.replace(' ', GAP)}{comma}{time}"
    if isinstance(value, date):
        return writing.day(value, language()).replace(" ", GAP)
    field = field_of(register, path)
    return UNKNOWN if field is None else in_words(register, path, field, value, names)


def group_table(register: Register, name: str, value: object, names: Names = NOBODY) -> pieces.Table:
    """The items of a repeated group, a line each."""
    field = register.fields[name]
    items = [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []
    return pieces.Table(
        caption=label(register, name),
        columns=tuple(pieces.Cell(label(register, f"{name}.{inside}")) for inside in field.fields),
        rows=tuple(
            tuple(
                pieces.Cell(in_words(register, f"{name}.{inside}", each, item.get(inside), names))
                for inside, each in field.fields.items()
            )
            for item in items
        ),
    )


def refusal(bad: BadInput) -> str:
    """What the register itself does not take, and what to do."""
    words = {
        "overlaps": gettext("The register has a row with this key for these days. Correct that one instead."),
        "proposed_already": gettext("Another change of this row waits to be confirmed. It has to be decided first."),
        "changed_meanwhile": gettext("The row was changed meanwhile."),
        "no_such_row": gettext("No row holds on that day. Choose a day on which it holds."),
    }.get(bad.reason)
    if words is None and bad.reason in SENTENCES:
        words = sentence(bad.reason, bad.details)
    return words or gettext("The register does not take this. Check what you wrote.")


def not_known(register_id: str, is_person: bool) -> str:
    """That a register kept here does not have what a row names, and what to do."""
    title = {"register": text(country.current().registers[register_id], "title")}
    if is_person:
        return (
            gettext(
                "No person with this number stands in the register “%(register)s”. Check the number, or say below that "
                "the document has it so."
            )
            % title
        )
    return (
        gettext(
            "No row with this number stands in the register “%(register)s”. Check the number, or enter that row first."
        )
        % title
    )


def _item(register: Register, path: str, group: Field, item: object, names: Names) -> str:
    known = item if isinstance(item, Mapping) else {}
    words = (
        in_words(register, f"{path}.{inside}", each, known[inside], names)
        for inside, each in group.fields.items()
        if known.get(inside) is not None
    )
    return ", ".join(words)


def _one(register: Register, path: str, field: Field, value: object, names: Names) -> str:
    here, lang = country.current(), language()
    if names and (named := named_register(field)):
        name = names.get((named, str(value)), "")
        return f"{value} ({name})" if name else str(value)
    match field.kind:
        case "boolean":
            own = f"{path}.{'true' if value else 'false'}"
            return text(register, own) if own in register.texts else (gettext("Yes") if value else gettext("No"))
        case "choice" | "choices":
            if isinstance(field.of, str):
                return here.text(here.lists[field.of.removeprefix("list:")].values, str(value), lang)
            return text(register, f"{path}.{value}") if f"{path}.{value}" in register.texts else str(value)
        case "territory":
            called = next((unit.names for unit in here.territory if unit.code == value), {})
            return str(writing.words(called, lang)) or str(value)
        case "date" | "moment":
            return of_any(register, path, value)
        case "money" if isinstance(value, int):
            return money.show(Money(value, here.currency), lang)
        case "integer":
            return _measured(register, path, field, value, lang) if field.unit else str(value)
        case "decimal" | "percent":
            if field.unit and field.kind == "decimal":
                return _measured(register, path, field, value, lang)
            written = writing.number(str(value), lang)
            return f"{written}\u00a0%" if field.kind == "percent" else written
        case "iban":
            return iban.show(str(value))
        case "file" | "photo":
            return gettext("a file")
        case "geometry":
            return _ground(value)
    return str(value)


def _measured(register: Register, path: str, field: Field, value: object, lang: str) -> str:
    return writing.quantity(value, field.unit or "", lang, unit_text(register, path))


def unit_name(register: Register, path: str, unit: str) -> str:
    """The unit of a field alone, in the reader's language."""
    return writing.unit_name(unit, language(), unit_text(register, path))


def measured_label(register: Register, name: str) -> str:
    """What a field is called, with its unit: `Length, cm`."""
    unit = register.fields[name].unit if name in register.fields else None
    return f"{label(register, name)}, {unit_name(register, name, unit)}" if unit else label(register, name)


def unit_text(register: Register, path: str) -> str:
    """The register's own word for the unit of a field; "" where it needs none."""
    return text(register, f"{path}.unit") if f"{path}.unit" in register.texts else ""


def _ground(value: object) -> str:
    """A place on the ground by its first point, longitude, latitude; of a line or an area how many points it has.

    A ring ends with the point at which it begins, which is one corner.
    """
    if not isinstance(value, Mapping):
        return UNKNOWN
    corners = list(drawing.corners(value))
    if not corners:
        return UNKNOWN
    first = f"{corners[0].longitude}, {corners[0].latitude}"
    if value["type"] == "Point":
        return first
    return gettext("%(points)s points from %(first)s") % {"points": len(corners), "first": first}
