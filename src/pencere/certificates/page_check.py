"""For `pencere check`: does the page of a certificate compile, with every letter that may come?

Handed to `country`, which does not know how pages are drawn. Needs no installation: no database, no settings.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.conf import settings

from pencere.base import writing
from pencere.certificates import rendering, wording
from pencere.certificates.rendering import CannotRender, Page
from pencere.country.checking import CompilePage
from pencere.country.declarations import CertificateKind, Country, Field
from pencere.ui.building import ASSETS

_DAY = date(2026, 12, 31)
_MOMENT = datetime(2026, 12, 31, 12, 0, tzinfo=UTC)
_ADDRESS = "https://localhost/verify/AbCdEfGhIjKlMnOpQrStUv"


def load() -> CompilePage:
    """The judge of one page in one language; settings of its own only where the command has set none up."""
    if not settings.configured:
        settings.configure(USE_I18N=False)
    return compile_page


def compile_page(here: Country, kind: CertificateKind, language: str) -> str | None:
    """What is wrong with the page, in a sentence; None if it compiles as PDF/A-2a and PDF/UA-1."""
    facts = {name: sample(field, here) for name, field in kind.facts.items()}
    if kind.agency not in here.agencies or any(law.act not in here.acts for law in kind.law):
        return None  # said elsewhere, and the page cannot be filled without
    words = wording.page_facts(
        kind,
        facts,
        here,
        language,
        number=kind.number.replace("{year}", "2026"),
        issued_on=_DAY,
        verify_url=_ADDRESS,
        synthetic=True,
    )
    try:
        rendering.shared.render(Page(kind.page, here.folder, ASSETS / "fonts"), words, _ADDRESS, _MOMENT)
    except CannotRender as problem:
        return " ".join(str(problem).split())
    return None


def sample(field: Field, here: Country) -> object:
    """A value of the fact's kind; a text has every letter of every alphabet of the country, small and capital."""
    if field.kind == "date":
        return _DAY.isoformat()
    if field.kind == "boolean":
        return True
    if field.kind in ("integer", "decimal"):
        return "1234567"
    if field.kind == "choice" and isinstance(field.of, tuple):
        return field.of[0]
    if field.kind == "choice" and isinstance(field.of, str):
        return next(iter(here.lists[field.of.removeprefix("list:")].values), "")
    if field.kind == "territory":
        return here.territory[0].code if here.territory else ""
    letters = []
    for written in here.writing.values():
        small = " ".join("".join(written.alphabet[start : start + 12]) for start in range(0, len(written.alphabet), 12))
        letters += [small, writing.upper(small, written)]
    return " ".join(letters)
