"""A mother asks for her child: the paper names the child, and the looks are written down as looks at the child."""

from __future__ import annotations

import subprocess
import sys

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys import applying
from tests.journeys.papers import text_of
from tests.journeys.walking import Kept, Person, person

pytestmark = [pytest.mark.browser, pytest.mark.outside_tool]
NIGAR = "3NGR7BV"


def test_a_mother_gets_a_certificate_for_her_child(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="az") as mother:
        ref = applying.begin(mother, "Sevinc")
        applying.answer(mother, "Nigar", "school")
        assert mother.sees("Nümunəli Nigar Elçin qızı")
        applying.check(mother)
        applying.send(mother)
        papers = applying.papers(mother)

        for paper in papers.values():
            text = " ".join(text_of(paper).split())
            assert "Nigar" in text and "Sevinc" not in text
        mother.go(f"me/cases/{ref}/")
        assert mother.sees("Nigar")
        for width in (1200, 320):
            mother.page.set_viewport_size({"width": width, "height": 900})
            _see_who_saw(mother, ref)

    looks = _looks(portal, NIGAR)
    assert all(f"{ref} {register}" in looks for register in ("population", "residence", "certificate")), looks
    assert not any(NIGAR in address for address in kept.addresses)


def _see_who_saw(mother: Person, ref: str) -> None:
    """The mother reads who saw the child's data, and finds her own reading there."""
    mother.go("me/access/")
    mother.click("main a[href$='/me/access/whose/']")
    mother.click("main a[href*='?of=']")
    assert mother.sees("Nigar") and mother.sees(ref)
    assert mother.sees("Siz və ya sizin adınızdan çıxış edən şəxs")
    assert NIGAR not in mother.page.content()


def _looks(portal: Installation, identifier: str) -> list[str]:
    """Case and register of every look at the person, as their page will list them when they are of age to sign in."""
    asked = (
        "import django; django.setup()\n"
        "from pencere.ledger import queries\n"
        f"for look in queries.looks_of({identifier!r}, before=None, limit=100): print(look.case, look.register)"
    )
    return subprocess.run(
        [sys.executable, "-c", asked],
        env={**portal.environment, "DJANGO_SETTINGS_MODULE": "pencere.conf.settings"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
