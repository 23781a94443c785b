"""The page of a payment: what for, to whom, how much, how it stands, what to do next; and its receipt."""

from __future__ import annotations

import re
from uuid import UUID

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from pencere.base import clock, iban, money
from pencere.base.errors import BadInput, Unavailable
from pencere.base.money import Money
from pencere.identity import access
from pencere.identity.queries import Who
from pencere.payments import actions, queries, rules
from pencere.payments.queries import PaymentView
from pencere.ui import writing
from pencere.ui.pieces import Row

log = structlog.get_logger(__name__)


@access.person
def pay(request: HttpRequest, payment: UUID) -> HttpResponse:
    """GET: how it stands. POST: on to the provider."""
    found = _own(request, payment)
    if request.method in ("GET", "HEAD"):
        return _page(request, found)
    if request.method != "POST":
        return HttpResponseNotAllowed(["GET", "POST"])
    try:
        return HttpResponseRedirect(actions.begin(payment, _who(request).identifier, _language(), clock.now()))
    except BadInput:
        return HttpResponseRedirect(found.url)  # it was paid or closed meanwhile: the page says so
    except Unavailable as problem:
        log.warning("unavailable", who=problem.who, reason=problem.reason, path=request.path)
        response = _page(request, found, silent=True, status=503)
        response["Retry-After"] = str(problem.retry_after_seconds)
        return response


@access.person
def back(request: HttpRequest, payment: UUID) -> HttpResponse:
    """Where the provider sends the browser: nothing it brings is believed, the provider itself is asked."""
    found = _own(request, payment)
    if live := queries.live_attempt(found.id):
        try:
            actions.ask_now(live, clock.now())
        except Unavailable as problem:
            log.warning("unavailable", who=problem.who, reason=problem.reason, path=request.path)
    return HttpResponseRedirect(found.url)


@access.quiet
@access.person
def state(request: HttpRequest, payment: UUID) -> HttpResponse:
    """For the script of a page that waits."""
    return JsonResponse({"state": _shown_state(_own(request, payment))})


@access.person
def receipt(request: HttpRequest, payment: UUID) -> HttpResponse:
    """What was paid, to be printed or saved."""
    found = _own(request, payment)
    if found.state != rules.PAID:
        raise Http404
    words = {"payment": found, "rows": _receipt_rows(found, _who(request)), "demo": settings.PENCERE.demo}
    return render(request, "payments/receipt.html", words)


def _page(request: HttpRequest, found: PaymentView, *, silent: bool = False, status: int = 200) -> HttpResponse:
    words = {
        "payment": found,
        "amount": _money(found.amount, found.currency),
        "rows": _rows(found),
        "can_pay": found.state == rules.ASKED and not _is_late(found) and not found.differs,
        "waits": found.under_way and found.state in (rules.ASKED, rules.CLOSING),
        "shown_state": _shown_state(found),
        "is_late": found.because == rules.LATE or _is_late(found),
        "refunds": _refunds(found),
        "return_to": _return_to(found),
        "silent": silent,
    }
    return render(request, "payments/pay.html", words, status=status)


def _own(request: HttpRequest, payment: UUID) -> PaymentView:
    found = queries.payment_for(payment, _who(request).identifier)
    if found is None:
        raise Http404
    return found


def _rows(found: PaymentView) -> list[Row]:
    language = _language()
    rows = [
        Row(gettext("What for"), writing.words(found.title, language), _kind(found)),
        Row(gettext("Amount"), _money(found.amount, found.currency)),
        Row(gettext("To whom"), writing.words(found.payee_names, language)),
        Row(gettext("Case"), found.case),
    ]
    if found.state == rules.PAID and found.paid_at:
        rows.append(Row(gettext("Paid on"), writing.moment(found.paid_at, language)))
    elif found.until:
        rows.append(Row(gettext("To be paid by"), writing.moment(found.until, language)))
    return rows


def _receipt_rows(found: PaymentView, who: Who) -> list[Row]:
    language = _language()
    rows = [
        Row(gettext("What for"), writing.words(found.title, language), _kind(found)),
        Row(gettext("Amount"), _money(found.amount, found.currency)),
        Row(gettext("Paid by"), who.name),
        Row(gettext("Paid to"), writing.words(found.payee_names, language)),
        Row(gettext("Account of the payee"), iban.show(found.iban)),
        Row(gettext("Code of the payment"), found.code),
        Row(gettext("Paid on"), writing.moment(found.paid_at, language) if found.paid_at else ""),
        Row(gettext("Case"), found.case),
        Row(gettext("Number of the payment"), found.id),
        Row(gettext("Number at the payment service"), found.receipt),
        Row(gettext("Entry in the ledger"), found.leaf),
    ]
    rows += [Row(gettext("Paid back"), line) for line in _refunds(found)]
    return [row for row in rows if row.value]


def _refunds(found: PaymentView) -> list[str]:
    """A sentence for each sum on its way back, or back."""
    lines = []
    for one in (*((found.refund,) if found.refund else ()), *found.surplus):
        amount = _money(one.amount, found.currency)
        if one.done_at:
            words = {"amount": amount, "day": writing.day(one.done_at, _language())}
            lines.append(gettext("%(amount)s was paid back on %(day)s.") % words)
        else:
            lines.append(
                gettext("%(amount)s is being paid back to you. You need not do anything.") % {"amount": amount}
            )
    return lines


def _kind(found: PaymentView) -> str:
    kinds = {"state_duty": gettext("State duty"), "service_fee": gettext("Service fee")}
    return kinds.get(found.kind, "")


def _shown_state(found: PaymentView) -> str:
    """Changes whenever the page would say something else."""
    refund = "" if found.refund is None else ("back" if found.refund.done_at else "going-back")
    return "-".join((found.state, *(["open"] if found.under_way else []), *([refund] if refund else [])))


def _is_late(found: PaymentView) -> bool:
    return found.state == rules.ASKED and found.until is not None and found.until <= clock.now()


def _return_to(found: PaymentView) -> str:
    """The caller's page in the language of the reader; their own page where the caller named none."""
    codes = "|".join(code for code, _ in settings.LANGUAGES)
    path = re.sub(rf"^/({codes})(?=/)", "", access.safe_path(found.return_to, ""))
    return f"/{_language()}{path}" if path else f"/{_language()}/me/"


def _money(minor: int, currency: str) -> str:
    return money.show(Money(minor, currency), _language())


def _who(request: HttpRequest) -> Who:
    who: Who = request.who  # type: ignore[attr-defined]
    return who


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
