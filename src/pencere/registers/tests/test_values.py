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
    ("organisation", {}, "1400057421", "1400057421"),
    ("organisation", {}, "3NGR7BV", "!wrong_shape"),
    ("money", {}, 4050, 4050),
    ("money", {}, "40.50", "!not_a_whole_number"),
    ("money", {"min": "0", "max": "40.50"}, 4050, 4050),
    ("money", {"min": "0", "max": "40.50"}, 4051, "!too_large"),
    ("money", {"min": "0"}, -1, "!too_small"),
    ("percent", {}, "61.5", "61.5"),
    ("percent", {}, "100.1", "!not_a_percentage"),
    ("percent", {}, 50, "!not_a_number"),
    ("time", {}, "09:30", "09:30"),
    ("time", {}, "24:00", "!not_a_time"),
    ("choices", {"of": ("a", "b", "c")}, ["c", "a", "c"], ["a", "c"]),
    ("choices", {"of": ("a", "b")}, ("b",), ["b"]),
    ("choices", {"of": ("a", "b")}, [], "!too_few"),
    ("choices", {"of": ("a", "b")}, ["a", "z"], "!not_a_choice"),
    ("choices", {"of": ("a", "b")}, "a", "!not_a_list"),
    ("file", {}, f"sha256:{'0f' * 32}", f"sha256:{'0f' * 32}"),
    ("file", {}, "sha256:0f", "!not_a_file"),
    ("photo", {}, "me.jpg", "!not_a_file"),
    ("iban", {}, "az21 NABZ 0000 0000 1370 1000 1944", "AZ21NABZ00000000137010001944"),
    ("iban", {}, "AZ22NABZ00000000137010001944", "!wrong_check_digit"),
    ("iban", {}, "21NABZ", "!wrong_shape"),
    ("ref", {"of": "residence"}, "3ngr7bv", "3NGR7BV"),
    ("ref", {"of": "residence"}, "3NGR7BO", "!letter_never_used"),
    ("text", {"many": (1, 2)}, ["a ", "b"], ["a", "b"]),
    ("text", {"many": (1, 2)}, [], "!too_few"),
    ("text", {"many": (1, 2)}, ["a", "b", "c"], "!too_many"),
    ("text", {"many": (1, 2)}, ["a", None], "!missing"),
    ("text", {"many": (1, 2)}, "a", "!not_a_list"),
    ("geometry", {"of": "point"}, {"type": "Point", "coordinates": [49.8, 40.4]},
     {"type": "Point", "coordinates": [49.8, 40.4]}),
    ("geometry", {"of": "point"}, {"type": "Point", "coordinates": [40.4, 149.8]}, "!not_a_geometry"),
    ("geometry", {"of": "polygon"}, {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
     "!not_a_geometry"),
    ("geometry", {"of": "line"}, {"type": "LineString", "coordinates": [[0, 0]]}, "!not_a_geometry"),
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


GROUP = {
    "holder": make.field("holder", "person", personal="ordinary"),
    "share": make.field("share", "decimal", required=False, max="1"),
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([{"holder": "3ngr7bv", "share": "0.5"}], [{"holder": "3NGR7BV", "share": "0.5"}]),
        ([{"holder": "3NGR7BV"}], [{"holder": "3NGR7BV"}]),
        ([], ("too_few", None, None)),
        (["3NGR7BV"], ("not_a_group", 1, None)),
        ([{"holder": "3NGR7BV"}, {"share": "1"}], ("missing", 2, "holder")),
        ([{"holder": "3NGR7BV", "share": "2"}], ("too_large", 1, "share")),
        ([{"holder": "3NGR7BV", "colour": "red"}], ("unknown_field", 1, "colour")),
    ],
)
def test_a_mistake_in_a_repeated_group_is_named_by_item_and_field(value, expected):
    shape = shape_with("group", {"many": (1, 3), "fields": GROUP})

    if isinstance(expected, list):
        row = shape.row({"person": make.SEVINC, "value": value})
        assert row["value"] == expected
        assert shape.texts(row)["person"] == (make.SEVINC,)
    else:
        with pytest.raises(BadInput) as problem:
            shape.row({"person": make.SEVINC, "value": value})
        details = problem.value.details
        assert (problem.value.reason, details.get("item"), details.get("inside")) == expected


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
