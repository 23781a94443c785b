"""The shape of a country's declarations once they are read: frozen, typed, each knowing its place.

    country       the country whole, its agencies, territory and lists, what it settles for all services
    register      a register; `speaks`: what its rows are in the words of a standard
    service       a service, its steps and its amounts
    certificate   a certificate
    agreement     what one agency lets another do
    field         a field of any of them
    law           an act, and where something is written

This is the vocabulary of the whole product, and everybody takes its words from here; docs/declare/ says how each is
written in YAML. Nothing here reads a file, looks at a clock or decides anything. Names of things are ids
(`a-z 0-9 -`), names of facts are paths (`holder.age`). Texts map a language to a sentence.
"""

from __future__ import annotations

from pencere.country.declarations.agreement import Agreement, Grant
from pencere.country.declarations.certificate import CertificateKind, Verify
from pencere.country.declarations.country import (
    Agency,
    CodeList,
    Country,
    Defaults,
    LifeEvent,
    Payee,
    PersonSource,
    Relation,
    Representation,
    Unit,
)
from pencere.country.declarations.field import Field
from pencere.country.declarations.law import Act, Law, Place, Texts
from pencere.country.declarations.register import (
    Accept,
    Answer,
    Capacity,
    Desk,
    Extract,
    OpenData,
    PaperIntake,
    Register,
    RegisterEvent,
    Universe,
)
from pencere.country.declarations.service import (
    WALK_PAGES,
    Again,
    Allotment,
    Amount,
    Appeal,
    CaseTerm,
    Derived,
    Evidence,
    Example,
    Extension,
    Fee,
    NoRow,
    OfferRule,
    Panel,
    Party,
    QuestionGroup,
    Refusal,
    Service,
    Start,
    Step,
)
from pencere.country.declarations.speaks import (
    EadLevel,
    FhirResource,
    LadmInterest,
    LadmSource,
    LadmSpace,
    LadmUnit,
    Speaks,
)

__all__ = [
    "WALK_PAGES",
    "Accept",
    "Act",
    "Again",
    "Agency",
    "Agreement",
    "Allotment",
    "Amount",
    "Answer",
    "Appeal",
    "Capacity",
    "CaseTerm",
    "CertificateKind",
    "CodeList",
    "Country",
    "Defaults",
    "Derived",
    "Desk",
    "EadLevel",
    "Evidence",
    "Example",
    "Extension",
    "Extract",
    "Fee",
    "FhirResource",
    "Field",
    "Grant",
    "LadmInterest",
    "LadmSource",
    "LadmSpace",
    "LadmUnit",
    "Law",
    "LifeEvent",
    "NoRow",
    "OfferRule",
    "OpenData",
    "Panel",
    "PaperIntake",
    "Party",
    "Payee",
    "PersonSource",
    "Place",
    "QuestionGroup",
    "Refusal",
    "Register",
    "RegisterEvent",
    "Relation",
    "Representation",
    "Service",
    "Speaks",
    "Start",
    "Step",
    "Texts",
    "Unit",
    "Universe",
    "Verify",
]
