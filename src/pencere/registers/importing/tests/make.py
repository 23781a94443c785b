"""Builders: a register of fishing boats that nobody thought of before, files of it, whole loads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pencere.country.declarations import CodeList, Country, Desk, Field, Law, Register
from pencere.registers.importing import loads
from pencere.registers.importing.loads import Asked, Staged
from pencere.registers.models import Load
from pencere.registers.tests import make

HEAD = ("boat_no", "name", "kind", "built", "length", "price", "harbour", "licensed", "call_sign")
TEXTS = {
    "boat_no": {"az": "Qayığın nömrəsi", "en": "Boat number", "ru": "Номер лодки"},
    "name": {"az": "Adı", "en": "Name", "ru": "Название"},
    "kind": {"az": "Növü", "en": "Kind", "ru": "Вид"},
    "kind.net": {"az": "Torla ovlayan", "en": "Net boat", "ru": "Сетевая"},
    "kind.line": {"az": "Qarmaqla ovlayan", "en": "Line boat", "ru": "Крючковая"},
    "built": {"az": "Tikildiyi il", "en": "Year built", "ru": "Год постройки"},
    "valid_from": {"az": "Qeydə alındığı gün", "en": "Registered since", "ru": "Дата регистрации"},
}


DESK = Desk(("officer.registry",), ("officer.registry",), ("officer.head",), (), make.HERE)


def boats(**changes: object) -> Country:
    """Azerbaijan with a register of fishing boats; `changes` of the register."""
    fields = (
        make.field("boat_no", "text", pattern=r"B-\d{5}"),
        make.field("name", "text"),
        make.field("kind", "choice", of=("net", "line")),
        make.field("built", "integer", min="1900", max="2026"),
        make.field("length", "decimal", required=False),
        make.field("price", "money", required=False),
        make.field("harbour", "territory", required=False),
        make.field("licensed", "date", required=False),
        make.field("call_sign", "text", required=False, unique=True),
    )
    return country_of("boats", fields, ("boat_no",), texts=TEXTS, **changes)


def country_of(name: str, fields: Sequence[Field], key: tuple[str, ...], **changes: object) -> Country:
    azerbaijan = make.the("azerbaijan")
    register = Register(
        id=name, agency="din", kept="here", law=(Law("residence-law", "5"),), of="thing", key=key, dated=False,
        fields={one.name: one for one in fields}, about=(), answers={}, accepts={}, events={}, capacity={},
        open_data=None, texts={}, place=make.HERE,
    )  # fmt: skip
    lists = {**azerbaijan.lists, "blood-groups": CodeList("blood-groups", {"a_plus": {"az": "A müsbət"}}, make.HERE)}
    return replace(azerbaijan, registers={**azerbaijan.registers, name: replace(register, **changes)}, lists=lists)


@contextmanager
def using_boats(**changes: object) -> Iterator[Country]:
    with make.using(boats(**changes)) as country:
        yield country


def line(number: int, **changes: str) -> str:
    row = {"boat_no": f"B-{number:05}", "name": f"Şəfəq {number}", "kind": "net", "built": "1998", "length": "7.5",
           "price": "1200.50", "harbour": "nesimi", "licensed": "2020-03-01", "call_sign": ""} | changes  # fmt: skip
    return ",".join(f'"{row[name]}"' if "," in row[name] else row[name] for name in HEAD)


def file(folder: Path, lines: Iterable[str], *, head: str = ",".join(HEAD), encoding: str = "utf-8",
         name: str = "boats.csv") -> Path:  # fmt: skip
    path = folder / name
    path.write_bytes("\n".join([head, *lines, ""]).encode(encoding))
    return path


def start(path: Path, said: Mapping[str, str] | None = None, register: str = "boats") -> Staged:
    asked = Asked(said or {}, None, None)
    return loads.start(
        register, path, asked, errors=loads.errors_beside(path), recorded_by="test", told=lambda done, load: None
    )


def confirmed(path: Path) -> Load:
    load = start(path).load
    loads.confirm(load)
    return load


def faults(load: Load) -> list[list[str]]:
    """The lines of the error file, without its head."""
    import csv

    with Path(load.errors).open(encoding="utf-8-sig", newline="") as written:
        return list(csv.reader(written))[1:]
