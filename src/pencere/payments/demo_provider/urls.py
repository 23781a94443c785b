"""Addresses of the provider: what the portal asks, and the page for people."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import path

from pencere.payments.demo_provider import machine, views


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive", content_type="text/plain")


urlpatterns = [
    path("health/live", alive),
    path("orders", machine.orders),
    path("orders/<str:key>", machine.order),
    path("orders/<str:key>/close", machine.close),
    path("orders/<str:key>/refunds", machine.refunds),
    path("lines", machine.lines),
    *i18n_patterns(path("order/<str:token>/", views.order, name="order"), prefix_default_language=True),
]

handler404 = "pencere.payments.demo_provider.views.nowhere"
