"""A stranger's check of a code or a file. It is written into the person's ledger before it is answered.

What costs time is the same for every answer: one look-up by hash, one durable write (a look, or a counted miss).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from django.db import connection

from pencere import country
from pencere.base import clock, identifiers
from pencere.base.purpose import Purpose
from pencere.certificates import guessing, inspection, rules, seals
from pencere.certificates.models import Certificate
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look

REGISTER = "certificate"
"""What a look at a certificate is filed under in the ledger; its `source` names the kind."""

_LONGEST_NAME = 60
# Written out, because building these by the ORM costs as much as all the rest of a check.
_ROW = (
    "SELECT c.id, c.kind, c.agency, c.subject, c.issued_at, c.valid_until, c.superseded_at, c.second_factor, "
    "c.synthetic, r.at FROM certificates_certificate c "
    "LEFT JOIN certificates_revocation r ON r.certificate_id = c.id "
)
_BY_CODE = _ROW + "WHERE c.code_hash = %s"
_BY_PAPER = _ROW + "JOIN certificates_paper p ON p.certificate_id = c.id WHERE p.sha256 = %s"


@dataclass(frozen=True, slots=True)
class _Row:
    """What a check needs of a certificate."""

    id: str
    kind: str
    agency: str
    subject: str
    issued_at: datetime
    valid_until: date | None
    superseded_at: datetime | None
    second_factor: str
    synthetic: bool
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: an address (never kept as it is), and what they say of themselves."""

    address: str
    organisation: str = ""

    @property
    def words(self) -> str:
        said = " ".join(self.organisation.split())[:_LONGEST_NAME]
        return f"public:{said}" if said else "public"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a checker may know. Of an unknown one every other field is empty."""

    state: str
    kind: str = ""
    agency: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    ended_on: date | None = None  # the day it was taken back, replaced, or its last day
    second_factor: str = ""  # what must be typed to see facts; "" if there are none to see
    synthetic: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)  # only after the second factor
    answer: str = ""  # of the second factor: "" not asked, "right", "wrong", "too_often"


@dataclass(frozen=True, slots=True)
class FileChecked:
    """`found`: "issued" if these very bytes were issued here, else why not, in a word of `inspection`."""

    found: str
    checked: Checked
    agency: str = ""  # whose seal is in the file, where one fits
    signer: str = ""  # how a foreign seal calls itself


ISSUED, HASH_UNKNOWN = "issued", "hash_unknown"


def check(code: str, asker: Asker, now: datetime) -> Checked:
    """State, kind, issuer and dates; no fact. Written down as a look by link."""
    row = _find(_BY_CODE, identifiers.code_hash(code))
    if row is None:
        guessing.count_miss(now, asker.address)
        return Checked(rules.UNKNOWN)
    checked = _checked(row, now)
    _look(row, asker, "link", ("state",), now)
    return checked


def check_with_answer(code: str, typed: str, asker: Asker, now: datetime) -> Checked:
    """The same and, if what was typed is the second factor, the facts that the kind lets a checker see."""
    row = _find(_BY_CODE, identifiers.code_hash(code))
    if row is None:
        guessing.count_miss(now, asker.address)
        return Checked(rules.UNKNOWN)
    checked = _checked(row, now)
    certificate = row.id
    if not checked.second_factor:
        _look(row, asker, "check", ("state",), now)
        return checked
    if not guessing.may_answer(certificate, now):
        guessing.count_miss(now, asker.address)
        return replace(checked, answer="too_often")
    if not rules.answers(code, typed, row.second_factor):
        guessing.count_miss(now, asker.address, certificate)
        return replace(checked, answer="wrong")
    shows = country.current().certificates[checked.kind].verify.shows
    _look(row, asker, "check", shows, now)
    known = Certificate.objects.values_list("facts", flat=True).get(id=row.id)
    return replace(checked, answer="right", facts={name: known[name] for name in shows if name in known})


def check_file(content: bytes, asker: Asker, now: datetime) -> FileChecked:
    """Genuine only if these very bytes were issued here; otherwise the seal is read to say what is wrong."""
    if len(content) > inspection.MOST_BYTES:
        return FileChecked(inspection.TOO_LARGE, Checked(rules.UNKNOWN))
    found = check_hash(hashlib.sha256(content).hexdigest(), asker, now)
    if found.found == ISSUED:
        return found
    judged = inspection.judge(content, seals.trust_list())
    agency = judged.seal.agency if judged.seal else ""
    return FileChecked(judged.found, Checked(rules.UNKNOWN), agency, judged.signer)


def check_hash(sha256: str, asker: Asker, now: datetime) -> FileChecked:
    """Like `check_file`, where the browser took the hash and the file stayed with the checker."""
    hexadecimal = sha256.lower()  # ascii
    row = _find(_BY_PAPER, hexadecimal)
    if row is None:
        guessing.count_miss(now, asker.address)
        return FileChecked(HASH_UNKNOWN, Checked(rules.UNKNOWN))
    _look(row, asker, "check", ("state",), now)
    return FileChecked(ISSUED, _checked(row, now))


def _find(query: str, hash_: str) -> _Row | None:
    with connection.cursor() as cursor:
        cursor.execute(query, [hash_])
        found = cursor.fetchone()
    if found is None:
        return None
    id_, kind, agency, subject, issued, until, superseded, factor, synthetic, revoked = found
    issued_at = _moment(issued)
    assert issued_at is not None
    return _Row(
        str(id_), kind, agency, subject, issued_at, _day(until), _moment(superseded), factor, bool(synthetic),
        _moment(revoked),
    )  # fmt: skip


def _moment(value: datetime | str | None) -> datetime | None:
    """SQLite keeps moments as text in UTC; PostgreSQL gives them aware."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _checked(row: _Row, now: datetime) -> Checked:
    here = country.current()
    today = clock.day_in(here.time_zone, now)
    state = rules.state(
        revoked=row.revoked_at is not None,
        superseded=row.superseded_at is not None,
        valid_until=row.valid_until,
        today=today,
    )
    ended = {rules.REVOKED: row.revoked_at, rules.SUPERSEDED: row.superseded_at}.get(state)
    declared = here.certificates.get(row.kind)
    asks = bool(declared and declared.verify.shows and row.second_factor and state == rules.GENUINE)
    return Checked(
        state=state,
        kind=row.kind,
        agency=row.agency,
        issued_on=clock.day_in(here.time_zone, row.issued_at),
        valid_until=row.valid_until,
        ended_on=clock.day_in(here.time_zone, ended) if ended else row.valid_until if state == rules.EXPIRED else None,
        second_factor=(declared.verify.second_factor or "") if asks and declared else "",
        synthetic=row.synthetic,
    )


def _look(row: _Row, asker: Asker, kind: str, fields: tuple[str, ...], now: datetime) -> None:
    purpose = Purpose(ground="check", act="", service="verify", case="", agency="", who=asker.words)
    ledger.record_look(purpose, [Look(row.subject, REGISTER, fields, source=row.kind)], kind=kind, now=now)
