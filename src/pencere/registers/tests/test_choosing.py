"""Rows to choose from are found by the index, whatever the number of the others, and never those of persons."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pencere.base.errors import Refused, Unavailable
from pencere.registers import choosing, indexing, queries
from pencere.registers.tests import make
from pencere.registers.tests.make import NOW

FIELDS = (
    make.field("no", "text", search="exact"),
    make.field("name", "text", search="words", required=False),
    make.field("place", "territory", search="exact", required=False),
)


@pytest.fixture(autouse=True)
def _gardens():
    with make.using(make.with_register(*FIELDS, key=("no",), about=())):
        make.add(
            "permits",
            {"no": "7-31", "name": "Şəfəq bağçası", "place": "nesimi"},
            {"no": "7-32", "name": "Günəş bağçası", "place": "nesimi"},
            {"no": "8-01", "name": "Şəfəqli", "place": "yasamal"},
        )
        yield


def found(*words: str, limit: int = 10, **only: object) -> list[str]:
    return [each.place for each in queries.listed("permits", only, words=words, limit=limit, now=NOW)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "only", "numbers"),
    [
        ((), {}, ["7-31", "7-32", "8-01"]),
        (("sefeq",), {}, ["7-31", "8-01"]),
        (("sefeq", "bagcasi"), {}, ["7-31"]),
        (("bagca",), {"place": "nesimi"}, ["7-31", "7-32"]),
        (("7-3",), {}, ["7-31", "7-32"]),
        (("7-31", "sefeq"), {}, ["7-31"]),
        (("feq",), {}, []),
    ],
)
def test_rows_are_found_by_the_beginnings_of_all_words(words, only, numbers):
    assert found(*words, **only) == numbers


@pytest.mark.django_db
def test_no_row_is_read_that_is_not_shown(monkeypatch):
    monkeypatch.setattr(choosing, "_AT_ONCE", 2)
    make.add("permits", *({"no": f"9-{number:03}", "name": "Bulud"} for number in range(100)))

    with CaptureQueriesContext(connection) as asked:
        assert found("gunes") == ["7-32"]
    assert len(asked.captured_queries) == 2  # whether the index is whole, and the rows
    assert len(found("bulud", limit=3)) == 3


@pytest.mark.django_db
def test_texts_that_are_in_no_index_are_looked_through_only_so_far(monkeypatch):
    plain = make.field("name", "text", required=False)
    with make.using(make.with_register(FIELDS[0], plain, FIELDS[2], key=("no",), about=())):
        assert found("feq") == ["7-31", "8-01"]
        monkeypatch.setattr(choosing, "LOOKED_THROUGH", 2)
        monkeypatch.setattr(choosing, "_AT_ONCE", 1)
        assert found("feq") == ["7-31"]


@pytest.mark.django_db
def test_while_the_index_is_made_no_row_is_no_answer():
    indexing.order("permits", NOW)

    with pytest.raises(Unavailable):
        found("sefeq")
    assert found() == ["7-31", "7-32", "8-01"]


@pytest.mark.django_db
def test_persons_are_not_offered():
    personal = make.with_register(*FIELDS, key=("no",))
    with make.using(personal), pytest.raises(Refused, match="about_persons"):
        found()
