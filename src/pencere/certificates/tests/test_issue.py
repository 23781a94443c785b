from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from pencere.base import clock
from pencere.base.errors import BadInput, Refused
from pencere.certificates import actions, papers, queries
from pencere.certificates.models import Certificate, Paper
from pencere.certificates.tests import make
from pencere.identity.queries import Office
from pencere.ledger.models import Leaf

pytestmark = pytest.mark.django_db


def test_a_certificate_has_a_paper_in_every_language_and_a_leaf() -> None:
    issued = make.issued()

    assert set(issued.files) == {"az", "en", "ru"}
    assert all(file.startswith(b"%PDF-") for file in issued.files.values())
    assert Leaf.objects.get(id=issued.row.leaf).kind == "certificate.issued"
    assert issued.row.synthetic


def test_the_code_is_nowhere_but_on_the_paper() -> None:
    issued = make.issued()

    row = Certificate.objects.filter(id=issued.row.id).values().get()

    assert issued.code not in repr(row)
    assert issued.code not in "".join(Leaf.objects.values_list("body", flat=True))
    assert {make.code_on(file) for file in issued.files.values()} == {issued.code}


def test_a_step_delivered_twice_gives_one_certificate() -> None:
    first = make.issued()

    again = make.prepared()

    assert again is None
    assert make.issued().row == first.row


def test_two_workers_with_the_same_step_give_one_certificate() -> None:
    one, other = make.prepared(), make.prepared()
    assert one and other

    for finish in (one, other):
        with transaction.atomic():
            finish()

    assert Certificate.objects.count() == 1
    assert Paper.objects.count() == 3
    assert Leaf.objects.filter(kind="certificate.issued").count() == 1


def test_killed_between_file_and_commit_there_is_one_certificate_and_the_orphans_are_swept() -> None:
    make.prepared()  # the process dies here: files, no row

    issued = make.issued()

    folder = Path(settings.PENCERE.papers)
    known = {str(folder / paper.path) for paper in Paper.objects.all()}
    files = {str(path) for path in folder.glob("*/*/*.pdf")}
    assert known < files
    assert actions.sweep_papers(clock.now()) == 0
    assert actions.sweep_papers(clock.now() + timedelta(days=2)) >= 3
    assert {str(path) for path in folder.glob("*/*/*.pdf")} == known
    assert issued.files["az"] == papers.read(folder, issued.row.papers.get(language="az").path)


def test_a_rollback_leaves_no_row_and_no_leaf() -> None:
    finish = make.prepared()
    assert finish

    with pytest.raises(RuntimeError, match="power"), transaction.atomic():
        finish()
        raise RuntimeError("power")

    assert not Certificate.objects.exists()
    assert not Leaf.objects.exists()


def test_a_newer_certificate_supersedes_the_earlier_one_of_the_same_person() -> None:
    first = make.issued(case="AAAAA-AAAA1")
    other = make.issued(case="AAAAA-AAAA2", subject="1QQ11QQ", now=make.NOW + timedelta(hours=1))

    second = make.issued(case="AAAAA-AAAA3", now=make.NOW + timedelta(days=1))

    first.row.refresh_from_db()
    other.row.refresh_from_db()
    assert first.row.superseded_by == second.row
    assert other.row.superseded_by is None
    now = make.NOW + timedelta(days=2)
    assert [view.state for view in queries.documents_of(make.HOLDER, now)] == ["genuine", "genuine", "superseded"]


def test_a_certificate_is_taken_back_once_by_its_agency_with_a_reason() -> None:
    issued = make.issued()

    def revoke(office: Office, reason: str) -> None:
        actions.revoke(issued.row.id, reason=reason, by=office, account="a", case="", now=make.NOW)

    with pytest.raises(BadInput, match="no_such_certificate"):
        revoke(Office("emdx", "registry"), "error")
    with pytest.raises(Refused):
        revoke(Office("din", "head"), "error")
    with pytest.raises(BadInput, match="reason_missing"):
        revoke(make.REGISTRAR, "  ")
    revoke(make.REGISTRAR, "The address was entered wrongly")
    with pytest.raises(BadInput, match="revoked_already"):
        revoke(make.REGISTRAR, "again")

    view = queries.of_case(issued.row.case, make.NOW)[0]
    assert (view.state, view.revoked_because) == ("revoked", "The address was entered wrongly")
    assert Leaf.objects.filter(kind="certificate.revoked").count() == 1


def test_a_paper_is_read_by_its_owner_only() -> None:
    issued = make.issued()

    mine = queries.file(issued.row.id, "ru", make.HOLDER, account="a", now=make.NOW)
    strangers = queries.file(issued.row.id, "ru", "9ZZ99ZZ", account="b", now=make.NOW)
    subjects = queries.file(issued.row.id, "ru", make.SUBJECT, account="c", now=make.NOW)
    in_no_language = queries.file(issued.row.id, "fr", make.HOLDER, account="a", now=make.NOW)

    assert mine and mine.content == issued.files["ru"]
    assert mine.name == f"Справка о регистрации по месту жительства {issued.row.number}.pdf"
    assert strangers is subjects is in_no_language is None
