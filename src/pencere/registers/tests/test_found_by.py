"""What a field is found by is said once (`finding.Forms`), of one value as of a column."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pencere.registers import finding
from pencere.registers.importing.tests.make import country_of
from pencere.registers.rules import Shape
from pencere.registers.tests.make import field, using
from pencere.registers.using import shape_of

LONG = "Çəmənzəminli küçəsi " * 30


def wells() -> Shape:
    fields = (
        field("well_no", "text"),
        field("name", "text", search="words", required=False),
        field("depth", "decimal", search="exact", required=False),
        field("drilled", "date", search="exact", required=False),
        field("remarks", "long_text", search="words", required=False),
        field("kinds", "choices", of=("a", "b"), search="exact", required=False),
    )
    with using(country_of("wells", fields, ("well_no",))):
        return shape_of("wells")


def test_a_column_says_what_each_of_its_values_says() -> None:
    shape = wells()
    values: dict[str, list[object]] = {
        "well_no": ["W-1", "w-2", LONG],
        "name": ["Şəfəq quyusu", "ŞƏFƏQ", LONG, "…"],
        "depth": [Decimal("1.50"), Decimal("-3"), Decimal(7)],
        "drilled": [date(2020, 2, 29), date(1950, 1, 1)],
        "remarks": ["Suyu içməyə yararlı deyil", "-"],
    }
    assert set(shape.forms) == set(values)

    for name, several in values.items():
        for form in shape.forms[name].each:
            each = [form.of(value) for value in several]
            if form.column:
                assert [(text,) for text in form.column(several)] == each
                assert all(len(text) <= finding.LONGEST for (text,) in each)
            for value, texts in zip(several, each, strict=True):
                assert shape.texts_of(name, value).get(form.field, ()) == texts


def test_a_field_is_found_by_itself_its_words_its_place_in_an_order_or_by_its_gap() -> None:
    shape = wells()

    assert [form.field for form in shape.forms["well_no"].each] == ["well_no", "well_no^"]
    assert shape.texts_of("name", "Şəfəq quyusu")["name~"] == shape.words.of("Şəfəq quyusu")
    assert set(shape.texts_of("name", "…")) == {"name^"}
    assert shape.texts_of("name", None) == {"name!": ("",)}
    assert shape.texts_of("remarks", None) == {}  # what is not sorted has no gap in an order
    assert [form.field for form in shape.forms["drilled"].each] == ["drilled"]  # sorts as it is written


def test_two_long_texts_that_begin_alike_stay_apart() -> None:
    (one,), (two,) = (wells().forms["well_no"].each[0].of(LONG + end) for end in "ab")

    assert one != two
    assert len(one) == len(two) == finding.LONGEST
