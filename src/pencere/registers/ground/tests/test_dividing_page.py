"""An officer divides a parcel on screen: line, parts, look through, done once; and what is said when it cannot be."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from pencere.base import clock
from pencere.identity.tests import make as people
from pencere.registers import actions
from pencere.registers.ground.tests.make import add, at, square, using_meadows
from pencere.registers.models import Row
from pencere.registers.tests.make import NOW
from pencere.registers.using import shape_of

pytestmark = pytest.mark.django_db
LINE = "\n".join(f"{x} {y}" for x, y in (at(0, 8), at(20, 8)))
FROM = {"from_day": "1", "from_month": "9", "from_year": "2026"}


@pytest.fixture
def desk():
    from dataclasses import replace

    from pencere.country.declarations import Desk, Place

    with using_meadows() as here:
        register = replace(
            here.registers["meadows"],
            desk=Desk(("officer.registry",), ("officer.registry",), (), (), Place("", 0)),
        )
        from pencere.registers.tests import make

        with make.using(replace(here, registers={**here.registers, "meadows": register})), clock.standing_at(NOW):
            add(1, square(0, 0, 20), size="400")
            add(9, square(20, 0, 20))
            officer = people.signed_in(people.officer("2RGY4KA", "registry", register.agency), confirmed=True)
            officer.post("/en/desk/registers/meadows/what-for/", {"stated": "Request 118"})
            yield officer


def row(number: int = 1) -> Any:
    return Row.objects.get(register="meadows", key=f"m-{number:06}", retired_at__isnull=True)


def page(officer: Any, step: str, **said: str) -> str:
    number = Row.objects.filter(register="meadows", key="m-000001").order_by("id")[0].pk
    answer = officer.post(f"/en/desk/registers/meadows/rows/{number}/divide/", {"desk-step": step, **said}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def numbers(*which: int, **more: str) -> dict[str, str]:
    found = {"line": LINE, **FROM, "desk-document": "Decision 12", **more}
    for place, number in enumerate(which, 1):
        found |= {f"part-{place}-number": f"M-{number:06}", f"part-{place}-size": "200"}
    return found


def test_a_parcel_is_divided_in_three_steps_and_once(desk: Any):
    assert "/divide/" in desk.get(f"/en/desk/registers/meadows/rows/{row().pk}/").content.decode()
    shown = page(desk, "show", line=LINE, **FROM)
    assert shown.count('class="pen-map__open"') == 2 and "240 m²" in shown and 'value="160"' in shown

    checked = page(desk, "check", **numbers(2, 3))
    assert "M-000002" in checked and "Decision 12" in checked and "1 September 2026" in checked
    assert 'name="desk-step" value="send"' in checked
    key = re.search(r'name="send-once" value="([^"]+)"', checked)
    assert key
    for _twice in range(2):
        done = page(desk, "send", **numbers(2, 3, **{"send-once": key[1]}))
        assert "It is divided" in done and "M-000002" in done

    assert row(1).valid_until == date(2026, 8, 31)
    assert row(2).valid_from == row(3).valid_from == date(2026, 9, 1)
    assert row(2).document == "Decision 12" and Row.objects.filter(key="m-000002").count() == 1
    drawn = [
        shape_of("meadows").in_memory(actions.values_of(shape_of("meadows"), row(each)))["size"] for each in (2, 3)
    ]
    assert [str(each) for each in drawn] == ["200", "200"]


@pytest.mark.parametrize(("said", "words"), [
    ({"line": ""}, "Write the line"),
    ({"line": "50.1 40.4"}, "Too few points"),
    ({"line": "here\nthere"}, "is no point"),
    ({"line": "\n".join(f"{x} {y}" for x, y in (at(5, 8), at(15, 8)))}, "does not divide the area"),
    ({"from_year": "1990"}, "Choose a day after the first"),
    ({"from_day": ""}, "day"),
])  # fmt: skip
def test_a_line_that_divides_nothing_is_said(desk: Any, said: dict[str, str], words: str):
    text = page(desk, "show", **{"line": LINE, **FROM, **said})
    assert words in text and "govuk-error-summary" in text
    assert Row.objects.filter(register="meadows").count() == 2


@pytest.mark.parametrize(("which", "words"), [
    ((2, 2), "Another part has this number already"),
    ((2, 9), "Look whether the register has this number already"),
    ((2,), "Write your answer"),
])  # fmt: skip
def test_numbers_that_cannot_be_are_said_and_change_nothing(desk: Any, which: tuple[int, ...], words: str):
    text = page(desk, "send", **numbers(*which, **{"send-once": "a" * 20}))
    assert words in text
    assert row(1).valid_until is None and Row.objects.filter(register="meadows").count() == 2


def test_what_another_changed_meanwhile_is_not_divided_over(desk: Any):
    before = row(1).pk
    actions.replace_row("meadows", {"number": "M-000001"}, {"size": "401"}, from_day=date(2026, 8, 1), recorded_by="x",
                        now=NOW)  # fmt: skip
    answer = desk.post(f"/en/desk/registers/meadows/rows/{before}/divide/", {"desk-step": "send", **numbers(2, 3)})
    assert answer.status_code == 302 and not Row.objects.filter(key="m-000002").exists()


def test_who_may_not_write_divides_nothing(desk: Any):
    other = people.signed_in(people.officer("9CHD2ES", "head", "dtsera"), confirmed=True)
    assert other.get(f"/en/desk/registers/meadows/rows/{row().pk}/divide/").status_code in (403, 404)


def test_the_sentence_of_parts_that_do_not_cover_is_in_every_language():
    from django.utils.translation import override

    from pencere.base.errors import BadInput
    from pencere.registers import showing

    said = set()
    for language in ("az", "en", "ru"):
        with override(language):
            said.add(showing.refusal(BadInput("parts_do_not_cover", field="border")))
    assert len(said) == 3 and not any("Check what you wrote" in each for each in said)


def test_an_area_that_is_not_the_drawn_one_is_pointed_out_before_it_is_written(desk: Any):
    checked = page(desk, "check", **numbers(2, 3))
    assert checked.count("Look which of the two is right") == 2, "200 is said of both, 240 and 160 are drawn"
