"""No two live rows lie over each other on the same day: one by one, many at once, and whoever writes beside."""

from __future__ import annotations

import multiprocessing
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import shapely
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.base.ground import soundness
from pencere.registers import actions
from pencere.registers.ground.tests import make
from pencere.registers.ground.tests.make import add, meadow, polygon, square
from pencere.registers.importing import loads
from pencere.registers.importing.tests import make as importing
from pencere.registers.models import Row, RowKey
from pencere.registers.tests.make import NOW, TODAY

WHO = {"recorded_by": "test", "now": NOW + timedelta(minutes=1)}


@pytest.fixture(autouse=True)
def _meadows():
    with make.using_meadows(), clock.standing_at(NOW):
        yield


def live() -> list[str]:
    return sorted(Row.objects.filter(retired_at__isnull=True).values_list("key", flat=True))


def refused(*asked: Any, **more: Any) -> BadInput:
    with pytest.raises(BadInput) as problem:
        add(*asked, **more)
    return problem.value


def drawn(border: object) -> Any:
    """In metres."""
    return soundness.flat(shapely.from_geojson(msgspec.json.encode(border)), make.LAT)


def depth(common: Any) -> float:
    """How many metres an area is wide where it is widest: the largest circle that fits into it."""
    areas = [part for part in shapely.get_parts(common) if part.area > 0]
    return max((2 * shapely.maximum_inscribed_circle(part, tolerance=1e-4).length for part in areas), default=0)


def no_two_overlap(tolerance: float = 0.05) -> bool:
    """The oracle: every pair of live rows that share a day, by Shapely alone, in metres."""
    live = Row.objects.filter(retired_at__isnull=True).values_list("valid_from", "valid_until", "values")
    rows = [(first, last or date.max, drawn(msgspec.json.decode(values)["border"])) for first, last, values in live]
    return not any(
        one[0] <= other[1] and other[0] <= one[1]
        and not shapely.intersection(one[2], other[2]).buffer(-tolerance).is_empty
        for place, one in enumerate(rows) for other in rows[:place]
    )  # fmt: skip


# --- one by one


@pytest.mark.django_db
def test_what_lies_over_another_is_refused_with_its_key():
    add(1, square(0, 0))

    problem = refused(2, square(10, 10))

    assert (problem.reason, problem.details) == ("lies_over_another", {"field": "border", "other": "m-000001"})
    assert live() == ["m-000001"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "border",
    [
        square(0, 0),
        square(5, 5, 2),
        square(-100, -100, 500),
        polygon([(10, 10), (300, 200), (400, 10)]),
        polygon([(-5, 10), (25, 10), (25, 11), (-5, 11)]),
        square(19.9, 0),
    ],
    ids=["the same", "inside", "around", "a corner", "across", "10 cm"],
)
def test_every_way_to_lie_over_another_is_seen(border):
    add(1, square(0, 0))

    assert refused(2, border).reason == "lies_over_another"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "border",
    [
        square(20, 0),
        square(20, 20),
        polygon([(20, -7), (60, -7), (60, 31), (20, 31)]),
        square(19.97, 0),
        polygon([(-10, -10), (30, -10), (30, 30), (-10, 30)], [(0, 0), (20, 0), (20, 20), (0, 20)]),
        square(5000, 5000),
    ],
    ids=["a side", "a corner", "a part of a side", "3 cm", "in its hole", "far away"],
)
def test_neighbours_may_touch(border):
    add(1, square(0, 0))

    add(2, border)

    assert live() == ["m-000001", "m-000002"]


@pytest.mark.django_db
def test_the_tolerance_is_the_declared_one():
    with make.using_meadows(no_overlap=0.5):
        add(1, square(0, 0))
        add(2, square(19.6, 0))
        assert refused(3, square(0, 19.2)).reason == "lies_over_another"
    with make.using_meadows(no_overlap=None):
        add(3, square(0, 19.2))
    with make.using_meadows(no_overlap=0.0):
        assert refused(4, square(39.59, 0)).reason == "lies_over_another"


@pytest.mark.django_db
def test_on_other_days_another_may_lie_there():
    add(1, square(0, 0), valid_from="2020-01-01", valid_until="2024-12-31")

    add(2, square(0, 0), valid_from="2025-01-01")

    assert refused(3, square(1, 1), valid_from="2024-12-31", valid_until="2024-12-31").details["other"] == "m-000001"
    add(4, square(1, 1), valid_from="2010-01-01", valid_until="2019-12-31")
    assert no_two_overlap()


@pytest.mark.django_db
def test_a_row_may_be_drawn_anew_and_corrected_but_not_over_another():
    add(1, square(0, 0))
    add(2, square(20, 0))
    later = TODAY + timedelta(days=30)
    key = {"number": "M-000001"}

    actions.replace_row("meadows", key, {"border": square(0, 0, 20, 30)}, from_day=later, **WHO)
    with pytest.raises(BadInput, match="lies_over_another"):
        actions.replace_row("meadows", key, {"border": square(0, 0, 30)}, from_day=later, **WHO)
    with pytest.raises(BadInput, match="lies_over_another"):
        actions.correct_row("meadows", key, {"border": square(0, 0, 30)}, on=TODAY, reason="r", document="d", **WHO)
    actions.correct_row("meadows", key, {"border": square(0, 0, 19)}, on=TODAY, reason="r", document="d", **WHO)
    actions.end_row("meadows", {"number": "M-000002"}, from_day=later, **WHO)

    actions.replace_row("meadows", key, {"border": square(0, 0, 40)}, from_day=later, **WHO)
    assert no_two_overlap()


@pytest.mark.django_db
def test_a_system_in_metres_is_compared_in_metres():
    import pyproj

    to_utm = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32639", always_xy=True)

    def metres(border: dict[str, Any]) -> dict[str, object]:
        ring = [list(to_utm.transform(*corner)) for corner in border["coordinates"][0]]
        return {"type": "Polygon", "coordinates": [ring]}

    with make.using_meadows(crs="EPSG:32639"):
        add(1, metres(square(0, 0)))
        add(2, metres(square(20, 0)))
        assert refused(3, metres(square(19.9, 19.9))).reason == "lies_over_another"


# --- many at once


@pytest.mark.django_db
def test_a_batch_names_the_row_that_lies_over_another(monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 30)
    rows = [meadow(number, square(20 * number, 0)) for number in range(60)]
    rows[40]["border"] = square(20 * 40 - 5, 0)

    with pytest.raises(BadInput) as problem:
        actions.add_rows("meadows", rows, valid_from=TODAY, recorded_by="test", now=NOW)

    assert problem.value.reason == "lies_over_another"
    assert problem.value.details["row"] in (40, 41)
    assert len(live()) == 30


@pytest.mark.django_db
def test_a_batch_is_compared_with_the_register(monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 50)
    rows = [meadow(number, square(25 * (number % 10), 25 * (number // 10))) for number in range(100)]
    actions.add_rows("meadows", rows, valid_from=TODAY, recorded_by="test", now=NOW)
    late = [meadow(200 + number, square(5000 + 25 * number, 0)) for number in range(30)]
    late[20]["border"] = square(25 * 5 + 3, 25 * 3 + 3)

    with pytest.raises(BadInput) as problem:
        actions.add_rows("meadows", late, valid_from=TODAY, recorded_by="test", now=NOW)

    assert problem.value.details == {"field": "border", "row": 21, "other": "m-000035"}


@pytest.mark.django_db
def test_lines_of_a_file_that_lie_over_others_are_named(tmp_path: Path):
    add(1, square(0, 0))
    lines = [make.line(number, square(20 * number, 100)) for number in range(2, 32)]
    lines += [
        make.line(40, square(10, 10)),
        make.line(41, square(20 * 5 + 4, 100)),
        make.line(42, square(20 * 31, 100), first="2020-01-01", last="2020-12-31"),
        make.line(43, square(20 * 31, 100), first="2020-12-31"),
        make.line(44, polygon([(0, 500), (20, 520), (20, 500), (0, 520)])),
    ]
    lines += [make.line(50 + number, square(900, 900)) for number in range(3)]

    load = importing.start(importing.file(tmp_path, lines, head=make.HEAD, name="m.csv"), register="meadows").load

    told = {(line, column): reason for line, column, _value, reason in importing.faults(load)}
    assert set(told) == {
        ("32", "border"), ("33", "border"), ("35", "border"), ("36", "border"), ("38", "border"), ("39", "border"),
    }  # fmt: skip
    assert "m-000001" in told[("32", "border")] and "48.85" in told[("36", "border")]
    assert load.rows == 32
    loads.confirm(load)
    assert len(live()) == 33 and no_two_overlap()


@pytest.mark.django_db
def test_a_line_whose_number_is_the_id_of_the_row_it_lies_over_is_named_like_any_other(tmp_path: Path):
    add(1, square(0, 0))
    Row.objects.update(id=3)
    RowKey.objects.update(row=3)
    lines = [make.line(2, square(20, 100)), make.line(40, square(10, 10))]

    load = importing.start(importing.file(tmp_path, lines, head=make.HEAD, name="m.csv"), register="meadows").load

    assert [(line, column) for line, column, _value, _reason in importing.faults(load)] == [("3", "border")]


@pytest.mark.django_db
def test_a_load_is_compared_again_when_it_is_confirmed(tmp_path: Path):
    path = importing.file(tmp_path, [make.line(7, square(0, 0))], head=make.HEAD, name="m.csv")
    load = importing.start(path, register="meadows").load
    add(1, square(5, 5))

    with pytest.raises(BadInput, match="changed_meanwhile"):
        loads.confirm(load)

    load.refresh_from_db()
    assert (load.state, load.rows, load.bad) == ("ready", 0, 1)


# --- whatever comes


corner = st.tuples(st.integers(0, 12), st.integers(0, 12))


@st.composite
def shapes(draw: st.DrawFn) -> dict[str, object]:
    """Triangles and boxes on a grid, so that many touch, cross, lie in each other and are alike."""
    if draw(st.booleans()):
        x, y = draw(corner)
        return square(5 * x, 5 * y, 5 * draw(st.integers(1, 6)), 5 * draw(st.integers(1, 6)))
    a, b, c = draw(st.lists(corner, min_size=3, max_size=3, unique=True))
    return polygon([(5 * x, 5 * y) for x, y in (a, b, c)])


@settings(max_examples=60)
@given(borders=st.lists(st.tuples(shapes(), st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=14))
@pytest.mark.django_db
def test_no_two_ever_overlap_and_none_is_refused_for_nothing(borders):
    """Each shape is taken if, and only if, it lies over none that was taken before, as Shapely sees all pairs."""
    taken: list[tuple[Any, date, date]] = []
    with transaction.atomic():
        for number, (border, begin, days) in enumerate(borders):
            shape = drawn(border)
            first, last = TODAY + timedelta(days=begin), TODAY + timedelta(days=begin + days)
            if not shape.is_valid:
                continue
            free = not any(
                depth(shapely.intersection(shape, other)) > 0.05 and first <= until and since <= last
                for other, since, until in taken
            )
            try:
                with transaction.atomic():
                    add(number, border, valid_from=first, valid_until=last)
            except BadInput as problem:
                assert problem.reason == "lies_over_another" and not free
            else:
                assert free
                taken.append((shape, first, last))
        transaction.set_rollback(True)


# --- side by side


_fork = multiprocessing.get_context("fork")


def _write(writer: int, told: Any) -> None:
    chance = random.Random(writer)
    done = 0
    for number in range(30):
        border = square(chance.randrange(0, 60, 5), chance.randrange(0, 60, 5), chance.choice((5, 10, 15)))
        try:
            if number % 10 == 9:
                rows = [
                    meadow(writer * 1000 + number * 10 + place, square(1000 + 30 * place + chance.randrange(0, 40), 0))
                    for place in range(4)
                ]
                actions.add_rows("meadows", rows, valid_from=TODAY, recorded_by="test", now=NOW)
            elif number % 3 == 2 and done:
                key = {"number": f"M-{done:06}"}
                actions.replace_row("meadows", key, {"border": border}, from_day=TODAY, **WHO)
            else:
                add(writer * 1000 + number, border)
                done = writer * 1000 + number
            told.put("taken")
        except BadInput as problem:
            told.put(problem.reason)
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_processes_that_write_at_once_never_leave_two_over_each_other():
    connection.close()
    told = _fork.Queue()
    writers = [_fork.Process(target=_write, args=(writer, told)) for writer in range(1, 6)]
    for writer in writers:
        writer.start()
    answers = [told.get(timeout=120) for _ in range(5 * 30)]
    for writer in writers:
        writer.join()

    assert [writer.exitcode for writer in writers] == [0] * 5
    assert answers.count("taken") > 10 and answers.count("lies_over_another") > 10
    assert set(answers) <= {"taken", "lies_over_another", "overlaps"}
    assert no_two_overlap()
