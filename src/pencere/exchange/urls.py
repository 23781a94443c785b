"""Addresses: the page of the demo where something happens at other agencies."""

from __future__ import annotations

from django.urls import path

from pencere.exchange import views

urlpatterns = [path("demo/agencies/", views.agencies, name="demo-agencies")]
