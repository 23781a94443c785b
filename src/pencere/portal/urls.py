"""Addresses of the portal. `/` and addresses without a language lead to the reader's language (LocaleMiddleware)."""

from __future__ import annotations

from django.urls import include, path

from pencere.portal import demo, machines, mine, views

_pages = (
    path("", views.home, name="home"),
    path("me/", mine.my_page, name="me"),
    path("me/documents/", views.documents, name="documents"),
    path("me/access/", views.who_saw, name="who-saw"),
    path("me/access/whose/", views.whose, name="whose"),
    path("me/access/export/", views.who_saw_csv, name="who-saw-csv"),
    path("demo/", demo.who_is_who, name="who-is-who"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
)
urlpatterns = [path("", include((_pages, "portal")))]

plain_urlpatterns = [
    path("health/live", machines.live, name="health-live"),
    path("health/ready", machines.ready, name="health-ready"),
    path("metrics", machines.metrics, name="metrics"),
    path("robots.txt", machines.robots, name="robots"),
    path("favicon.ico", machines.favicon, name="favicon"),
]
