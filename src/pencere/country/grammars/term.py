"""A term as it is written: `10 working_days`; a legal one, with all that it hangs on; an appeal (declarations.md 3)."""

from __future__ import annotations

import re

from pencere.base.terms import Term, parse_term
from pencere.country.declarations import Appeal, CaseTerm, Extension
from pencere.country.records import FACT, NAME, Record, Shape, did_you_mean, listed, text_of

PAUSES = ("party", "payment", "agency")
SILENCE = ("overdue", "continue", "lapse", "grant", "refuse")
CLOCKS = ("submitted", "paid", "visit", "event", "asked")
LAST_DAYS = ("next_working_day", "as_is")
TERM = Shape(
    "services/<id>/service.yaml term",
    optional=("within", "by", "is", "from", "pauses", "extend", "last_day", "silence", "law"),
)
EXTEND = Shape("services/<id>/service.yaml term.extend", required=("to", "by", "law"))
ROLE = re.compile(r"officer\.[a-z][a-z0-9_]*")


def case_term_of(record: Record, key: str, *, of_step: bool) -> CaseTerm:
    """A legal term (3.6): `10 working_days`, or a mapping. That of a service names its law."""
    node = record.get(key)
    assert node is not None
    if node.is_text:
        if not of_step:
            record.refuse(key, f"expected {{within: {node.value}, law: …}}: a term of a service names its law")
        from_ = "asked" if of_step else "submitted"
        return CaseTerm(term_of(record, key), None, {}, from_, (), None, "", "overdue", None, record.place_of(key))
    term = record.record(key, TERM)
    by = term.optional_matching("by", FACT, "a choice or an output of a table")
    silence = term.choice("silence", SILENCE, default="overdue")
    law = term.optional_law("law")
    extend = term.record("extend", EXTEND) if term.has("extend") else None
    if term.has("within") == (by is not None):
        term.refuse("within" if term.has("within") else "by", 'say "within" a term, or "by" a choice and what it "is"')
    if term.has("is") != (by is not None):
        term.refuse(
            "is" if term.has("is") else "by", '"by" and "is" go together: by a choice, is a term for each value'
        )
    if law is None and not of_step:
        report_missing(term, "law")
    elif law is None and silence in ("grant", "refuse"):
        term.refuse("silence", f'silence that means "{silence}" names its "law"')
    return CaseTerm(
        within=term_of(term, "within") if term.has("within") else None,
        by=by,
        is_=_terms(term) if term.has("is") else {},
        from_=term.matching("from", FACT, f"one of {listed(CLOCKS)} or a date fact")
        or ("asked" if of_step else "submitted"),
        pauses=_among(term, "pauses", PAUSES),
        extend=Extension(term_of(extend, "to"), extend.matching("by", ROLE, "officer.<role>"), extend.law("law"))
        if extend
        else None,
        last_day=term.choice("last_day", LAST_DAYS),
        silence=silence,
        law=law,
        place=term.place,
    )


def report_missing(record: Record, key: str) -> None:
    record.report.unusable(record.node.line, record.path, f'"{key}" is missing')


def _terms(record: Record) -> dict[str, Term]:
    terms = {}
    for entry in record.entries("is", NAME, "a value of the choice"):
        text = text_of(entry.node, record.report, entry.path)
        try:
            terms[entry.name] = parse_term(text) if text else NO_TERM
        except ValueError as error:
            record.report.unusable(entry.node.line, entry.path, str(error))
    return terms


def _among(record: Record, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    words = record.words(key)
    for word in words:
        if word and word not in allowed:
            record.refuse(key, f'"{word}" is not one of {listed(allowed)}{did_you_mean(word, allowed)}')
    return words


APPEAL = Shape("country.yaml defaults.appeal", required=("to", "within", "decided", "court", "law"))


def appeal_of(record: Record) -> Appeal:
    """To whom, within which term, how soon it is decided, within which term one may go to court, on what law."""
    appeal = record.record("appeal", APPEAL)
    return Appeal(
        to=appeal.matching("to", NAME, "a name (a-z 0-9 _)"),
        within=term_of(appeal, "within"),
        decided=term_of(appeal, "decided"),
        court=term_of(appeal, "court"),
        law=appeal.law("law"),
    )


NO_TERM = Term(0, "calendar_days")


def term_of(record: Record, key: str) -> Term:
    """`10 working_days`. Whether the country counts so is checked with the whole country."""
    text = record.optional_text(key)
    if text:
        try:
            return parse_term(text)
        except ValueError as error:
            record.refuse(key, str(error))
    return NO_TERM
