"""The pages: three officers from a scan to a row, who may do what, what bad input gets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pencere.base import clock, media
from pencere.base.tests import make_media
from pencere.identity import actions
from pencere.identity.tests import make as people
from pencere.ledger.models import Leaf
from pencere.registers.models import Row
from pencere.registers.paper import pages
from pencere.registers.paper.models import Fond, Paper, Turn
from pencere.registers.paper.tests import make

pytestmark = pytest.mark.django_db(transaction=True)
REGISTER = "diplomas"
POSTED = {
    "series": "UV", "number": "0417201", "person": "5SVN8KT", "issued_on_day": "26", "issued_on_month": "6",
    "issued_on_year": "2009", "institution": "Nümunə Dövlət Universiteti", "specialty": "Kitabxanaçılıq",
    "level": "bachelor", "language": "az",
}  # fmt: skip


def officer(number: int, role: str = "archive", agency: str = "etn") -> Client:
    return people.signed_in(people.officer(f"5AAA{number:03}", role, agency), confirmed=True)


@pytest.fixture
def first() -> Client:
    return officer(1)


@pytest.fixture
def second() -> Client:
    return officer(2)


@pytest.fixture
def head() -> Client:
    return officer(3, "head")


def a_fond(expected: int | None = None) -> Fond:
    return make.fond("F-12", REGISTER, expected, now=clock.now())


def scans(*contents: bytes) -> dict[str, list[SimpleUploadedFile]]:
    return {"scans": [SimpleUploadedFile(f"{place}.png", content) for place, content in enumerate(contents)]}


def send(browser: Client, fond: Fond, *contents: bytes):
    return browser.post(f"/en/desk/paper/fonds/{fond.pk}/scan/", scans(*contents))


def take(browser: Client, fond: Fond, what: str = "next") -> str:
    answer = browser.post(f"/en/desk/paper/fonds/{fond.pk}/{what}/")
    assert answer.status_code == 302
    return str(answer["Location"])


def typed(browser: Client, fond: Fond, **changes: str) -> str:
    return str(browser.post(take(browser, fond), POSTED | {"paper-stop": "yes"} | changes)["Location"])


@contextmanager
def two_who_differ(first: Client, second: Client) -> Iterator[Fond]:
    fond = a_fond()
    send(first, fond, make_media.png(40, 50))
    typed(first, fond)
    typed(second, fond, institution="Numune Dovlet Universiteti")
    yield fond


def test_a_fond_is_begun_scanned_typed_twice_settled_and_entered(first, second, head):
    answer = first.post("/en/desk/paper/new/", {
        "code": "F-12", "name_az": "Diplomlar", "expected": "300", "source": "list of 2024", "on_day": "5",
        "on_month": "1", "on_year": "2026",
    })  # fmt: skip
    fond = Fond.objects.get()
    assert answer["Location"] == f"/en/desk/paper/fonds/{fond.pk}/?begun"
    sent = send(first, fond, make_media.png(40, 50), make_media.png(40, 50), b"MZ program")
    text = sent.content.decode()
    assert "1 paper is kept." in text
    assert "it is paper 1 of fond F-12" in text
    assert "this is no PDF, JPEG or PNG" in text

    page = first.get(take(first, fond))
    assert "Diplomun seriyası" not in page.content.decode()  # in the reader's language
    assert "Type paper 1" in page.content.decode()
    typed(first, fond)
    assert typed(second, fond, institution="Numune Dovlet Universiteti").endswith("?done")

    turn = take(head, fond, "settle")
    text = head.get(turn).content.decode()
    assert "First: Nümunə Dövlət Universiteti" in text
    assert "Second: Numune Dovlet Universiteti" in text
    assert "differ only in letters that are easily confused" in text
    assert "Nəsirli" not in text
    picks = {f"pick-{name}": "first" for name in Turn.objects.first().values}
    assert head.post(turn, picks).status_code == 302

    row = Row.objects.get(register=REGISTER)
    paper = Paper.objects.get()
    assert row.pk == paper.row_id
    assert paper.digest in row.values
    assert "fond F-12, paper 1" in row.document
    figures = head.get(f"/en/desk/paper/fonds/{fond.pk}/").content.decode()
    assert "1 of 300 papers finished" in figures
    assert "Officers, by name" in figures
    assert "Too little is known to forecast the end" in figures


def test_no_page_tells_a_typist_what_the_other_typed(first, second):
    fond = a_fond()
    send(first, fond, make_media.png(40, 50))
    typed(first, fond)
    pages = [take(second, fond), f"/en/desk/paper/papers/{Paper.objects.get().pk}/", f"/en/desk/paper/fonds/{fond.pk}/"]
    for page in pages:
        text = second.get(page).content.decode()
        assert "0417201" not in text
        assert "Kitabxanaçılıq" not in text


def test_what_was_typed_stays_when_something_must_be_mended(first):
    fond = a_fond()
    send(first, fond, make_media.png(40, 50))
    turn = take(first, fond)
    answer = first.post(turn, POSTED | {"person": "5SVN8K!", "specialty": "", "issued_on_month": "13"})
    text = answer.content.decode()

    assert answer.status_code == 200
    assert 'value="0417201"' in text
    assert 'value="5SVN8K!"' in text
    assert "Write what stands there." not in text  # first what cannot be read at all, then what is missing
    text = first.post(turn, POSTED | {"specialty": ""}).content.decode()
    assert "Write what stands there. If nothing does, or it cannot be read, mark it below." in text
    text = first.post(turn, POSTED | {"unreadable": "specialty"}).content.decode()
    assert "not both" in text
    assert first.post(turn, POSTED | {"specialty": "", "unreadable": "specialty"}).status_code == 302
    assert Turn.objects.get().marks["specialty"] == "unreadable"


def test_the_third_must_decide_every_difference(first, second, head):
    with two_who_differ(first, second) as fond:
        turn = take(head, fond, "settle")
        text = head.post(turn, {"pick-series": "first"}).content.decode()
        assert "Decide what stands on the paper." in text
        picks = {f"pick-{name}": "first" for name in Turn.objects.first().values} | {"pick-institution": "other"}
        text = head.post(turn, picks).content.decode()
        assert "Write the value, or choose another answer above." in text
        head.post(turn, picks | {"other-institution": "Nümunə Universiteti"})
        assert "Nümunə Universiteti" in Row.objects.get(register=REGISTER).values


def test_a_refused_paper_comes_back_to_the_third_with_the_reason(first, second, head):
    fond = a_fond()
    send(first, fond, make_media.png(40, 50), make_media.png(40, 60))
    for _ in range(2):
        typed(first, fond)
        typed(second, fond)
    turn = take(head, fond, "settle")
    text = head.get(turn).content.decode()
    assert "The register has another row with this key for these days." in text
    picks = {f"pick-{name}": "first" for name in POSTED if "issued" not in name} | {"pick-issued_on": "first"}
    assert head.post(turn, picks)["Location"] == turn.removesuffix("?saved")
    picks |= {"pick-number": "other", "other-number": "0417202"}
    head.post(turn, picks)
    assert Row.objects.filter(register=REGISTER).count() == 2


def test_a_paper_is_put_aside_and_taken_back_with_a_reason(first, second, head):
    with two_who_differ(first, second) as fond:
        turn = take(head, fond, "settle")
        assert "Put the paper aside" in head.post(f"{turn}aside/", {"reason": ""}).content.decode()
        assert head.post(f"{turn}aside/", {"reason": "burnt"})["Location"].endswith("?aside")
        aside = f"/en/desk/paper/papers/{Paper.objects.get(number=1).pk}/"
        assert "take-up" not in first.get(aside).content.decode()
        assert first.post(f"{aside}take-up/").status_code == 404
        assert "Take it up again" in head.get(aside).content.decode()
        assert [head.post(f"{aside}take-up/")["Location"] for _ in range(2)] == [aside, aside]
        assert Paper.objects.get(number=1).state == "third"
        send(first, fond, make_media.png(70, 50))
        paper = Paper.objects.get(number=2)
        assert "Take the paper back" in first.get(f"/en/desk/paper/papers/{paper.pk}/").content.decode()
        first.post(f"/en/desk/paper/papers/{paper.pk}/take-back/", {"reason": "upside down"})
        assert Paper.objects.get(number=2).state == "taken_back"
        again = first.post(f"/en/desk/paper/papers/{paper.pk}/take-back/", {"reason": "upside down"})
        assert again.status_code == 409
        assert first.get(f"/en/desk/paper/papers/{paper.pk}/scan/").status_code == 404


def test_a_scan_is_shown_as_a_picture_or_handed_over_and_never_runs(first):
    fond = a_fond()
    send(first, fond, make_media.png(40, 50), make_media.pdf())
    picture, pdf = Paper.objects.order_by("number")
    for paper, how in ((picture, "inline"), (pdf, "attachment")):
        answer = first.get(f"/en/desk/paper/papers/{paper.pk}/scan/")
        assert answer["Content-Disposition"].startswith(how)
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "private, no-store"
    assert Leaf.objects.filter(kind="paper.scan_opened").count() == 2


def test_the_table_and_the_print_say_the_days(first):
    fond = a_fond(expected=5)
    send(first, fond, make_media.png(40, 50))
    table = first.get(f"/en/desk/paper/fonds/{fond.pk}/progress.csv")
    assert table.content.decode().splitlines()[1].endswith(",1,0,0,0,0,0")
    assert "Day by day" in first.get(f"/en/desk/paper/fonds/{fond.pk}/print/").content.decode()


def test_a_fond_with_a_number_says_where_it_comes_from(first):
    text = first.post("/en/desk/paper/new/", {"code": "F-1", "expected": "300"}).content.decode()
    assert "Say where the number comes from" in text
    assert "Say as of which day the number is." in text
    assert 'value="300"' in text
    a_fond()
    assert "has a fond with this code" in first.post("/en/desk/paper/new/", {"code": "F-12"}).content.decode()


def test_empty_pages_say_what_comes_next(first, head):
    assert "Begin with one" in first.get("/en/desk/paper/").content.decode()
    assert "The officers who type begin one." in head.get("/en/desk/paper/").content.decode()
    stranger = officer(4, "registry", "din")
    assert "No register of your agency takes in papers from you." in stranger.get("/en/desk/paper/").content.decode()
    fond = a_fond()
    assert "Nothing is scanned yet." in first.get(f"/en/desk/paper/fonds/{fond.pk}/").content.decode()
    assert take(first, fond).endswith("?nothing")
    assert send(first, fond).status_code == 400


# --- rights

GETS = {
    "fonds/{fond}/": "any", "fonds/{fond}/print/": "any", "fonds/{fond}/progress.csv": "any",
    "fonds/{fond}/papers/": "any", "papers/{paper}/": "any", "papers/{paper}/scan/": "any",
    "fonds/{fond}/edit/": "types", "fonds/{fond}/scan/": "types", "papers/{paper}/take-back/": "types",
    "turns/{typing}/": "types", "turns/{settling}/": "settles", "turns/{settling}/aside/": "settles",
}  # fmt: skip
POSTS = {
    "fonds/{fond}/next/": "types", "fonds/{fond}/settle/": "settles", "fonds/{fond}/close/": "settles",
    "fonds/{fond}/open/": "settles", "turns/{typing}/back/": "any",
}  # fmt: skip
MAY = {"archive": ("any", "types"), "head": ("any", "settles"), "registry": (), "elsewhere": ()}


@pytest.mark.parametrize("role", MAY)
@pytest.mark.parametrize(("address", "right"), [*GETS.items(), *POSTS.items()])
def test_an_address_is_there_for_the_roles_that_are_declared_and_unknown_to_all_others(
    first, second, head, address: str, right: str, role: str
):
    with two_who_differ(first, second) as fond:
        take(head, fond, "settle")
        send(first, fond, make_media.png(90, 50))
        take(first, fond)
        values = {
            "fond": fond.pk, "paper": Paper.objects.get(number=2).pk,
            "typing": Turn.objects.get(paper__number=2).pk, "settling": Turn.objects.get(place=3).pk,
        }  # fmt: skip
        browser = officer(9, "archive", "din") if role == "elsewhere" else officer(9, role)
        path = "/en/desk/paper/" + address.format(**values)
        answer = browser.get(path) if address in GETS else browser.post(path)

        if right not in MAY[role]:
            assert answer.status_code == 404
        else:
            theirs = "turns" in address  # the right role, but somebody else's paper
            assert answer.status_code == (409 if theirs else 200 if address in GETS else 302)
            assert not (theirs and "0417201" in answer.content.decode())


def test_what_each_officer_did_is_shown_to_the_head_alone(first, second, head):
    with two_who_differ(first, second) as fond:
        for path in ("", "print/"):
            assert "Officers, by name" in head.get(f"/en/desk/paper/fonds/{fond.pk}/{path}").content.decode()
            assert "Officers, by name" not in first.get(f"/en/desk/paper/fonds/{fond.pk}/{path}").content.decode()


# ---- the pages of a PDF; papers and rows lead to each other


def test_the_pages_of_a_pdf_stand_beside_the_form_and_each_look_is_written_down(first):
    fond = a_fond()
    send(first, fond, make_media.pdf(pages=3))
    paper = Paper.objects.get()
    shown = first.get(take(first, fond)).content.decode()
    page = f"/en/desk/paper/papers/{paper.pk}/pages/"

    assert [number for number in range(1, 5) if f'src="{page}{number}/"' in shown] == [1, 2, 3]
    assert "Page 2 of 3 of paper 1" in shown and f"/papers/{paper.pk}/scan/" in shown
    before = Leaf.objects.filter(kind="paper.scan_opened").count()
    answer = first.get(f"{page}3/")
    assert media.judge(answer.content) == media.Judged(media.PNG, 800, 400)
    assert answer["Cache-Control"] == "private, no-store" and "sandbox" in answer["Content-Security-Policy"]
    assert Leaf.objects.filter(kind="paper.scan_opened").count() == before + 1
    assert [first.get(f"{page}{number}/").status_code for number in (0, 4, 99999)] == [404] * 3
    assert officer(9, "police").get(f"{page}1/").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n", "cannot be shown"),
        (make_media.pdf(pages=0), "cannot be shown"),
        (make_media.pdf(pages=101), "more than 100 pages"),
    ],
)
def test_a_pdf_from_which_nobody_could_type_is_refused_with_a_sentence(first, content, said):
    answer = send(first, a_fond(), content, make_media.png(40, 50)).content.decode()

    assert said in answer and "1 paper is kept." in answer
    assert Paper.objects.count() == 1


def test_a_process_that_draws_dies_at_its_limit_and_the_pdf_is_refused(first, monkeypatch):
    monkeypatch.setattr(pages, "SECONDS", 0.01)

    assert "cannot be shown" in send(first, a_fond(), make_media.pdf()).content.decode()
    assert not Paper.objects.exists()


def test_a_page_with_enormous_sides_is_drawn_small(first):
    vast = make_media.pdf().replace(b"[0 0 200 100]", b"[0 0 14400 7200]")
    send(first, a_fond(), vast)

    answer = first.get(f"/en/desk/paper/papers/{Paper.objects.get().pk}/pages/1/")
    assert media.judge(answer.content) == media.Judged(media.PNG, 1800, 900)


def test_a_paper_leads_to_its_row_and_the_row_to_its_paper(first, second):
    fond = a_fond()
    send(first, fond, make_media.png(40, 50))
    typed(first, fond)
    typed(second, fond)
    paper = Paper.objects.get()
    row_url, paper_url = f"/en/desk/registers/{REGISTER}/rows/{paper.row_id}/", f"/en/desk/paper/papers/{paper.pk}/"
    assert row_url not in first.get(paper_url).content.decode(), "whoever types sees no rows"

    actions.appoint_officer("5AAA001", "Nümunəli", "etn", "education", clock.now())
    clerk = officer(7, "education")
    assert row_url in first.get(paper_url).content.decode()
    for browser in (first, clerk):
        assert browser.post(f"/en/desk/registers/{REGISTER}/what-for/", {"stated": "Request 118"}).status_code == 302
    assert f'href="{paper_url}">paper 1 of fond F-12' in first.get(row_url).content.decode()
    assert paper_url not in clerk.get(row_url).content.decode(), "whoever sees rows need not see papers"
