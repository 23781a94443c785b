"""In the demo the world goes on: news are told one by one, orders are answered, both once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest
from django.conf import settings

from pencere.base import clock
from pencere.base.errors import Unavailable
from pencere.base.purpose import Purpose
from pencere.exchange import actions as exchange
from pencere.portal.nation import going_on
from pencere.registers import actions as registers
from pencere.registers import queries as kept
from pencere.registers.tests import make
from pencere.registers.tests.make import NOW, SEVINC, TODAY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _azerbaijan(tmp_path, monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "PENCERE", replace(settings.PENCERE, data=tmp_path, demo=True))
    with make.using(make.the("azerbaijan")), clock.standing_at(NOW):
        going_on.keep_news([])
        yield


def decision(number: str) -> going_on.News:
    row = {"decision_no": number, "person": SEVINC, "percent": 70, "degree": "ii", "cause": "general"}
    return going_on.News("disabilities", row)


def told() -> list[object]:
    purpose = Purpose("law", "social-benefits 4", "disability-allowance", "", "dsmf", "system")
    return [
        each.values["decision_no"] for each in kept.events("disabilities", "decided", 0, 9, purpose=purpose, now=NOW)
    ]


def test_one_piece_of_news_is_told_at_a_time_and_the_register_tells_it() -> None:
    going_on.keep_news([decision("QT-1"), decision("QT-2")])

    going_on.step(NOW)
    assert told() == ["QT-1"]

    going_on.step(NOW)
    going_on.step(NOW)
    assert told() == ["QT-1", "QT-2"]


def test_news_wait_while_the_other_agency_does_not_answer() -> None:
    going_on.keep_news([decision("QT-1")])
    with mock.patch.object(exchange, "happen", side_effect=Unavailable("dtsera", "no answer")):
        going_on.step(NOW)
    assert told() == []

    going_on.step(NOW)
    assert told() == ["QT-1"]


def test_news_that_are_there_already_hold_up_nothing() -> None:
    going_on.keep_news([decision("QT-1"), decision("QT-1"), decision("QT-2")])

    for _ in range(3):
        going_on.step(NOW)

    assert told() == ["QT-1", "QT-2"]


def order(number: str = "P-1", state: str = "ordered") -> None:
    row = {"order_no": number, "person": SEVINC, "until": TODAY, "state": state}
    registers.accept("passports", "order", row, key=number, valid_from=TODAY, recorded_by="din", now=NOW)


def passport() -> dict[str, object]:
    purpose = Purpose("law", "passport-law 2", "foreign-passport", "", "din", "system")
    fields = ("passport_no", "state")
    return kept.answer("passports", "current", {"person": SEVINC}, fields, purpose, now=clock.now())[0].values


def test_the_workshop_makes_what_was_ordered_after_a_while() -> None:
    order()

    going_on.step(NOW + timedelta(seconds=5))
    assert passport() == {"passport_no": None, "state": "ordered"}

    later = NOW + timedelta(seconds=60)
    with clock.standing_at(later):
        going_on.step(later)
        made = passport()
        assert made["state"] == "made"
        assert str(made["passport_no"]).startswith("C")

        registers.accept(
            "passports", "hand-over", {"order_no": "P-1", "state": "handed_over"}, key="hand-over", valid_from=TODAY,
            recorded_by="din", now=later,
        )  # fmt: skip
        going_on.step(later + timedelta(seconds=60))
        assert passport()["state"] == "handed_over"


def test_an_answer_that_was_given_is_not_given_again_after_a_restart() -> None:
    order()
    later = NOW + timedelta(seconds=60)
    with clock.standing_at(later):
        going_on.step(later)
        number = passport()["passport_no"]
        (settings.PENCERE.data / "demo" / "told.json").unlink()  # killed before it was noted
        going_on.step(later)

        assert passport()["passport_no"] == number


def test_what_was_handed_over_long_ago_is_not_made() -> None:
    order(state="handed_over")

    later = NOW + timedelta(seconds=60)
    with clock.standing_at(later):
        going_on.step(later)
        assert passport() == {"passport_no": None, "state": "handed_over"}


def test_an_installation_for_real_persons_has_no_such_world(monkeypatch) -> None:
    order()
    monkeypatch.setattr(settings, "PENCERE", replace(settings.PENCERE, demo=False))

    later = NOW + timedelta(seconds=60)
    with clock.standing_at(later):
        going_on.step(later)
        assert passport()["state"] == "ordered"
