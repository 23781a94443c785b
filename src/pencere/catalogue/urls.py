"""Addresses of the catalogue, the same words in every language."""

from __future__ import annotations

from django.urls import include, path

from pencere.catalogue import machine, views

_pages = (
    path("services/", views.services, name="services"),
    path("services/<slug:service_id>/", views.service, name="service"),
    path("life/<slug:event_id>/", views.life_event, name="life-event"),
    path("agencies/", views.agencies, name="agencies"),
    path("agencies/<slug:agency_id>/", views.agency, name="agency"),
)
urlpatterns = [path("", include((_pages, "catalogue")))]

plain_urlpatterns = [
    path("api/services", machine.services, name="api-services"),
    path("api/services/<slug:service_id>", machine.service, name="api-service"),
    path("api/services/<slug:service_id>/answers.json", machine.answers, name="api-answers"),
    path("api/services/<slug:service_id>/decisions.dmn", machine.decisions, name="api-decisions"),
    path("schemas/<slug:kind>.json", machine.language_schema, name="schema"),
]
