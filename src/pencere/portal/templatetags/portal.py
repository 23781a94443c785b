"""`{% load portal %}`: words about documents, agencies and languages."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from pencere import country
from pencere.base import clock
from pencere.catalogue import queries as catalogue
from pencere.certificates.queries import CertificateView, PaperView
from pencere.ui import context

register = template.Library()


@register.simple_tag
def document_state(document: CertificateView) -> SafeString:
    """The state as a word, coloured as well."""
    word, colour = {
        "genuine": (gettext("valid"), "green"),
        "revoked": (gettext("taken back"), "red"),
        "superseded": (gettext("replaced by a newer one"), "grey"),
        "expired": (gettext("no longer valid"), "grey"),
    }[document.state]
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, word)


@register.simple_tag
def paper_url(document: CertificateView, paper: PaperView) -> str:
    return reverse("document-file", args=[document.id, paper.language])


@register.filter
def agency_name(id_: str) -> str:
    language = get_language() or settings.LANGUAGE_CODE
    card = catalogue.agency_card(id_, language, clock.day_in(country.current().time_zone))
    return card.name if card else id_


@register.filter
def language_name(code: str) -> str:
    return context.language_name(code)
