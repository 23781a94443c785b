"""Files are kept once, bound to who needs them, and swept away when nobody does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import transaction

from pencere.base import clock
from pencere.base.errors import BadInput, Unavailable
from pencere.base.tests import make_media
from pencere.files import actions, queries
from pencere.files.models import StoredFile

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 18, 9, tzinfo=UTC)


def test_the_same_content_is_kept_once_and_read_back() -> None:
    content = make_media.pdf("the same")

    first = actions.keep(content, now=NOW)
    second = actions.keep(content, now=NOW)

    assert first == second
    assert StoredFile.objects.count() == 1
    assert queries.content(first.reference) == content
    assert queries.find(first.reference) == first
    assert (first.media_type, first.size) == ("application/pdf", len(content))


def test_it_lies_in_the_data_folder_readable_by_the_portal_alone() -> None:
    kept = actions.keep(make_media.png(31, 41), now=NOW)

    place = Path(storages[queries.STORAGE].path(f"{kept.digest[:2]}/{kept.digest}"))

    assert place.is_relative_to(settings.PENCERE.data)
    assert place.stat().st_mode & 0o777 == 0o600


def test_what_is_no_paper_is_not_kept() -> None:
    with pytest.raises(BadInput, match="unknown_kind"):
        actions.keep(b"#!/bin/sh\nrm -rf /\n", now=NOW)

    assert not StoredFile.objects.exists()


def test_a_file_that_was_changed_on_the_disk_is_not_handed_over() -> None:
    kept = actions.keep(make_media.pdf("to be changed"), now=NOW)
    place = Path(storages[queries.STORAGE].path(f"{kept.digest[:2]}/{kept.digest}"))
    place.write_bytes(make_media.pdf("changed"))

    with pytest.raises(Unavailable):
        queries.content(kept.reference)
    place.unlink()
    with pytest.raises(Unavailable):
        queries.content(kept.reference)


@pytest.mark.django_db(transaction=True)
def test_a_file_goes_when_nobody_needs_it_any_more() -> None:
    needed, idle = (actions.keep(make_media.pdf(words), now=NOW) for words in ("needed", "idle"))
    with transaction.atomic():
        actions.bind([needed.reference, idle.reference], "case:A")
        actions.bind([needed.reference], "case:A")

    with clock.standing_at(NOW + timedelta(hours=23)):
        assert actions.sweep(clock.now()) == 0
    with clock.standing_at(NOW + timedelta(days=2)):
        assert actions.sweep(clock.now()) == 1

    assert queries.find(idle.reference) is None
    assert queries.content(needed.reference)
    with clock.standing_at(NOW + timedelta(days=2)):
        actions.release(["case:A"])
        assert actions.sweep(clock.now()) == 1
    assert not storages[queries.STORAGE].exists(f"{needed.digest[:2]}/{needed.digest}")


@pytest.mark.parametrize("reference", ["", "sha256:xyz", "sha256:" + "0" * 64, "../../keys/secret-key"])
def test_what_is_no_reference_finds_nothing(reference: str) -> None:
    assert queries.find(reference) is None
    with pytest.raises(Unavailable):
        queries.content(reference)
