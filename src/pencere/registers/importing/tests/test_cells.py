"""A cell as people write it becomes a value, or a reason why not."""

from __future__ import annotations

from datetime import date

import pytest

from pencere.registers.importing.cells import converter, is_formula
from pencere.registers.importing.sentences import yes_and_no
from pencere.registers.importing.tests import make as importing
from pencere.registers.kinds import WrongKind, reader
from pencere.registers.tests import make


def read(kind: str, text: str, **more: object) -> object:
    field = make.field("value", kind, **more)
    texts = {"value.net": {"az": "Torla", "ru": "Сеть"}, "value.line": {"az": "Qarmaqla"}, "value.rod": {"ru": "Сеть"}}
    country = importing.country_of("things", (field,), ("value",), texts=texts)
    register = country.registers["things"]
    return reader(country, field)(converter(country, register, field, yes_and_no(country))(text))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", "1 234", 1234),
        ("integer", "1998.0", 1998),
        ("decimal", "7,5", "7.5"),
        ("decimal", "1.234,5", "1234.5"),
        ("decimal", "1,234.50", "1234.50"),
        ("decimal", "1.234.567", "1234567"),
        ("decimal", "1.234", "1.234"),
        ("percent", "12,5 %".replace(" ", ""), "12.5"),
        ("money", "1.200,50", 120050),
        ("money", "40", 4000),
        ("money", "40,50 AZN", 4050),
        ("date", "18.03.2026", date(2026, 3, 18)),
        ("date", "1/2/2026", date(2026, 2, 1)),
        ("date", "2026-03-18 00:00:00", date(2026, 3, 18)),
        ("time", "9:05", "09:05"),
        ("boolean", "Bəli", True),
        ("boolean", "XEYR", False),
        ("boolean", "да", True),
        ("boolean", "0", False),
        ("territory", "nesimi", "nesimi"),
        ("territory", "NƏSİMİ rayonu", "nesimi"),
        ("phone", "+994 50 123-45-67", "+994 50 123-45-67"),
    ],
)
def test_it_is_read_as_it_is_meant(kind: str, text: str, value: object):
    assert read(kind, text) == value


def test_a_code_is_known_by_its_label_in_any_language():
    of = ("net", "line")

    assert read("choice", "TORLA", of=of) == "net"
    assert read("choice", "qarmaqla", of=of) == "line"
    assert read("choices", "line; Torla", of=of) == ["net", "line"]
    assert read("choice", "a müsbət", of="list:blood-groups") == "a_plus"


def test_groups_come_as_json():
    inner = {"no": make.field("no", "integer")}

    assert read("group", '[{"no": 1}, {"no": 2}]', fields=inner, many=(1, 5)) == [{"no": 1}, {"no": 2}]


def test_what_stands_in_a_group_is_written_as_in_cells_or_as_json_has_it():
    kinds = {"on": "date", "tonnes": "decimal", "paid": "money", "fresh": "boolean"}
    inner = {name: make.field(name, kind, required=False) for name, kind in kinds.items()}
    text = (
        '[{"tonnes": 72.22, "on": "18.03.2026", "paid": "1 200,50", "fresh": "bəli"}, {"tonnes": "5,7", "fresh": true}]'
    )

    first, second = read("group", text, fields=inner, many=(1, 5))

    assert first == {"tonnes": "72.22", "on": date(2026, 3, 18), "paid": 120050, "fresh": True}
    assert second == {"tonnes": "5.7", "fresh": True}
    with pytest.raises(WrongKind) as wrong:
        read("group", '[{"on": "31.02.2026"}]', fields=inner, many=(1, 5))
    assert (wrong.value.reason, wrong.value.details["inside"]) == ("not_a_date", "on")


def test_a_day_that_a_spreadsheet_counted_is_named_and_not_guessed():
    for text in ("42005", "42005.0"):
        with pytest.raises(WrongKind) as wrong:
            read("date", text)
        assert (wrong.value.reason, wrong.value.details["day"]) == ("day_as_number", "2015-01-01")


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("text", "=1+1", "formula"),
        ("text", "@SUM(A1)", "formula"),
        ("text", "+cmd|x", "formula"),
        ("text", "M?mm?dov", "lost_letter"),
        ("text", "a\u200bb", "hidden_character"),
        ("text", "a\x07b", "hidden_character"),
        ("integer", "1.5", "not_a_whole_number"),
        ("decimal", "1.234.5", "not_a_number"),
        ("decimal", "12a", "not_a_number"),
        ("money", "1,2,3", "not_an_amount"),
        ("money", "1.005", "too_precise"),
        ("date", "31.02.2026", "not_a_date"),
        ("date", "18.03.26", "not_a_date"),
        ("moment", "soon", "not_a_moment"),
        ("boolean", "maybe", "not_yes_or_no"),
        ("territory", "Atlantida", "unknown_unit"),
        ("geometry", "{", "not_json"),
    ],
)
def test_it_is_refused_with_its_reason(kind: str, text: str, reason: str):
    with pytest.raises(WrongKind) as refused:
        read(kind, text)

    assert refused.value.reason == reason


def test_a_label_of_two_codes_names_neither():
    with pytest.raises(WrongKind) as refused:
        read("choice", "Сеть", of=("net", "rod"))

    assert refused.value.reason == "ambiguous_label"


@pytest.mark.parametrize(("text", "formula"), [("=A1", True), ("-", False), ("-5", False), ("+994 50", False),
                                               ("-2+3+cmd|' /C calc'!A0", True)])  # fmt: skip
def test_a_sign_before_digits_is_no_formula(text: str, formula: bool):
    assert is_formula(text) is formula
