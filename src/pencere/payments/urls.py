"""Addresses: the page of a payment, the way back from the provider, the receipt; where the provider tells us."""

from __future__ import annotations

from django.urls import path

from pencere.payments import machine, views

urlpatterns = [
    path("pay/<uuid:payment>/", views.pay, name="pay"),
    path("pay/<uuid:payment>/back/", views.back, name="pay-back"),
    path("pay/<uuid:payment>/state/", views.state, name="pay-state"),
    path("pay/<uuid:payment>/receipt/", views.receipt, name="pay-receipt"),
]

plain_urlpatterns = [path("api/payments/tell", machine.tell, name="api-payments-tell")]
