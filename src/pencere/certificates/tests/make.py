"""Builders: an issued certificate, its file, the code that is only on the paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from pencere import country
from pencere.certificates import actions, papers, rendering, seals, wording
from pencere.certificates.models import Certificate
from pencere.identity.queries import Office

NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
REGISTRAR = Office("din", "registry")
HOLDER, SUBJECT = "5AB12CD", "7XY98ZW"
FACTS: Mapping[str, object] = {
    "person": "Əliyeva Gülşən İsmayıl qızı",
    "address": "Bakı şəhəri, Nəsimi rayonu, Çingiz Mustafayev küçəsi, ev 5, mənzil 12",
    "from": date(2019, 5, 1),
    "purpose": "work",
}


@dataclass(frozen=True)
class Issued:
    row: Certificate
    files: Mapping[str, bytes]

    @property
    def code(self) -> str:
        return code_on(self.files["az"])


def prepared(
    *,
    kind: str = "residence",
    case: str = "K7QF2-9XMZT",
    step: int = 6,
    subject: str = SUBJECT,
    to: str = HOLDER,
    facts: Mapping[str, object] = FACTS,
    birth_year: int | None = 1989,
    now: datetime = NOW,
) -> actions.Finish | None:
    """The heavy half: papers on disk, no row yet."""
    return actions.issue(
        kind,
        case=case,
        step=step,
        subject=subject,
        to=to,
        facts=facts,
        second_factors={"birth_year": birth_year},
        now=now,
    )


def issued(*, case: str = "K7QF2-9XMZT", step: int = 6, **others: object) -> Issued:
    finish = prepared(case=case, step=step, **others)  # type: ignore[arg-type]
    if finish is not None:
        with transaction.atomic():
            finish()
    row = Certificate.objects.get(case=case, step=step)
    folder = Path(settings.PENCERE.papers)
    return Issued(row, {paper.language: papers.read(folder, paper.path) for paper in row.papers.all()})


def code_on(file: bytes) -> str:
    """The code as the link on the paper has it."""
    found = re.search(rb"/verify/([A-Za-z0-9_-]{22})", file)
    assert found
    return found[1].decode()


URL_CODE = "AbCdEfGhIjKlMnOpQrStUv"


def sealed(language: str, kind: str = "residence", number: str = "YQ-2026-0482913", now: datetime = NOW) -> bytes:
    """A paper, drawn and sealed as the product does it, without a database."""
    here = country.current()
    declared = here.certificates[kind]
    url = verify_url(language)
    facts = wording.page_facts(
        declared,
        wording.stored(FACTS),
        here,
        language,
        number=number,
        issued_on=now.date(),
        verify_url=url,
        synthetic=True,
    )
    page = rendering.Page(here.folder / declared.page, here.folder, settings.PENCERE.assets / "fonts")
    pdf = rendering.shared.render(page, facts, url, now)
    sealer = seals.sealer(declared.agency, now)
    return sealer.seal(pdf, signer=str(facts["agency"]), reason="Electronic seal", moment=now)


def verify_url(language: str) -> str:
    return f"{settings.PENCERE.url}/{language}/verify/{URL_CODE}"
