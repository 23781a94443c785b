"""What `pencere verify` says: one verdict, in one plain sentence or for machines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.x509.oid import NameOID
from django.db import DatabaseError

from pencere import country
from pencere.base import clock
from pencere.base.errors import Unavailable
from pencere.certificates import inspection, keys, queries, rules, seals
from pencere.certificates import trust as trust_lists
from pencere.certificates.inspection import Judgement
from pencere.certificates.queries import Asker, Checked
from pencere.certificates.trust import BadTrustList, TrustList

_ASKER = Asker("this command")

_STATES = {
    rules.GENUINE: "Genuine: issued by {agency} on {issued} and valid today.",
    rules.REVOKED: "Not valid: issued by {agency} on {issued}, taken back on {ended}.",
    rules.SUPERSEDED: "Not valid: issued by {agency} on {issued}, replaced by a newer one on {ended}.",
    rules.EXPIRED: "Not valid: issued by {agency} on {issued}, its last day was {ended}.",
    rules.UNKNOWN: "Not genuine: no document with this code was issued here.",
}
_FOUND = {
    inspection.TOO_LARGE: "Not genuine: the file is larger than 10 MB; no document issued here is.",
    inspection.NOT_PDF: "Not genuine: the file is not a PDF.",
    inspection.CUT_OFF: "Not genuine: the file is cut off, its end is missing.",
    inspection.ENCRYPTED: "Not genuine: the file is protected with a password; documents issued here never are.",
    inspection.NO_SEAL: "Not genuine: the file has no electronic seal.",
    inspection.CHANGED: "Not genuine: the file was changed after it was sealed.",
    inspection.ADDED: "Not genuine: sealed by {agency}, and then something was added to it.",
    inspection.FOREIGN: "Not genuine: the seal is not of an agency in the trust list.{signer}",
    inspection.KEY_REVOKED: "Not genuine: the seal of {agency} is no longer trusted.",
    inspection.OUT_OF_WINDOW: "Not genuine: the seal of {agency} was not in use on {issued}.",
}
_SEALED = "Genuine: sealed by {agency} on {issued} and unchanged since. Trusted root: {root}."
_NOT_ASKED = " Whether it was taken back since then is not known offline: open the address under its QR code."
_NOT_FOUND = "Not genuine: the seal of {agency} is intact, but the document is not among those issued here."


@dataclass(frozen=True, slots=True)
class Verdict:
    genuine: bool
    found: str  # a word of inspection; "issued" or a state where the database was asked
    sentence: str
    agency: str = ""
    asked_online: bool = False

    def words(self) -> dict[str, object]:
        return {
            "genuine": self.genuine,
            "found": self.found,
            "agency": self.agency or None,
            "asked_online": self.asked_online,
            "sentence": self.sentence,
        }


def of_code(code: str) -> Verdict:
    """By the database. Raises Unavailable if it cannot be asked."""
    try:
        checked = queries.check(code, _ASKER, clock.now())
    except DatabaseError:
        raise Unavailable("database", "the database of this installation cannot be asked") from None
    return _by_state(checked)


def of_file(path: Path, trust_file: Path | None) -> Verdict:
    """By the seal and, unless a trust list is given, by the database where it answers. Raises Unavailable."""
    if path.stat().st_size > inspection.MOST_BYTES:
        return _by_seal(Judgement(inspection.TOO_LARGE), None)
    content = path.read_bytes()
    trusted = _trusted(trust_file)
    judged = inspection.judge(content, trusted)
    if trust_file is not None:
        return _by_seal(judged, trusted)
    try:
        found = queries.check_file(content, _ASKER, clock.now())
    except (DatabaseError, Unavailable):
        return _by_seal(judged, trusted)
    if found.found == queries.ISSUED:
        return _by_state(found.checked)
    if judged.found == inspection.SEALED:
        return Verdict(False, "not_issued", _NOT_FOUND.format(agency=_name(judged)), _agency(judged), True)
    return _by_seal(judged, trusted)


def _trusted(trust_file: Path | None) -> TrustList:
    try:
        return seals.trust_list() if trust_file is None else trust_lists.read(trust_file.read_bytes())
    except BadTrustList as problem:
        raise Unavailable("trust list", str(problem)) from None


def _by_state(checked: Checked) -> Verdict:
    agency = country.current().agencies.get(checked.agency)
    name = agency.name("en", checked.issued_on) if agency and checked.issued_on else checked.agency
    sentence = _STATES[checked.state].format(agency=name, issued=checked.issued_on, ended=checked.ended_on)
    return Verdict(checked.state == rules.GENUINE, checked.state, sentence, checked.agency, True)


def _by_seal(judged: Judgement, trusted: TrustList | None) -> Verdict:
    day = judged.moment.date() if judged.moment else ""
    if judged.found == inspection.SEALED and trusted is not None:
        sentence = _SEALED.format(agency=_name(judged), issued=day, root=_root(trusted)) + _NOT_ASKED
        return Verdict(True, judged.found, sentence, _agency(judged))
    signer = f" It calls itself “{judged.signer}”." if judged.signer else ""
    sentence = _FOUND[judged.found].format(agency=_name(judged), issued=day, signer=signer)
    return Verdict(False, judged.found, sentence, _agency(judged))


def _agency(judged: Judgement) -> str:
    return judged.seal.agency if judged.seal else ""


def _name(judged: Judgement) -> str:
    if judged.seal is None:
        return ""
    return judged.seal.names.get("en") or next(iter(judged.seal.names.values()), judged.seal.agency)


def _root(trusted: TrustList) -> str:
    names = trusted.root.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    name = str(names[0].value) if names else trusted.root.subject.rfc4514_string()
    return f"{name} (SHA-256 {keys.fingerprint(trusted.root)})"
