"""Addresses: the check of a code or a file, the download, what machines ask. `/az/verify/CODE` is what a QR says."""

from __future__ import annotations

from django.urls import path, re_path

from pencere.certificates import machine, views

_CODE = r"(?P<code>[A-Za-z0-9_-]{1,64})"

urlpatterns = [
    path("verify/", views.start, name="verify"),
    re_path(rf"^verify/{_CODE}/?$", views.code, name="verify-code"),
    path("me/documents/<uuid:certificate>/<slug:language>.pdf", views.download, name="document-file"),
]

plain_urlpatterns = [
    re_path(rf"^api/verify/{_CODE}/?$", machine.verify, name="api-verify"),
    path(".well-known/pencere-trust.json", machine.trust_list, name="trust-list"),
]
