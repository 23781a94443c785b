"""What a service costs and how long it takes, told before anybody begins: the law's own tables in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

from django.utils.translation import gettext, override

from pencere import country
from pencere.base import money
from pencere.base.errors import BadInput
from pencere.catalogue import rules
from pencere.catalogue.cards import FeeCard, LawCard, PriceLine, TermLine
from pencere.country import amounts as amounts_of_law
from pencere.country import facts
from pencere.country.cells import Cell, Compared, Is, Literal, Null, Range
from pencere.country.compiling import Row
from pencere.country.declarations import Amount, CaseTerm, Country, Fee, Law, Service
from pencere.country.tables import Table
from pencere.ui.writing import day as written_day
from pencere.ui.writing import moment as written_moment
from pencere.ui.writing import term as written_term

_AMOUNTS = "amounts."


def fees(one: Service, language: str, on: date, law: Callable[[Law, str], LawCard]) -> tuple[FeeCard, ...]:
    """Every fee of the service with its price on that day, or a line for each case if it depends on something."""
    here = country.current()
    with override(language):
        return tuple(_fee(here, one, fee, language, on, law) for fee in one.fees.values())


def _fee(here: Country, one: Service, fee: Fee, language: str, on: date, law: Callable[[Law, str], LawCard]) -> FeeCard:
    name = fee.amount.removeprefix(_AMOUNTS)
    amount = one.amounts.get(name) if fee.amount.startswith(_AMOUNTS) else None
    sources = tuple(one.amounts[each] for each in rules.amounts_behind(one, fee.amount))
    laws = tuple(dict.fromkeys(each.law for each in sources))
    payee = here.payees.get(fee.payee)
    return FeeCard(
        title=_label(here, one, fee.name, language) or _kind(fee.kind),
        kind=_kind(fee.kind),
        payee=here.text({"": payee.names}, "", language) if payee else fee.payee,
        inputs=tuple(label(here, one, fact, language) for fact in amount.inputs) if amount else (),
        lines=tuple(_lines(here, one, amount, language, on)) if amount else (),
        sometimes=fee.when is not None,
        exempt=fee.exempt is not None,
        refund=tuple((_event(event), _refund(word)) for event, word in fee.refund.items()),
        laws=tuple(law(each, language) for each in laws),
        assumed=any(each.assumed for each in sources),
    )


def _lines(here: Country, one: Service, amount: Amount, language: str, on: date) -> Iterator[PriceLine]:
    declared = amounts_of_law.in_force(amount, on)
    if declared is None:
        return
    if not isinstance(declared, Table):
        yield PriceLine((), price(here, declared, language))
        return
    for row in declared.rows:
        if row.holds_on(on):
            value = next(iter(row.outputs.values()), None)
            cells = zip(declared.inputs, row.cells, strict=True)
            words = tuple(cell_words(here, one, fact, cell, language) for fact, cell in cells)
            yield PriceLine(words, price(here, value.value, language) if value else gettext("free of charge"))


def price(here: Country, value: object, language: str) -> str:
    """`80,00 ₼`; what is no number of money stays as it is declared."""
    try:
        found = money.parse(str(value), here.currency)
    except BadInput:
        return str(value)
    return money.show(found, language) if found.minor else gettext("free of charge")


def terms(one: Service, language: str) -> tuple[TermLine, ...]:
    """How long it takes: one line, or one for each value of what it depends on; from when it counts."""
    if one.term is None:
        return ()
    with override(language):
        return _terms(country.current(), one, one.term, language)


def _terms(here: Country, one: Service, term: CaseTerm, language: str) -> tuple[TermLine, ...]:
    if term.within is not None:
        return (TermLine("", written_term(term.within.amount, term.within.unit), _from(here, one, term, language)),)
    assert term.by is not None
    return tuple(
        TermLine(value_words(here, one, term.by, value, language), written_term(each.amount, each.unit),
                 _from(here, one, term, language))
        for value, each in term.is_.items()
    )  # fmt: skip


def _from(here: Country, one: Service, term: CaseTerm, language: str) -> str:
    words = {
        "submitted": gettext("from the day you send the application"),
        "paid": gettext("from the payment"),
        "visit": gettext("from your visit"),
        "event": gettext("from the day on which the register told us"),
    }
    return words.get(term.from_, gettext("from: %(what)s") % {"what": label(here, one, term.from_, language)})


# words of facts and cells ----------------------------------------------------------------------------------------


def label(here: Country, one: Service, fact: str, language: str) -> str:
    """What a fact is called: by the service, else by the register it comes from, else by its last word."""
    if fact in one.texts:
        return here.text(one.texts, fact, language)
    head, _, last = fact.partition(".")
    evidence = one.evidence.get(head)
    source = facts.asked(here, evidence) if evidence else None
    if source is not None and last in source.register.texts:
        return here.text(source.register.texts, last, language)
    if head in one.parties and last:
        if last == "age":
            return gettext("age")
        register = here.registers.get(here.person.from_.partition(".")[0])
        if register is not None and last in register.texts:
            return here.text(register.texts, last, language)
    table, _, output = fact.rpartition(".")
    inputs = one.tables[table].inputs if table in one.tables else ()
    named = [label(here, one, name, language) for name in inputs]
    return " / ".join(dict.fromkeys(named)) if named else (output or last or head).replace("_", " ")


def value_words(here: Country, one: Service, fact: str, code: object, language: str) -> str:
    """What a value is called; of a table's output what the rules that give it ask for."""
    key = f"{fact}.{code}"
    if key in one.texts:
        return here.text(one.texts, key, language)
    table, _, output = fact.rpartition(".")
    if table in one.tables:
        found = one.tables[table]
        for row in found.rows:
            literal = row.outputs.get(output)
            if literal is not None and str(literal.value) == str(code):
                return _conditions(here, one, found, row, language)
    return str(code).replace("_", " ")


def _conditions(here: Country, one: Service, table: Table, row: Row, language: str) -> str:
    cells = [(fact, cell) for fact, cell in zip(table.inputs, row.cells, strict=True) if not cell.is_any]
    return ", ".join(cell_words(here, one, fact, cell, language) for fact, cell in cells)


def cell_words(here: Country, one: Service, fact: str, cell: Cell, language: str) -> str:
    """A cell as a person reads it: `under 18`, `10 working days, urgent`."""
    if cell.is_any:
        return gettext("any")
    said = ", ".join(_test(here, one, fact, test, language) for test in cell.tests)
    return gettext("not: %(what)s") % {"what": said} if cell.negated else said


def _test(here: Country, one: Service, fact: str, test: Null | Is | Compared | Range, language: str) -> str:
    if isinstance(test, Null):
        return gettext("not known")
    if isinstance(test, Range):
        limits = {"low": _literal(here, one, fact, test.low, language),
                  "high": _literal(here, one, fact, test.high, language)}  # fmt: skip
        if test.high_open:
            return gettext("from %(low)s to under %(high)s") % limits
        return gettext("from %(low)s to %(high)s") % limits
    value = {"value": _literal(here, one, fact, test.value, language)}
    if isinstance(test, Is):
        return value["value"]
    return {
        "<": gettext("under %(value)s"),
        "<=": gettext("at most %(value)s"),
        ">": gettext("over %(value)s"),
        ">=": gettext("%(value)s and more"),
    }[test.sign] % value


def _literal(here: Country, one: Service, fact: str, literal: Literal, language: str) -> str:
    if literal.kind == "boolean":
        own = f"{fact}.{literal}"
        return here.text(one.texts, own, language) if own in one.texts else (
            gettext("yes") if literal.value else gettext("no")
        )  # fmt: skip
    if isinstance(literal.value, datetime):
        return written_moment(literal.value, language)
    if isinstance(literal.value, date):
        return written_day(literal.value, language)
    return value_words(here, one, fact, literal.value, language) if literal.kind == "code" else str(literal.value)


def _label(here: Country, one: Service, key: str, language: str) -> str:
    return here.text(one.texts, key, language) if key in one.texts else ""


def _kind(kind: str) -> str:
    return {"state_duty": gettext("State duty"), "service_fee": gettext("Service fee")}.get(kind, kind)


def _event(event: str) -> str:
    return {
        "refused": gettext("If you are refused"),
        "withdrawn": gettext("If you withdraw"),
        "late": gettext("If we are late"),
    }.get(event, event)


def _refund(word: str) -> str:
    return {
        "full": gettext("paid back whole"),
        "none": gettext("not paid back"),
        "before_visit": gettext("paid back if you withdraw before your visit"),
    }.get(word, word)
