"""The grammars that several kinds of file share (declarations.md, section 3): how a field, a condition, a term is read.

    field       what a register, a question or a certificate keeps
    condition   when something holds
    term        how long something may take, and an appeal

Each gives what the declarations know, with a placeholder where something is wrong; the report says what.
"""

from __future__ import annotations

from pencere.country.grammars.condition import condition_of
from pencere.country.grammars.field import (
    CERTIFICATE_FACT,
    COUNTED,
    KINDS,
    NOT_ON_PAPER,
    PERSONAL,
    QUESTION_FIELD,
    REGISTER_FIELD,
    REGISTER_GROUP,
    SEARCH,
    UNITS,
    WRITTEN,
    fact_map,
    field_of,
    span_of,
)
from pencere.country.grammars.term import APPEAL, EXTEND, ROLE, TERM, appeal_of, case_term_of, term_of

__all__ = [
    "APPEAL",
    "CERTIFICATE_FACT",
    "COUNTED",
    "EXTEND",
    "KINDS",
    "NOT_ON_PAPER",
    "PERSONAL",
    "QUESTION_FIELD",
    "REGISTER_FIELD",
    "REGISTER_GROUP",
    "ROLE",
    "SEARCH",
    "TERM",
    "UNITS",
    "WRITTEN",
    "appeal_of",
    "case_term_of",
    "condition_of",
    "fact_map",
    "field_of",
    "span_of",
    "term_of",
]
