"""What meets a box stands in its spans, whatever the sizes and wherever they lie."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pencere.registers.ground import boxes
from pencere.registers.ground.boxes import Box

sizes = st.one_of(st.integers(0, 2000), st.integers(0, 10_000_000), st.integers(0, 3_600_000_000))


@st.composite
def some_boxes(draw: st.DrawFn) -> Box:
    west, south = draw(st.integers(0, 3_600_000_000)), draw(st.integers(0, 1_800_000_000))
    wide, high = draw(sizes), draw(sizes)
    return Box(west, south, min(3_600_000_000, west + wide), min(1_800_000_000, south + high))


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[Box, Box]:
    one = draw(some_boxes())
    wide, high = draw(sizes), draw(sizes)
    west = max(0, draw(st.integers(one.west - wide, one.east)))
    south = max(0, draw(st.integers(one.south - high, one.north)))
    return one, Box(west, south, min(3_600_000_000, west + wide), min(1_800_000_000, south + high))


def is_in(entry: str, spans: list[tuple[str, str]]) -> bool:
    return any(first <= entry <= last for first, last in spans)


@given(some_boxes())
def test_an_entry_says_its_box(box: Box):
    assert boxes.read(boxes.entry(box)) == box
    assert len(boxes.entry(box)) == 46


@given(st.one_of(neighbours(), st.tuples(some_boxes(), some_boxes())))
def test_what_meets_a_box_stands_in_its_spans(pair: tuple[Box, Box]):
    one, other = pair

    if one.meets(other):
        assert is_in(boxes.entry(other), boxes.spans([one]))
        assert is_in(boxes.entry(one), boxes.spans([other]))


@given(st.lists(neighbours(), min_size=1, max_size=12))
def test_many_boxes_are_asked_for_together(pairs: list[tuple[Box, Box]]):
    spans = boxes.spans(one for one, _ in pairs)

    assert all(is_in(boxes.entry(other), spans) for one, other in pairs if one.meets(other))
    assert spans == sorted(spans)


@given(some_boxes())
def test_the_sides_compare_as_text(box: Box):
    entry = boxes.entry(box)
    places = (boxes.WEST, boxes.SOUTH, boxes.EAST, boxes.NORTH)

    assert [entry[at - 1 : at - 1 + boxes.SIDE] for at in places] == [boxes.side(value) for value in box]


def test_a_parcel_is_looked_for_in_few_places():
    parcel = boxes.of_degrees(49.85, 40.4, 49.8503, 40.4003)

    assert len(boxes.spans([parcel])) < 60
    assert len(boxes.spans([boxes.of_degrees(44, 38, 51, 42)])) < 400
