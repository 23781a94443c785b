"""Files in forms: judged by content, kept at once, remembered over the pages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from pencere.base import media
from pencere.base.tests import make_media
from pencere.country.declarations import Field
from pencere.ui import controls, uploads
from pencere.ui.forms import DeclaredForm, declared_form
from pencere.ui.uploads import Kept


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


FIELDS = {
    "order": Field("order", "file"),
    "face": Field("face", "photo", required=False),
    "no": Field("no", "integer"),
}
TEXTS = {"move.order": {"en": "Court order"}, "move.face": {"en": "Photo"}, "move.no": {"en": "Number"}}


class Shelf:
    """Keeps files in memory."""

    def __init__(self, scope: str = "draft") -> None:
        self.scope = scope
        self.contents: dict[str, bytes] = {}

    def keep(self, content: bytes, name: str) -> Kept:
        reference = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self.contents[reference] = content
        return Kept(reference, name, media.judge(content).media_type, len(content))

    def find(self, reference: str, name: str = "") -> Kept | None:
        content = self.contents.get(reference)
        return Kept(reference, name, media.judge(content).media_type, len(content)) if content else None


def made(shelf: Shelf, sent: dict[str, str], **files: tuple[str, bytes]) -> DeclaredForm:
    form = declared_form(FIELDS, "move", TEXTS, "en", version="uploads")
    return form(sent, {name: SimpleUploadedFile(*file) for name, file in files.items()}, keeping=shelf)


def token_in(form: DeclaredForm, name: str = "order") -> str:
    found = re.search(rf'name="{name}_kept" value="([^"]+)"', controls.draw(form[name]))
    assert found
    return found[1]


def test_a_file_is_known_by_its_reference() -> None:
    shelf, content = Shelf(), make_media.pdf()

    form = made(shelf, {"no": "1"}, order=("order.pdf", content))

    assert form.is_valid(), form.errors
    assert shelf.contents[form.cleaned_data["order"]] == content
    assert form.kept_files["order"].name == "order.pdf"
    assert form.is_multipart()


def test_a_page_that_comes_back_has_not_lost_the_file() -> None:
    shelf = Shelf()
    first = made(shelf, {"no": "x"}, order=("order.pdf", make_media.pdf()))
    assert set(first.errors) == {"no"}
    assert "order.pdf" in controls.draw(first["order"])

    second = made(shelf, {"no": "1", "order_kept": token_in(first)})

    assert second.is_valid(), second.errors
    assert second.cleaned_data["order"] in shelf.contents


def test_a_kept_file_is_replaced_or_removed() -> None:
    shelf = Shelf()
    token = token_in(made(shelf, {}, order=("a.pdf", make_media.pdf("a"))))

    replaced = made(shelf, {"no": "1", "order_kept": token}, order=("b.pdf", make_media.pdf("b")))
    removed = made(shelf, {"no": "1", "order_kept": token, "order_remove": "yes"})

    assert replaced.is_valid()
    assert shelf.contents[replaced.cleaned_data["order"]] == make_media.pdf("b")
    assert set(removed.errors) == {"order"}
    assert "order_kept" not in controls.draw(removed["order"])


def test_a_token_is_good_for_its_own_draft_only() -> None:
    mine, theirs = Shelf("mine"), Shelf("theirs")
    token = token_in(made(theirs, {}, order=("a.pdf", make_media.pdf())))
    mine.contents = theirs.contents

    assert not made(mine, {"no": "1", "order_kept": token}).is_valid()
    assert not made(mine, {"no": "1", "order_kept": next(iter(theirs.contents))}).is_valid()


def test_what_is_no_paper_is_refused_whatever_it_is_called() -> None:
    shelf = Shelf()

    form = made(shelf, {"no": "1"}, order=("order.pdf", b"<script>alert(1)</script>"))

    assert "PDF, JPEG, PNG" in form.errors["order"][0]
    assert shelf.contents == {}


def test_a_file_that_is_too_large_is_refused_with_its_limit() -> None:
    form = made(Shelf(), {"no": "1"}, order=("a.pdf", make_media.pdf("x" * uploads.MOST_BYTES)))

    assert "larger than 10 MB" in form.errors["order"][0]


def test_a_photo_has_the_papers_proportions() -> None:
    def face(content: bytes) -> str:
        form = made(Shelf(), {"no": "1"}, order=("a.pdf", make_media.pdf()), face=("me.jpg", content))
        return "" if form.is_valid() else form.errors["face"][0]

    assert face(make_media.jpeg(413, 531)) == ""
    assert face(make_media.png(600, 800)) == ""
    assert "too small" in face(make_media.jpeg(100, 130))
    assert "35 to 45 in proportion, for example 1600 by 2057" in face(make_media.jpeg(1600, 900))
    assert "JPEG, PNG" in face(make_media.pdf())


def test_the_hint_says_what_is_taken() -> None:
    form = made(Shelf(), {})

    assert "PDF, JPEG or PNG, at most 10 MB." in controls.draw(form["order"])
    assert "35 mm wide and 45 mm high" in controls.draw(form["face"])


def test_the_name_of_a_file_is_shown_and_never_a_path() -> None:
    form = made(Shelf(), {"no": "1"}, order=("C:\\secret\\order.pdf", make_media.pdf()))

    assert form.is_valid()
    assert form.kept_files["order"].name == "order.pdf"
    assert uploads._short("a" * 200 + ".pdf").endswith(".pdf")
