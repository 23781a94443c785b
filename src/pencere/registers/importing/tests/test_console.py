"""Loads in a browser, page by page: up, mapped, checked by the worker, confirmed, undone; and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pencere.base import clock
from pencere.identity.tests import make as people
from pencere.jobs import actions as jobs
from pencere.registers import queries
from pencere.registers.importing import advancing, arriving, shown, staging, swapping, working
from pencere.registers.importing.tests import make
from pencere.registers.importing.tests import test_sheets as sheets
from pencere.registers.models import Load, Row, StagedRow
from pencere.registers.tests.make import NOW, using

pytestmark = pytest.mark.django_db
HERE = "/en/console/loads/"


@pytest.fixture(autouse=True)
def _boats(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(arriving, "folder", lambda: tmp_path)
    with make.using_boats(desk=make.DESK):
        yield


@pytest.fixture
def officer() -> Client:
    return people.signed_in(people.officer(), confirmed=True)


def sent(browser: Client, content: bytes, name: str = "boats.csv", register: str = "boats"):
    return browser.post(f"{HERE}new/", {"register": register, "file": SimpleUploadedFile(name, content)})


def content(*lines: str, head: str = ",".join(make.HEAD)) -> bytes:
    return "\n".join([head, *lines, ""]).encode()


def work() -> int:
    return jobs.run_pending(kinds=(jobs.LONG,))


def the() -> Load:
    return Load.objects.get()


def chosen(**more: str) -> dict[str, str]:
    return {f"column-{place}": name for place, name in enumerate(make.HEAD)} | more


def checked(browser: Client, *lines: str) -> Load:
    answer = sent(browser, content(*lines))
    assert answer.status_code == 302, answer.content.decode()
    browser.post(answer["Location"], chosen())
    work()
    return the()


def test_a_file_goes_up_is_mapped_checked_confirmed_and_undone(officer: Client):
    answer = sent(officer, content(make.line(1), make.line(2, built="soon"), make.line(3)))
    page = officer.get(answer["Location"]).content.decode()
    assert "Year built (built)" in page and "B-00001" in page and the().state == "arrived"

    officer.post(answer["Location"], chosen())
    waiting = officer.get(answer["Location"]).content.decode()
    assert "waiting to be checked" in waiting and "<progress" not in waiting
    assert work() == 1

    load = the()
    assert (load.state, load.rows, load.bad, load.wish) == ("ready", 2, 1, "")
    page = officer.get(answer["Location"]).content.decode()
    assert "This is not a whole number." in page and "soon" in page and queries.count("boats") == 0
    errors = officer.get(f"{answer['Location']}errors.csv")
    assert "soon" in b"".join(errors).decode() and "attachment" in errors["Content-Disposition"]

    assert "2 rows become readable" in officer.get(f"{answer['Location']}confirm/").content.decode()
    officer.post(f"{answer['Location']}confirm/")
    officer.post(f"{answer['Location']}confirm/")  # pressed twice
    work()

    assert queries.count("boats") == 2 and the().closed_by.startswith("account:")
    assert "2 rows hold no longer" in officer.get(f"{answer['Location']}undo/").content.decode()
    officer.post(f"{answer['Location']}undo/")
    work()

    assert queries.count("boats") == 0 and the().state == "undone"
    assert "Əhmədli Nərgiz" in officer.get(HERE).content.decode()


def test_a_dry_run_leaves_only_what_is_wrong(officer: Client):
    answer = sent(officer, content(make.line(1), make.line(2, built="soon")))
    officer.post(answer["Location"], chosen(do="dry"))
    work()

    page = officer.get(answer["Location"]).content.decode()
    assert the().state == "dropped" and not StagedRow.objects.exists()
    assert "dry run" in page and '"Reason">This is not a whole number.' in page


def test_a_column_nobody_knows_must_be_named_or_left_out(officer: Client):
    answer = sent(officer, content(make.line(1) + ",x", head=",".join(make.HEAD) + ",Sail"))
    refused = officer.post(answer["Location"], chosen(**{"column-9": ""}))
    assert refused.status_code == 200 and "Sail" in refused.content.decode()

    officer.post(answer["Location"], chosen(**{"column-9": "-"}))
    work()

    assert the().state == "ready"


def test_a_second_load_waits_for_the_first_and_says_so(officer: Client):
    checked(officer, make.line(1))
    answer = sent(officer, content(make.line(2)))
    officer.post(answer["Location"], chosen())
    work()

    page = officer.get(answer["Location"]).content.decode()
    assert "Confirm or drop that one first" in page and "--resume" not in page
    assert Load.objects.get(state="arrived").wish == ""  # it can be asked for again


@pytest.mark.parametrize(
    ("name", "sent_content", "said"),
    [
        ("a.csv", b"", "empty"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"x" * 600, "old Excel workbook"),
        ("a.pdf", b"%PDF-1.7 ...", "neither CSV nor an Excel workbook"),
        ("a.csv", b",".join([b"c"] * 10_000) + b"\n1\n", "10000 columns"),
        ("a.xlsx", b"PK\x03\x04 nonsense", "damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence_and_not_kept(
    officer: Client, tmp_path: Path, name: str, sent_content: bytes, said: str
):
    answer = sent(officer, sent_content, name)

    assert answer.status_code == 200 and said in answer.content.decode()
    assert not Load.objects.exists() and not list(tmp_path.iterdir())


def test_a_file_that_is_too_large_is_not_kept(officer: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(arriving, "MOST", 1000)
    assert "larger than" in sent(officer, b"x" * 100_000).content.decode()
    monkeypatch.setattr(arriving, "AROUND", 10**9)

    answer = sent(officer, b"x" * 100_000)

    assert answer.status_code == 200 and "larger than" in answer.content.decode()
    assert not list(tmp_path.iterdir())


def test_the_form_wants_its_token(tmp_path: Path):
    browser = people.signed_in(people.officer(), confirmed=True, browser=people.client(enforce_csrf_checks=True))

    answer = sent(browser, content(make.line(1)))

    assert answer.status_code == 403 and not Load.objects.exists()


def test_a_stranger_and_another_agency_see_nothing(officer: Client):
    load = checked(officer, make.line(1))
    other = people.signed_in(people.officer("3HED7MB", agency="emdx"), confirmed=True)

    for page in ("", "state/", "errors.csv", "confirm/", "undo/"):
        assert other.get(f"{HERE}{load.pk}/{page}").status_code == 404
    assert other.post(f"{HERE}{load.pk}/drop/").status_code == 404
    assert load.file not in other.get(HERE).content.decode()
    assert sent(other, content(make.line(2))).status_code == 200
    assert Load.objects.count() == 1


def test_a_load_that_is_dropped_while_it_is_checked_ends(officer: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(staging, "BATCH", 2)
    answer = sent(officer, content(*(make.line(number) for number in range(1, 10))))
    officer.post(answer["Location"], chosen())
    told = working._told

    def drops(share: float, load: Load) -> None:
        told(share, load)
        officer.post(f"{answer['Location']}drop/")

    monkeypatch.setattr(working, "_told", drops)
    work()

    assert the().state == "dropped" and not StagedRow.objects.exists()


def test_a_check_that_was_cut_off_goes_on(officer: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(staging, "BATCH", 2)
    answer = sent(officer, content(*(make.line(number) for number in range(1, 10))))
    officer.post(answer["Location"], chosen())

    def breaks(share: float, load: Load) -> None:
        raise OSError("as planned")

    with monkeypatch.context() as broken:
        broken.setattr(working, "_told", breaks)
        work()
    assert (the().state, the().rows) == ("staging", 2)
    assert "being loaded" in officer.get(answer["Location"]).content.decode()

    with clock.standing_at(clock.now() + timedelta(hours=2)):
        work()

    assert (the().state, the().rows) == ("ready", 9)


def test_what_no_load_needs_is_swept(officer: Client, tmp_path: Path):
    load = checked(officer, make.line(1), make.line(2, built="soon"))
    sent(officer, content(make.line(3)))
    (tmp_path / "left").write_text("by an upload that broke off")
    assert len(list(tmp_path.iterdir())) == 4

    arriving.sweep(clock.now() + timedelta(days=8))

    assert {path.name for path in tmp_path.iterdir()} == {Path(load.path).name, Path(load.errors).name}


def test_special_data_needs_a_second_pair_of_eyes(officer: Client):
    boats = make.boats(desk=make.DESK)
    fields = {**boats.registers["boats"].fields}
    fields["price"] = replace(fields["price"], personal="special")
    special = replace(boats.registers["boats"], fields=fields)
    with using(replace(boats, registers={**boats.registers, "boats": special})):
        load = checked(officer, make.line(1))
        officer.post(f"{HERE}{load.pk}/confirm/")
        work()
        assert (
            the().state == "ready" and "another officer confirms" in officer.get(f"{HERE}{load.pk}/").content.decode()
        )

        head = people.signed_in(people.officer("3HED7MB", role="head"), confirmed=True)
        assert load.file in head.get(HERE).content.decode()
        head.post(f"{HERE}{load.pk}/drop/")
        head.post(f"{HERE}{load.pk}/confirm/")
        work()

    assert the().state == "confirmed" and the().closed_by != the().recorded_by


@pytest.mark.parametrize(
    ("share", "rows", "rate"), [(0.5, 500, "100"), (0.5, 0, "0"), (1.0, 3, "")], ids=["on", "begun", "compared"]
)
def test_a_rate_is_never_less_than_nothing(share: float, rows: int, rate: str):
    """When all lines are read, doubtful ones leave the good ones; then there is no rate to tell."""
    load = Load(rows=rows, bad=0, run_from=0 if rows > 3 else 400, run_at=NOW - timedelta(seconds=5), share=share)

    assert shown.progress(load, NOW).rate == rate


def test_the_page_of_a_row_says_which_of_its_versions_were_taken_back(officer: Client):
    for _twice in range(2):
        answer = sent(officer, content(make.line(1)))
        officer.post(answer["Location"], chosen())
        work()
        officer.post(f"{answer['Location']}confirm/")
        work()
        if not Load.objects.filter(state="undone").exists():
            officer.post(f"{answer['Location']}undo/")
            work()
    row = Row.objects.get(register="boats", retired_at__isnull=True)

    page = officer.get(f"/en/desk/registers/boats/rows/{row.pk}/").content.decode()

    assert page.count("Taken back: with load") == 1


def test_what_is_wrong_is_told_in_the_language_of_who_looks(officer: Client):
    load = checked(officer, make.line(1), make.line(2, built="soon"), make.line(1))

    for language, reason in (
        ("az", "Bu, tam ədəd deyil."),
        ("ru", "Это не целое число."),
        ("en", "not a whole number"),
    ):
        here = f"/{language}/console/loads/{load.pk}/"
        assert reason in officer.get(here).content.decode()
        assert reason in b"".join(officer.get(f"{here}errors.csv")).decode()
        assert reason in b"".join(officer.get(f"{here}bad-rows.csv")).decode()


def test_a_worker_that_dies_when_all_is_done_leaves_no_page_that_waits_for_ever(officer: Client):
    """Killed between its last commit and the word that it is done: the job comes again."""
    load = checked(officer, make.line(1))
    here = f"{HERE}{load.pk}/"

    Load.objects.update(wish="check")
    finish = working.check.call(load.pk)
    assert finish is not None
    finish()
    assert (the().state, the().wish) == ("ready", "")

    officer.post(f"{here}confirm/")
    work()
    Load.objects.update(wish="confirm")
    finish = working.confirm.call(load.pk, "test")
    assert finish is not None
    finish()
    assert (the().state, the().wish) == ("confirmed", "") and queries.count("boats") == 1
    assert "Undo this load" in officer.get(here).content.decode()

    officer.post(f"{here}undo/")
    work()
    Load.objects.update(wish="undo")
    finish = working.undo.call(load.pk, "test")
    assert finish is not None
    finish()
    assert (the().state, the().wish) == ("undone", "")


def test_how_far_a_confirmation_and_an_undo_are_is_told_while_nothing_of_it_is_in_the_database(
    officer: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(swapping, "_PART", 2)
    load = checked(officer, *(make.line(number) for number in range(1, 8)))
    here, seen = f"{HERE}{load.pk}/", []

    def look(share: float) -> None:
        later = advancing.of(the())
        assert later is not None
        with clock.standing_at(later.since + timedelta(seconds=4)):
            seen.append((share, officer.get(here).content.decode(), officer.get(f"{here}state/").json()["state"]))

    for step, name in (("confirm", "confirm"), ("undo", "undo")):
        officer.post(f"{here}{step}/")
        told = getattr(swapping, name)
        monkeypatch.setattr(swapping, name, _looking(told, look))
        work()

    shares = [share for share, _page, _state in seen]
    assert any(0.2 < share < 0.96 for share in shares) and sum(share < 0.6 for share in shares) > 2
    assert any("Made readable: 80 %" in page and "a second" in page for _share, page, _state in seen)
    assert any(abs(share - 4 / 7) < 0.01 for share in shares), "an undo tells of each part"
    assert len({state for _share, _page, state in seen}) > 4
    assert not list(arriving.folder().glob("*.progress")) and the().state == "undone"


def _looking(work: Any, look: Callable[[float], None]) -> Any:
    def looked_at(*args: Any, told: Callable[[float], None], **more: Any) -> Any:
        def both(share: float) -> None:
            told(share)
            look(share)

        return work(*args, told=both, **more)

    return looked_at


def test_lines_above_the_head_and_another_sheet_are_chosen_on_the_page(officer: Client, tmp_path: Path):
    path = sheets.sheets_of(tmp_path, Siyahi=[("x",), sheets.NAMES, sheets.GOOD], Arxiv=[("a",), ("b",), sheets.NAMES])
    answer = sent(officer, path.read_bytes(), name="boats.xlsx")
    assert answer.status_code == 302, answer.content.decode()
    page = officer.get(answer["Location"]).content.decode()
    assert "named in line 2" in page and "Arxiv" in page and "B-00001" in page

    officer.post(answer["Location"], {"do": "reading", "sheet": "Arxiv", "head": "2"})
    assert "named in line 3" in officer.get(answer["Location"]).content.decode()
    officer.post(answer["Location"], {"do": "reading", "sheet": "Arxiv", "head": "9"})
    page = officer.get(answer["Location"]).content.decode()
    assert "it is empty" in page and 'name="sheet"' in page
    officer.post(answer["Location"], {"do": "reading", "sheet": "Siyahi", "head": "9"})
    officer.post(answer["Location"], {f"column-{place}": name for place, name in enumerate(sheets.NAMES)})
    work()

    assert (the().state, the().rows) == ("ready", 1)
