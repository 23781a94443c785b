"""Nobody's data leaves before the look is in the ledger; a file that was cut off says so."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from unittest import mock

import pytest
from django.db import OperationalError

from pencere.base.errors import BadInput, Unavailable
from pencere.ledger import queries as ledger
from pencere.ledger.models import Leaf, Look
from pencere.registers import actions
from pencere.registers.models import Export, Row
from pencere.registers.out import exports, taking
from pencere.registers.out.tests import make
from pencere.registers.tests import make as registers

pytestmark = pytest.mark.django_db(transaction=True)
PERSONS = [registers.SEVINC, registers.ELCIN, registers.NIGAR]


@pytest.fixture(autouse=True)
def things() -> Iterator[None]:
    with registers.using(make.every_kind()), mock.patch.object(taking, "AT_ONCE", 2):
        make.add(*(make.thing(number, person=PERSONS[number % 3]) for number in range(6)))
        yield


def _begin(format_: str = "csv", **changes: object) -> Iterator[bytes]:
    return exports.begin(make.asked(format_, **changes), tick=lambda: make.NOW, language="az").parts


@pytest.mark.parametrize("format_", ["csv", "sheet", "json", "jsonl", "zip"])
def test_every_person_shown_has_a_look_with_the_fields_and_the_reason(format_: str) -> None:
    b"".join(_begin(format_, fields=("no", "person", "price")))
    for person in PERSONS:
        look = ledger.looks_of(person)[0]
        assert (look.register, look.fields, look.who) == ("things", ("no", "person", "price"), "officer:registry")
        assert look.case == "the yearly count of things" and look.act == "residence-law 5"


def test_a_batch_is_looked_at_before_a_byte_of_it_leaves() -> None:
    parts = _begin()
    assert b"T-" not in next(parts)
    assert Look.objects.count() == 0
    for number in (1, 2, 3):
        assert next(parts).count(b"T-") == 2
        assert Look.objects.count() == 2 * number
    assert list(parts) == []


def test_when_the_ledger_cannot_be_written_nothing_more_leaves() -> None:
    parts = _begin()
    head, first = next(parts), next(parts)
    full = mock.patch("pencere.ledger.actions._add_looks", side_effect=OperationalError("full"))
    with full, pytest.raises(Unavailable):
        next(parts)
    assert b"T-2" not in head + first
    export = Export.objects.get()
    assert export.ended_at is None and export.rows is None and export.digest == ""


def test_an_archive_that_was_cut_off_cannot_be_opened() -> None:
    parts = _begin("zip")
    sent = next(parts) + next(parts)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(BytesIO(sent))
    assert Export.objects.get().ended_at is None


def test_an_export_is_told_in_the_ledger_when_it_begins_and_when_it_ends() -> None:
    parts = _begin()
    assert [leaf.kind for leaf in Leaf.objects.filter(kind__startswith="register.export")] == ["register.export_begun"]
    b"".join(parts)
    leaves = Leaf.objects.filter(kind="register.exported")
    assert leaves.count() == 1 and '"rows":6' in leaves[0].body


def test_what_changes_while_it_leaves_is_as_it_was_when_it_began() -> None:
    later = make.NOW + timedelta(minutes=1)
    parts = _begin(fields=("no", "name"))
    first = next(parts) + next(parts)
    actions.correct_row("things", {"no": "T-5"}, {"name": "sonra"}, on=registers.TODAY, reason="said wrongly",
                        document="1/26", recorded_by="test", now=later)  # fmt: skip
    make.add(make.thing(9), now=later)
    content = (first + b"".join(parts)).decode()
    assert content.count("T-") == 6 and "T-5,," in content and "sonra" not in content and "T-9" not in content


def test_as_of_a_day_only_what_held_that_day_leaves() -> None:
    actions.end_row("things", {"no": "T-1"}, from_day=registers.TODAY, recorded_by="test", now=make.NOW)
    assert b"T-1," not in make.exported(on=registers.TODAY)
    assert b"T-1," in make.exported(on=registers.TODAY - timedelta(days=1))


def test_only_the_fields_that_are_asked_for_are_read_out_and_looked_at() -> None:
    content = make.exported(fields=("no", "name")).decode()
    assert content.splitlines()[0] == "no,name,valid_from,valid_until"
    assert registers.SEVINC not in content


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"format_": "docx"}, "no_such_format"), ({"reason": "x"}, "no_reason"), ({"reason": "y" * 61}, "no_reason")],
)
def test_what_cannot_be_exported_is_refused_before_anything_is_written(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        make.exported(**changes)
    assert refused.value.reason == reason and Export.objects.count() == 0


def test_memory_does_not_grow_with_the_register() -> None:
    import tracemalloc

    def most(rows: int) -> int:
        Row.objects.filter(register="things").update(retired_at=make.NOW)
        make.add(*make.numbers(range(1000 * rows, 1001 * rows)))
        parts = _begin("zip")
        tracemalloc.start()
        for _part in parts:
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    with mock.patch.object(taking, "AT_ONCE", 100):
        most(100)
        assert most(2000) < 3 * most(300)
