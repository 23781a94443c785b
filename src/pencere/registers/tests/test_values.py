"""A value is of the kind of its field, or the row is refused with field and reason."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from pencere.base.errors import BadInput
from pencere.registers import rules
from pencere.registers.tests import make

KINDS = [
    # kind, options, value, as it is in memory; or the reason why it is refused
    ("text", {}, "Nümunəli  Sevinc ", "Nümunəli Sevinc"),
    ("text", {}, "Muǝllim", "Muəllim"),
    ("text", {}, 5, "!not_text"),
    ("text", {}, "", "!too_short"),
    ("text", {}, "a\u202eb", "!hidden_character"),
    ("text", {}, "a\nb", "!hidden_character"),
    ("text", {"length": (2, 4)}, "abcde", "!too_long"),
    ("text", {"length": (2, 4)}, "a", "!too_short"),
    ("text", {"pattern": r"\d{3}"}, "12a", "!wrong_shape"),
    ("text", {"pattern": r"\d{3}"}, "123", "123"),
    ("long_text", {}, "a\r\nb", "a\nb"),
    ("address", {}, "Bakı,  ev 5", "Bakı, ev 5"),
    ("email", {}, "a@b.az", "a@b.az"),
    ("email", {}, "a.b.az", "!wrong_shape"),
    ("phone", {}, "+994 12 345-67-89", "+994 12 345-67-89"),
    ("phone", {}, "call me", "!wrong_shape"),
    ("integer", {}, 7, 7),
    ("integer", {}, True, "!not_a_whole_number"),
    ("integer", {}, "7", "!not_a_whole_number"),
    ("integer", {}, 7.0, "!not_a_whole_number"),
    ("integer", {"min": "1", "max": "9"}, 10, "!too_large"),
    ("integer", {"min": "1", "max": "9"}, 0, "!too_small"),
    ("decimal", {}, "12.50", "12.50"),
    ("decimal", {}, Decimal("12.50"), "12.50"),
    ("decimal", {}, 12.5, "!not_a_number"),
    ("decimal", {}, "12,5", "!not_a_number"),
    ("decimal", {}, "NaN", "!not_a_number"),
    ("decimal", {"max": "1"}, "1.0000001", "!too_large"),
    ("boolean", {}, False, False),
    ("boolean", {}, "no", "!not_yes_or_no"),
    ("boolean", {}, 0, "!not_yes_or_no"),
    ("date", {}, date(2026, 3, 18), date(2026, 3, 18)),
    ("date", {}, "2026-03-18", date(2026, 3, 18)),
    ("date", {}, "18.03.2026", "!not_a_date"),
    ("date", {}, "2026-02-30", "!not_a_date"),
    ("date", {}, datetime(2026, 3, 18, tzinfo=UTC), "!not_a_date"),
    ("date", {"min": "2026-01-01"}, "2025-12-31", "!too_small"),
    ("moment", {}, "2026-03-18T13:00:00+04:00", datetime(2026, 3, 18, 9, tzinfo=UTC)),
    ("moment", {}, "2026-03-18T13:00:00", "!not_a_moment"),
    ("moment", {}, "soon", "!not_a_moment"),
    ("choice", {"of": ("owner", "lease")}, "lease", "lease"),
    ("choice", {"of": ("owner", "lease")}, "Lease", "!not_a_choice"),
    ("choice", {"of": ("owner", "lease")}, None, None),
    ("choice", {"of": "list:blood-groups"}, "a_plus", "a_plus"),
    ("choice", {"of": "list:blood-groups"}, "c", "!not_a_choice"),
    ("territory", {}, "nesimi", "nesimi"),
    ("territory", {}, "atlantis", "!unknown_unit"),
    ("person", {}, "3ngr7bv", "3NGR7BV"),
    ("person", {}, "3NGR7BO", "!letter_never_used"),
    ("person", {}, "3NGR7B", "!wrong_shape"),
    ("person", {}, 1234567, "!not_text"),
    ("voen", {}, "1400057421", "1400057421"),
    ("voen", {}, "1400057431", "!wrong_check_digit"),
]  # fmt: skip


def shape_with(kind: str, options: dict[str, object]) -> rules.Shape:
    made = make.with_register(make.field("value", kind, required=False, **options))
    return rules.Shape(made, made.registers["permits"])


@pytest.mark.parametrize(("kind", "options", "value", "expected"), KINDS)
def test_a_value_is_of_its_kind_or_refused_with_field_and_reason(kind, options, value, expected):
    shape = shape_with(kind, options)
    row = {"person": make.SEVINC, "value": value}

    if isinstance(expected, str) and expected.startswith("!"):
        with pytest.raises(BadInput) as problem:
            shape.row(row)
        assert (problem.value.reason, problem.value.details["field"]) == (expected[1:], "value")
    else:
        assert shape.row(row)["value"] == expected


@pytest.mark.parametrize(
    ("row", "reason", "field"),
    [
        ({"person": make.SEVINC, "value": "x", "colour": "red"}, "unknown_field", "colour"),
        ({"value": "x"}, "missing", "person"),
        ({"person": None, "value": "x"}, "missing", "person"),
        ({"person": make.SEVINC}, "missing", "value"),
    ],
)
def test_a_row_has_all_its_fields_and_no_other(row, reason, field):
    made = make.with_register(make.field("value", "text"))

    with pytest.raises(BadInput) as problem:
        rules.Shape(made, made.registers["permits"]).row(row)

    assert (problem.value.reason, problem.value.details["field"]) == (reason, field)


def test_personal_data_without_a_subject_is_refused():
    made = make.with_register(
        make.field("number", "text"), make.field("owner", "person", required=False, personal="ordinary"),
        key=("number",), about=("owner",),
    )  # fmt: skip
    shape = rules.Shape(made, made.registers["permits"])

    with pytest.raises(BadInput, match="no_subject"):
        shape.row({"person": make.SEVINC, "number": "7"})
    assert shape.row({"person": make.SEVINC, "number": "7", "owner": make.SEVINC})["owner"] == make.SEVINC


def test_what_is_written_in_two_ways_is_found_by_one():
    shape = rules.Shape(make.the("azerbaijan"), make.the("azerbaijan").registers["residence"])

    assert shape.found("address", "BAKI, İçərişəhər") == shape.found("address", "bakı,  içərişəhər ")
    assert shape.found("address", "Şəki") != shape.found("address", "Seki")
    assert shape.found("person", "5svn7qt") == make.SEVINC
    assert len(shape.found("address", "a" * 900)) == 200
    assert shape.found("address", "a" * 900) != shape.found("address", "a" * 901)


def test_two_fields_of_a_key_are_never_taken_for_two_others():
    made = make.with_register(make.field("a", "text"), make.field("b", "text"), key=("a", "b"))
    shape = rules.Shape(made, made.registers["permits"])

    keys = {shape.key(shape.texts({"a": a, "b": b})) for a, b in (("x", "yz"), ("xy", "z"), ("xyz", ""))}

    assert len(keys) == 3


@pytest.mark.parametrize("name", ["azerbaijan", "template"])
def test_every_declared_register_has_a_shape(name):
    made = make.the(name)

    for register in made.registers.values():
        shape = rules.Shape(made, register)
        assert set(register.key) <= set(shape.found_by)
        for answer in register.answers:
            assert rules.service_id(made, register, answer).split("/")[0] == made.xroad_instance
