from __future__ import annotations

from datetime import timedelta

import pytest

from pencere.base.errors import Unavailable
from pencere.certificates import actions, checking, guessing, queries
from pencere.certificates.queries import Asker
from pencere.certificates.tests import make
from pencere.ledger import queries as ledger
from pencere.ledger.models import Leaf

pytestmark = pytest.mark.django_db
ASKER = Asker("192.0.2.7")


def test_a_check_by_link_tells_state_issuer_and_day_and_no_fact() -> None:
    issued = make.issued()

    checked = queries.check(issued.code, ASKER, make.NOW)

    assert (checked.state, checked.kind, checked.agency) == ("genuine", "residence", "din")
    assert str(checked.issued_on) == "2026-03-18"
    assert checked.second_factor == "birth_year"
    assert checked.facts == {}


def test_a_check_by_link_is_seen_by_the_person_as_a_link() -> None:
    issued = make.issued()

    queries.check(issued.code, ASKER, make.NOW)

    (look,) = ledger.looks_of(make.SUBJECT)
    assert (look.kind, look.ground, look.register, look.source) == ("link", "check", "certificate", "residence")
    assert (look.fields, look.who, look.account) == (("state",), "public", "")


def test_facts_are_shown_after_the_second_factor_and_only_the_declared_ones() -> None:
    issued = make.issued()

    checked = queries.check_with_answer(issued.code, "1989", Asker("192.0.2.7", "  Kapital  Bank "), make.NOW)

    assert checked.answer == "right"
    assert checked.facts == {"person": make.FACTS["person"], "from": "2019-05-01"}
    (look,) = ledger.looks_of(make.SUBJECT)
    assert (look.kind, look.fields, look.who) == ("check", ("person", "from"), "public:Kapital Bank")


def test_a_wrong_second_factor_shows_nothing_and_is_counted() -> None:
    issued = make.issued()

    checked = queries.check_with_answer(issued.code, "1990", ASKER, make.NOW)

    assert (checked.answer, checked.facts, checked.state) == ("wrong", {}, "genuine")
    assert guessing.misses(ASKER.address, make.NOW) == 1
    assert ledger.looks_of(make.SUBJECT) == ()


def test_birth_years_cannot_be_tried_one_after_the_other_from_many_addresses() -> None:
    issued = make.issued()
    for number in range(guessing.MOST_WRONG_ANSWERS):
        queries.check_with_answer(issued.code, str(1900 + number), Asker(f"192.0.2.{number}"), make.NOW)

    locked = queries.check_with_answer(issued.code, "1989", ASKER, make.NOW)
    later = queries.check_with_answer(issued.code, "1989", ASKER, make.NOW + guessing.STRETCH)

    assert (locked.answer, locked.facts) == ("too_often", {})
    assert later.answer == "right"


def test_an_unknown_code_is_unknown_and_counted() -> None:
    make.issued()

    checked = queries.check("A" * 22, ASKER, make.NOW)

    assert checked == checking.Checked("unknown")
    assert guessing.misses(ASKER.address, make.NOW) == 1


def test_nothing_is_told_when_the_look_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    issued = make.issued()

    def broken(*_: object, **__: object) -> None:
        raise Unavailable("ledger", "disk full")

    monkeypatch.setattr(checking.ledger, "record_look", broken)

    with pytest.raises(Unavailable):
        queries.check_with_answer(issued.code, "1989", ASKER, make.NOW)
    with pytest.raises(Unavailable):
        queries.check_file(issued.files["az"], ASKER, make.NOW)


def test_a_revoked_certificate_says_so_at_once_and_shows_no_facts() -> None:
    issued = make.issued()
    actions.revoke(issued.row.id, reason="error", by=make.REGISTRAR, account="a", case="", now=make.NOW)

    by_link = queries.check(issued.code, ASKER, make.NOW)
    by_file = queries.check_file(issued.files["en"], ASKER, make.NOW)
    with_answer = queries.check_with_answer(issued.code, "1989", ASKER, make.NOW)

    assert by_link.state == by_file.checked.state == with_answer.state == "revoked"
    assert with_answer.facts == {}


def test_a_superseded_certificate_says_so() -> None:
    first = make.issued(case="AAAAA-AAAA1")
    make.issued(case="AAAAA-AAAA2", now=make.NOW + timedelta(days=1))

    checked = queries.check(first.code, ASKER, make.NOW + timedelta(days=2))

    assert (checked.state, str(checked.ended_on)) == ("superseded", "2026-03-19")


def test_an_expired_certificate_says_so() -> None:
    issued = make.issued()
    issued.row.valid_until = make.NOW.date()
    issued.row.save()

    assert queries.check(issued.code, ASKER, make.NOW).state == "genuine"
    assert queries.check(issued.code, ASKER, make.NOW + timedelta(days=1)).state == "expired"


def test_every_paper_as_issued_is_genuine_and_the_check_is_seen() -> None:
    issued = make.issued()

    for file in issued.files.values():
        found = queries.check_file(file, ASKER, make.NOW)
        assert (found.found, found.checked.state) == ("issued", "genuine")

    assert [look.kind for look in ledger.looks_of(make.SUBJECT)] == ["check"] * 3


def test_a_changed_file_is_refused_with_what_is_wrong() -> None:
    file = make.issued().files["az"]
    changed = bytearray(file)
    changed[len(file) // 3] ^= 1

    assert queries.check_file(bytes(changed), ASKER, make.NOW).found == "changed"
    assert queries.check_file(file + b"\n", ASKER, make.NOW).found == "added"
    assert queries.check_file(file[:-200], ASKER, make.NOW).found == "cut_off"
    assert queries.check_file(b"<html>", ASKER, make.NOW).found == "not_pdf"
    assert queries.check_file(b"%PDF-1.7" + bytes(11 * 1024 * 1024), ASKER, make.NOW).found == "too_large"


def test_a_seal_that_fits_does_not_make_a_file_genuine_that_was_never_issued() -> None:
    finish = make.prepared()  # drawn and sealed, but its job died before the commit
    assert finish
    from pathlib import Path

    from django.conf import settings

    orphan = max(Path(settings.PENCERE.papers).glob("*/*/*-az-*.pdf"), key=lambda path: path.stat().st_mtime_ns)

    found = queries.check_file(orphan.read_bytes(), ASKER, make.NOW)

    assert (found.found, found.agency, found.checked.state) == ("sealed", "din", "unknown")


def test_no_leaf_of_a_check_names_an_address_or_a_code() -> None:
    issued = make.issued()
    queries.check(issued.code, ASKER, make.NOW)

    bodies = "".join(body for body in Leaf.objects.values_list("body", flat=True) if body)

    assert ASKER.address not in bodies
    assert issued.code not in bodies


def test_the_bucket_of_an_address_empties_and_fills() -> None:
    buckets = guessing.Buckets(per_second=1, at_once=3)

    assert [buckets.take("a", make.NOW) for _ in range(4)] == [True, True, True, False]
    assert buckets.take("b", make.NOW)
    assert buckets.take("a", make.NOW + timedelta(seconds=1))
    assert not buckets.take("a", make.NOW + timedelta(seconds=1))
