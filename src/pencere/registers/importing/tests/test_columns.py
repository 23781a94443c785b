"""The fast way by columns says what the checker says line by line, whatever stands in the cells."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

import msgspec
import pytest

from pencere.registers.importing.checking import Checker
from pencere.registers.importing.columns import Columns, StagedLine
from pencere.registers.importing.sentences import yes_and_no
from pencere.registers.importing.tests import make
from pencere.registers.loading import NewRow
from pencere.registers.tests.make import field, using, with_register
from pencere.registers.using import shape_of

JUNK = ["", " ", "=1", "M?n", "\x00", "9" * 50, "net", "Torla ovlayan", "2020-01-01", "31.12.2019", "31.02.2019", "x",
        "B-00001", " B-00002 ", "a\u202eb", "é", "1e5", "-", "nesimi", "Kǝpǝz", "1.5", "1,5", "7", "5SVN7QT", "yes",
        "xeyr", '[{"holder": "5SVN7QT"}]', "[]", "a;b", "İşıq", "0.50", "00.50", "12,50",
        "1.505", "-3.50", "9" * 17 + ".50", "a  b", "a\u0301", "ﬁn", "x\u00a0y", "O'Neil", '"q"', "a\\b", "-a",
        "+994501234567", "+0501234567", "050 123 45 67", "É™l", "two\nlines", "x" * 1001, "29.02.2023", "2023-02-29",
        "1.3.2020"]  # fmt: skip
SINCE = date(2020, 1, 1)


def agree(register: str, fields: Sequence[str], lines: list[tuple[int, list[str]]]) -> tuple[int, int]:
    """How many lines are good and bad, if both ways say the same of all."""
    shape = shape_of(register)
    checkers = [Checker(shape, fields, fields, SINCE, yes_and_no(shape.country)) for _way in range(2)]
    batch = Columns(shape, checkers[0]).check(lines)
    rows, faults = [], []
    for line in lines:
        found = checkers[1].check(line)
        if isinstance(found, NewRow):
            texts = sorted(found.found)
            rows.append((line[0], found.key, found.values, found.valid_from, found.valid_until, texts))
        else:
            faults += found

    assert [_plain(row) for row in batch.rows] == rows
    assert batch.faults == faults and batch.bad == len(lines) - len(rows)
    assert checkers[0].confused == checkers[1].confused
    return len(rows), batch.bad


def _plain(row: StagedLine) -> tuple[object, ...]:
    found = sorted((field, text) for field, text in msgspec.json.decode(row.found))
    return row.line, row.key, row.values, row.valid_from, row.valid_until, found


def test_boats_with_junk_anywhere():
    chance = random.Random(7)
    fields = [*make.HEAD, "valid_from", "valid_until"]
    lines = []
    for number in range(2, 3000):
        cells = [*make.line(number).split(","), chance.choice(("", "2019-03-01")), chance.choice(("", "2021-03-01"))]
        for _time in range(chance.choice((0, 0, 0, 1, 2))):
            cells[chance.randrange(len(cells))] = chance.choice(JUNK)
        if chance.random() < 0.02:
            cells = cells[: chance.randrange(1, 12)]
        lines.append((number, cells))

    with make.using_boats():
        good, bad = agree("boats", fields, lines)

    assert good > 1000 and bad > 200


@pytest.mark.parametrize("key", [("person",), ("person", "number")])
def test_rows_about_persons_with_groups_lists_and_a_key_of_two(key: tuple[str, ...]):
    group = field("owners", "group", many=(0, 3), fields={"holder": field("holder", "person", personal="ordinary")},
                  required=False)  # fmt: skip
    some = field("kinds", "choices", of=("a", "b", "c"), required=False)
    number = field("number", "integer", required="number" in key, unique=True)
    chance = random.Random(11)
    whole = ["5SVN7QT", "7", "a;b", '[{"holder": "5ELC8RK"}]']
    lines = []
    for line in range(2, 1500):
        cells = list(whole)
        for _time in range(chance.choice((0, 1, 1, 2))):
            cells[chance.randrange(4)] = chance.choice(JUNK)
        lines.append((line, cells))

    with using(with_register(number, some, group, key=key)):
        good, bad = agree("permits", ["person", "number", "kinds", "owners"], lines)

    assert good > 100 and bad > 100


def test_a_column_says_the_same_when_it_is_remembered_no_more(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pencere.registers.importing.one_column._REMEMBERED", 3)
    lines = [(number, make.line(number % 40 + 1, built=str(1890 + number % 50)).split(",")) for number in range(2, 400)]

    with make.using_boats():
        good, bad = agree("boats", make.HEAD, lines)

    assert good and bad


def test_phones_addresses_and_long_texts_are_as_plain_as_they_look():
    chance = random.Random(3)
    fields = (field("number", "text", search="words", length=(2, 40)), field("phone", "phone", required=False),
              field("address", "address", search="exact"), field("remarks", "long_text", required=False),
              field("paid", "money", required=False), field("when", "date", required=False))  # fmt: skip
    whole = ["No-17", "+994501234567", "Nizami küçəsi, ev 5", "Suyu içməyə yararlı", "12.50", "01.02.2020"]
    lines = []
    for line in range(2, 4000):
        cells = list(whole)
        cells[0] = f"No-{line}"
        for _time in range(chance.choice((0, 1, 1, 2))):
            cells[chance.randrange(6)] = chance.choice(JUNK)
        lines.append((line, cells))

    with using(make.country_of("plots", fields, ("number",))):
        good, bad = agree("plots", [one.name for one in fields], lines)

    assert good > 1000 and bad > 500
