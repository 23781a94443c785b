"""Builders: a small nation in the registers, its people at the door, a draft as far as a test needs it."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

from django.test import Client

from pencere.applications import actions, drafting
from pencere.applications.actions import Asker, Submitted
from pencere.applications.models import Case
from pencere.identity.models import Account
from pencere.identity.queries import Office, Who
from pencere.identity.tests import make as people
from pencere.registers import actions as registers

NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
SERVICE = "residence-certificate"
REGISTRAR = Office("din", "registry")

SEVINC, ELCIN, NIGAR = "0K4P2QT", "3M8R6ZA", "6B1H9CX"
"""Mother, father and their child of eleven, all registered at Nizami küçəsi."""
ILQAR = "9E7K5DY"
"""Lives in a street that was renamed."""
ULVIYYE = "2W6F8LU"
"""Is registered nowhere."""
KAMRAN = "4C2D8EF"
"""Is registered at a house that is no more; a grown-up son of Sevinc."""
NARGIZ = "2RGY4KA"
"""Officer of the registry."""

HOME = "Bakı, Nəsimi rayonu, Nizami küçəsi, ev 5, mənzil 12"
GONE = "Sumqayıt, Sahil küçəsi, ev 3"
NAMES = {
    SEVINC: "Nümunəli Sevinc Kamal qızı",
    ELCIN: "Nümunəli Elçin Rauf oğlu",
    NIGAR: "Nümunəli Nigar Elçin qızı",
    ILQAR: "Babayev İlqar Əli oğlu",
    ULVIYYE: "Rzayeva Ülviyyə Rəşid qızı",
    KAMRAN: "Nümunəli Kamran Elçin oğlu",
    NARGIZ: "Əhmədli Nərgiz Vaqif qızı",
}


def nation(now: datetime = NOW) -> None:
    """Writes the people above into the registers."""
    born = {SEVINC: (1968, 4), ELCIN: (1965, 11), NIGAR: (2014, 9), ILQAR: (1955, 2), ULVIYYE: (1999, 12)}
    born |= {KAMRAN: (1995, 5), NARGIZ: (1984, 6)}
    persons: list[dict[str, object]] = [
        {
            "person": fin,
            "name": NAMES[fin],
            "birth_date": date(*born[fin], 3),
            "sex": "male" if fin in (ELCIN, ILQAR, KAMRAN) else "female",
            "citizen": True,
            "mother": SEVINC if fin in (NIGAR, KAMRAN) else None,
            "father": ELCIN if fin in (NIGAR, KAMRAN) else None,
        }
        for fin in NAMES
    ]
    homes: list[dict[str, object]] = [
        {"person": fin, "address": HOME, "basis": "owner"} for fin in (SEVINC, ELCIN, NIGAR, NARGIZ)
    ]
    homes.append({"person": ILQAR, "address": "Gəncə, Lenin prospekti, ev 7", "basis": "order"})
    homes.append({"person": KAMRAN, "address": GONE, "basis": "owner"})
    addresses: list[dict[str, object]] = [
        {"address": HOME, "territory": "nesimi", "state": "valid"},
        {"address": "Gəncə, Lenin prospekti, ev 7", "territory": "gence", "state": "renamed",
         "now": "Gəncə, Atatürk prospekti, ev 7"},
        {"address": GONE, "territory": "sumqayit", "state": "abolished"},
    ]  # fmt: skip
    start = date(2020, 1, 1)
    registers.add_rows("population", persons, valid_from=start, recorded_by="test", now=now)
    registers.add_rows("residence", homes, valid_from=start, recorded_by="test", now=now)
    registers.add_rows("address-register", addresses, valid_from=start, recorded_by="test", now=now)


def account(fin: str = SEVINC) -> Account:
    return people.account(fin, NAMES[fin])


def who(fin: str = SEVINC) -> Who:
    """The person as a request would bring them."""
    return Who(True, str(account(fin).id), fin, NAMES[fin], "substantial", (), False)


def browser(fin: str = SEVINC) -> Client:
    """A browser in which the person has signed in."""
    return people.signed_in(account(fin))


def officer(fin: str = NARGIZ, role: str = "registry", agency: str = "din") -> Client:
    """A browser in which an officer has signed in and confirmed."""
    return people.signed_in(people.officer(fin, role, agency), confirmed=True)


def draft(fin: str = SEVINC, *, now: datetime = NOW) -> str:
    """A draft that says nothing yet."""
    return actions.start_draft(SERVICE, who(fin), language="az", now=now)


def answered(fin: str = SEVINC, *, holder: str = "", purpose: str = "work", now: datetime = NOW) -> str:
    """A draft with all questions answered."""
    person = who(fin)
    ref = draft(fin, now=now)
    actions.offer_persons(drafting.draft(ref, fin), Asker(person.account_id, "person"), person.name, now=now)
    typed = {"holder": holder or fin, "purpose": purpose}
    actions.save_page(ref, person, "request", typed, language="az", now=now)
    return ref


def ready(fin: str = SEVINC, *, holder: str = "", purpose: str = "work", now: datetime = NOW) -> str:
    """A draft whose facts the person has seen."""
    ref = answered(fin, holder=holder, purpose=purpose, now=now)
    actions.fetch_evidence(drafting.draft(ref, fin), Asker(who(fin).account_id, "person"), now=now)
    return ref


def key() -> str:
    return uuid.uuid4().hex


def submitted(fin: str = SEVINC, *, holder: str = "", now: datetime = NOW) -> Submitted:
    """A case that was sent; its certificate is not made yet."""
    return actions.submit(ready(fin, holder=holder, now=now), who(fin), key(), language="az", now=now)


def case(ref: str) -> Case:
    return Case.objects.get(ref=ref)
