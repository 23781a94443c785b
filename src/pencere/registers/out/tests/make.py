"""Builders: a register with a field of every kind, rows of it, exports, their bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from pencere.base.tests.make_media import jpeg, pdf
from pencere.country.declarations import Country, Field
from pencere.files import actions as files
from pencere.registers.importing.tests.make import country_of
from pencere.registers.out import exports
from pencere.registers.out.exports import Asked
from pencere.registers.tests import make

NOW = make.NOW
LABELS = {
    "title": {"az": "Yığım", "en": "Collection", "ru": "Собрание"},
    "no": {"az": "Nömrə", "en": "Number", "ru": "Номер"},
    "kind.net": {"az": "Torla", "en": "Net", "ru": "Сеть"},
    "kinds.net": {"az": "Torla"},
    "kinds.line": {"az": "Qarmaqla"},
    "kind.line": {"az": "Qarmaqla", "en": "Line", "ru": "Крючок"},
}
POINT, LINE = [49.8671, 40.4093], [[49.86, 40.4], [49.87, 40.41]]
RING = [[[49.86, 40.4], [49.87, 40.4], [49.87, 40.41], [49.86, 40.4]]]


def every_kind(**changes: Any) -> Country:
    """Azerbaijan with a register `things` that has a field of every kind, alone, repeated and in a group."""
    field = make.field
    holder = field("holder", "person", personal="ordinary")
    fields = (
        field("no", "text", pattern=r"T-\d+"),
        field("person", "person", personal="ordinary", required=False),
        *(Field(name, kind, required=False) for name, kind in (
            ("name", "text"), ("story", "long_text"), ("at_address", "address"), ("phone", "phone"), ("mail", "email"),
            ("place", "territory"), ("owner", "organisation"), ("plate", "plate"), ("count", "integer"),
            ("length", "decimal"), ("price", "money"), ("share", "percent"), ("active", "boolean"), ("seen", "date"),
            ("at", "moment"), ("opens", "time"), ("account", "iban"), ("scan", "file"), ("face", "photo"),
        )),
        field("kind", "choice", of=("net", "line"), required=False),
        field("kinds", "choices", of=("net", "line"), required=False),
        field("blood", "choice", of="list:blood-groups", required=False),
        field("other", "ref", of="things", required=False),
        field("spot", "geometry", of="point", required=False),
        field("track", "geometry", of="line", required=False),
        field("area", "geometry", of="polygon", required=False),
        field("names", "text", many=(0, 9), required=False),
        field("days", "date", many=(1, 9), required=False),
        field("prices", "money", many=(1, 9), required=False),
        field("owners", "group", many=(1, 9), required=False, fields={
            "holder": holder, "part": field("part", "percent"), "paid": field("paid", "money", required=False),
            "notes": field("notes", "text", many=(1, 3), required=False),
        }),
    )  # fmt: skip
    return country_of("things", fields, ("no",), texts=LABELS, about=("owners.holder", "person"), **changes)


def thing(number: int = 1, **values: object) -> dict[str, object]:
    return {"no": f"T-{number}", "person": make.SEVINC, **values}


def full(number: int = 1) -> dict[str, object]:
    """A thing with a value in every field, and what is awkward in each."""
    return thing(
        number, name='=Nümunə; "Şəfəq", ərazi?də', story="Birinci sətir\n\n  ikinci; \"sətir\"\n[üçüncü]",
        at_address=make.HOME, phone="+994 50 123-45-67", mail="a@example.az", place="nesimi", owner="1400057421",
        plate="10-AA-001", count=-12, length="-7.50", price=-120050, share="33.3", active=False,
        seen=date(2020, 2, 29), at=datetime(2026, 3, 18, 9, 0, 0, 5, tzinfo=UTC), opens="09:30",
        account="AZ21NABZ00000000137010001944", scan=_kept(pdf()), face=_kept(jpeg()),
        kind="net", kinds=["net", "line"], blood="a_plus", other=f"T-{number}",
        spot={"type": "Point", "coordinates": POINT}, track={"type": "LineString", "coordinates": LINE},
        area={"type": "Polygon", "coordinates": RING}, names=["bir; iki", "[üç]", "+dörd", "d?rd"],
        days=[date(2020, 1, 1), date(2021, 1, 1)], prices=[1, 250], owners=[
            {"holder": make.SEVINC, "part": "50.0", "paid": 5, "notes": ["a;b"]},
            {"holder": make.ELCIN, "part": "50", "paid": None},
        ],
    )  # fmt: skip


def _kept(content: bytes) -> str:
    return files.keep(content, now=NOW).reference


def asked(format_: str = "csv", **changes: Any) -> Asked:
    found = Asked("things", (), None, format_, "the yearly count of things", "officer:registry", "account-1")
    found = replace(found, **changes)
    if found.fields:
        return found
    from pencere import country

    return replace(found, fields=exports.all_fields(country.current().registers[found.register]))


def exported(format_: str = "csv", **changes: Any) -> bytes:
    return b"".join(exports.begin(asked(format_, **changes), tick=lambda: NOW, language="az").parts)


def rows(register: str = "things") -> list[tuple[object, ...]]:
    """What the register holds by now, without what says how it came there."""
    from pencere.registers.models import Row

    found = Row.objects.filter(register=register, retired_at__isnull=True).order_by("key", "valid_from")
    return list(found.values_list("key", "values", "valid_from", "valid_until"))


def found_by(register: str = "things") -> list[tuple[object, ...]]:
    from pencere.registers.models import RowKey

    keys = RowKey.objects.filter(row__register=register, row__retired_at__isnull=True)
    return sorted(keys.values_list("row__key", "field", "value"))


def add(*things: dict[str, object], since: date = date(2019, 5, 1), now: datetime = make.NOW) -> int:
    return make.add("things", *things, since=since, now=now)


def numbers(of: Sequence[int]) -> list[dict[str, object]]:
    return [thing(number) for number in of]
