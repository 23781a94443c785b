"""Why somebody looks at a person's data. Nothing about a person is read without one.

Law on personal data 998-IIIQ, article 9.6: a closed list of grounds; no ground, no look.
"""

from __future__ import annotations

from dataclasses import dataclass

GROUNDS = ("law", "consent", "own", "check", "oversight")
"""law and consent: an agency's. own: the person's own data. check: a verifier holds the certificate.
oversight: an officer with the case on the desk."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """The ground, the act it stands on, and for what and whom the look is made."""

    ground: str
    act: str  # "residence-law 5"; empty only for the grounds own and check
    service: str  # id of the service, or of the page of this product ("verify", "desk")
    case: str  # reference of the case; empty where there is none
    agency: str  # id of the agency that looks; empty when the looker is a person or the public
    who: str  # "system", "person", "officer:<role>", "public": the kind of looker, never a name
    person: str = ""  # account id of the looker where there is one; never an identifier of a person

    def __post_init__(self) -> None:
        if self.ground not in GROUNDS:
            raise ValueError(f"unknown ground {self.ground!r}")
        if self.ground in ("law", "consent", "oversight") and not self.act:
            raise ValueError(f"a look on the ground {self.ground!r} names its act")
        if not self.service or not self.who:
            raise ValueError("a purpose names its service and who looks")
