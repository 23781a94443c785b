"""Every part's pages, found by discovery. Language first: `/az/…`; what machines ask stands without one."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver

from pencere.conf import discovery

_pages: list[URLPattern | URLResolver] = []
_plain: list[URLPattern | URLResolver] = []
for _module in discovery.modules("urls"):
    if _module.__name__ != __name__:
        _pages += getattr(_module, "urlpatterns", [])
        _plain += getattr(_module, "plain_urlpatterns", [])

urlpatterns = [*_plain, *i18n_patterns(*_pages, prefix_default_language=True)]

handler400 = "pencere.conf.errors.bad_request"
handler403 = "pencere.conf.errors.not_allowed"
handler404 = "pencere.conf.errors.not_found"
handler500 = "pencere.conf.errors.broken"
