"""What a row of a register is in the words of a standard: HL7 FHIR R4, EAD 2002, ISO 19152 (LADM)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pencere.country.cells import Condition
from pencere.country.declarations.law import Place


@dataclass(frozen=True, slots=True)
class FhirResource:
    """What a row is in HL7 FHIR R4: path of an element -> field, or "=" and a constant."""

    name: str
    resource: str  # Immunization
    needs: tuple[str, ...]  # fields without which there is no such resource
    says: Mapping[str, str]
    place: Place
    when: Condition | None = None  # only of rows for which it holds


@dataclass(frozen=True, slots=True)
class EadLevel:
    """What a row is in EAD 2002: a level of description, below the row in `parent`. `says`: element -> field."""

    level: str
    parent: str | None
    unitdate: tuple[str, ...]  # one field, or from and until
    extent: tuple[str, ...]
    says: Mapping[str, str]
    place: Place


@dataclass(frozen=True, slots=True)
class LadmSpace:
    """The spatial unit of a row in LADM. `says`: label, area, address, boundary -> field. `on`: the land below it."""

    as_: str  # LA_SpatialUnit LA_LegalSpaceBuildingUnit LA_LegalSpaceUtilityNetwork
    says: Mapping[str, str]
    on: str | None  # a ref to the row whose spatial unit it stands on
    place: Place


@dataclass(frozen=True, slots=True)
class LadmSource:
    """The document that something rests on: the field with its number, and LA_AdministrativeSourceType."""

    number: str
    type: str


@dataclass(frozen=True, slots=True)
class LadmInterest:
    """What each item of a group is: a right, a restriction, a responsibility, a mortgage."""

    group: str
    by: str | None  # the choice that decides which; None: all are the same, under the code ""
    kinds: Mapping[str, tuple[str, str]]  # code -> class and type of LADM
    says: Mapping[str, str]  # party share from until -> field of the group
    source: LadmSource | None
    place: Place


@dataclass(frozen=True, slots=True)
class LadmUnit:
    """What a row is in ISO 19152 (LADM): a basic administrative unit with its space and who has what in it."""

    unit: str
    type: str  # LA_BAUnitType
    name: str | None
    source: LadmSource | None  # of its last registration
    space: LadmSpace | None
    rrr: Mapping[str, LadmInterest]
    place: Place


@dataclass(frozen=True, slots=True)
class Speaks:
    """The standards in whose words the rows can be said."""

    fhir: Mapping[str, FhirResource] = field(default_factory=dict)
    ead: EadLevel | None = None
    ladm: LadmUnit | None = None


NO_STANDARD = Speaks()
