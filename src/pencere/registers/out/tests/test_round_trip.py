"""What is exported loads again: the same rows, found by the same, on both engines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pencere.base.errors import BadInput
from pencere.registers import actions
from pencere.registers.importing import loads
from pencere.registers.importing.cells import converter
from pencere.registers.kinds import WrongKind, reader
from pencere.registers.models import Export, Load, Row, RowKey
from pencere.registers.out.cells import writer
from pencere.registers.out.tests import make
from pencere.registers.tests import make as registers

pytestmark = pytest.mark.django_db(transaction=True)


def _load_again(folder: Path, content: bytes) -> Load:
    Row.objects.update(follows=None)
    RowKey.objects.all().delete()
    Row.objects.all().delete()
    path = folder / "things.csv"
    path.write_bytes(content)
    load = loads.start(
        "things", path, loads.Asked({}, None, None, exported=True), errors=loads.errors_beside(path),
        recorded_by="test", told=lambda done, load: None,
    ).load  # fmt: skip
    assert load.bad == 0, Path(load.errors).read_text()
    loads.confirm(load)
    return load


def test_rows_of_every_kind_come_back_the_same(tmp_path: Path) -> None:
    with registers.using(make.every_kind()):
        make.add(make.full(1), make.thing(2), make.thing(3, names=[], active=True), since=date(2019, 5, 1))
        actions.end_row("things", {"no": "T-2"}, from_day=date(2026, 2, 1), recorded_by="test", now=make.NOW)
        before, found = make.rows(), make.found_by()

        _load_again(tmp_path, make.exported())

        assert make.rows() == before
        assert make.found_by() == found


def test_every_period_of_a_row_comes_back(tmp_path: Path) -> None:
    with registers.using(make.every_kind()):
        make.add(make.thing(1, name="əvvəl"), since=date(2019, 5, 1))
        actions.replace_row("things", {"no": "T-1"}, {"name": "sonra"}, from_day=date(2024, 1, 1),
                            recorded_by="test", now=make.NOW)  # fmt: skip
        before = make.rows()
        assert len(before) == 2

        _load_again(tmp_path, make.exported())

        assert make.rows() == before


def test_without_the_flag_a_doubtful_text_is_still_refused(tmp_path: Path) -> None:
    with registers.using(make.every_kind()):
        make.add(make.thing(1, name="=1+1"))
        path = tmp_path / "things.csv"
        path.write_bytes(make.exported())
        staged = loads.start("things", path, loads.Asked({}, None, None), errors=tmp_path / "errors.csv",
                             recorded_by="test", told=lambda done, load: None)  # fmt: skip
        assert (staged.load.rows, staged.load.bad) == (0, 1)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=40)
VALUES = {
    "name": TEXTS, "story": TEXTS, "names": st.lists(TEXTS, max_size=4),
    "count": st.integers(-(10**17), 10**17), "price": st.integers(-(10**14), 10**14),
    "length": st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12),
    "seen": st.dates(), "at": st.datetimes(timezones=st.timezones()), "active": st.booleans(),
    "prices": st.lists(st.integers(0, 10**9), min_size=1, max_size=5),
    "owners": st.lists(st.fixed_dictionaries({
        "holder": st.just(registers.SEVINC), "part": st.just("50"), "notes": st.lists(TEXTS, min_size=1, max_size=3),
    }), min_size=1, max_size=3),
}  # fmt: skip


@pytest.mark.one_engine
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_whatever_a_register_takes_its_cell_says_again(data: st.DataObject) -> None:
    country = make.every_kind()
    register = country.registers["things"]
    field = register.fields[data.draw(st.sampled_from(sorted(VALUES)))]
    read = reader(country, field)
    try:
        value = read(data.draw(VALUES[field.name]))
    except (WrongKind, BadInput):
        return
    text = writer(country, field)(value).strip()
    assert text, "a known value is no empty cell"
    assert read(converter(country, register, field, {}, exported=True)(text)) == value


def test_an_export_that_ended_says_how_many_rows_and_which_file(tmp_path: Path) -> None:
    import hashlib

    with registers.using(make.every_kind()):
        make.add(*make.numbers(range(1, 6)))
        content = make.exported("jsonl")
        export = Export.objects.get()
        assert (export.rows, export.size, export.digest) == (5, len(content), hashlib.sha256(content).hexdigest())
