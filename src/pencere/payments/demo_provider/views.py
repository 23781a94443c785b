"""The page where the visitor chooses what the bank does. Works without a script; says that no money moves."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from pencere.base import clock, iban, money
from pencere.base.money import Money
from pencere.payments.demo_provider import books
from pencere.payments.demo_provider.models import OPEN, Order
from pencere.ui import fields as kinds
from pencere.ui.pieces import Row

OPTIONS: tuple[kinds.Option, ...] = (
    (books.PAY, _("Pay"), _("The bank pays at once and tells the portal.")),  # type: ignore[assignment]
    (books.REFUSE, _("Refuse the payment"), _("The bank does not pay, as if the card had no money on it.")),
    (books.SLOWLY, _("Pay slowly"), _("The bank needs five seconds; you are back before it has paid.")),
    (books.TWICE, _("Pay, and say so twice"), _("The bank pays once, but tells the portal twice at the same moment.")),
    (
        books.NEVER,
        _("Pay, and never say so"),
        _("The bank pays after five seconds, but tells nobody. The portal has to ask."),
    ),
)


class ChoiceForm(forms.Form):
    """What the bank is to do."""

    use_required_attribute = False
    chosen = kinds.Choice(OPTIONS, label=_("What should the bank do?"), initial=books.PAY)


@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, token: str) -> HttpResponse:
    """The order's page; a choice leads back to the portal."""
    found = Order.objects.filter(token=token).exclude(back="").first()
    if found is None:
        return nowhere(request)
    form = ChoiceForm(request.POST) if request.method == "POST" else ChoiceForm()
    if form.is_bound and form.is_valid():
        decided = books.decide(token, form.cleaned_data["chosen"], clock.now())
        return HttpResponseRedirect(decided.back)
    language = get_language() or settings.LANGUAGE_CODE
    rows = [
        Row(gettext("What for"), found.what),
        Row(gettext("Amount"), money.show(Money(found.amount, found.currency), language)),
        Row(gettext("To whom"), found.payee),
        Row(gettext("Account of the payee"), iban.show(found.iban)),
        Row(gettext("Code of the payment"), found.code),
    ]
    words = {
        "form": form,
        "rows": [row for row in rows if row.value],
        "back": found.back,
        "is_open": found.state == OPEN and not found.chosen,
    }
    return render(request, "demo_payments/order.html", words)


def nowhere(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "demo_payments/nowhere.html", {"portal": settings.PENCERE.url}, status=404)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old: the page is shown anew."""
    return HttpResponseRedirect(request.get_full_path())
