"""A field of a register, a question, a finding or a certificate: what may stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pencere.country.cells import Condition
from pencere.country.declarations.law import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a register, a question, a finding or a certificate (declarations.md 3.1)."""

    name: str
    kind: str  # text long_text integer decimal money percent boolean date time moment choice choices person
    #            organisation address territory phone email iban file photo geometry ref group or an identifier kind
    of: tuple[str, ...] | str | None = None  # values of a choice; "list:id"; register of a ref; shape of a geometry;
    #                                          "applicant.may_act_for", "applicant.household"
    many: tuple[int, int] | None = None  # least, most
    required: bool = True
    when: Condition | None = None
    min: str | None = None
    max: str | None = None
    length: tuple[int, int] | None = None
    pattern: str | None = None
    unit: str | None = None
    personal: str | None = None  # none ordinary special
    search: str | None = None  # exact words near
    unique: bool = False
    only: Mapping[str, str] = field(default_factory=dict)  # ref: field of the register -> fact it must equal
    given: str | None = None  # assigned by the holder: "serial PATTERN", "person", "moment", "yes"
    fields: Mapping[str, Field] = field(default_factory=dict)  # of a repeated group in a register (`kind` is "group")
    crs: str | None = None
    no_overlap: float | None = None  # metres by which live shapes may lie over each other; None: as they please
    was: str | None = None  # registers: the name under which its values are stored, which it had at first
    area_within: float = 2.0  # percent by which `area` may differ from the drawn one before somebody is asked to look
    area: str | None = None  # the field of the same register that says how many square metres a shape has
    place: Place = NOWHERE
