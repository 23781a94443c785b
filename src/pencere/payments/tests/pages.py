"""A URLconf for the tests of this part: its own pages and those of the sign-in."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns

from pencere.identity import urls as identity
from pencere.payments import urls

urlpatterns = [
    *identity.plain_urlpatterns,
    *urls.plain_urlpatterns,
    *i18n_patterns(*identity.urlpatterns, *urls.urlpatterns, prefix_default_language=True),
]

handler404 = "pencere.conf.errors.not_found"
handler500 = "pencere.conf.errors.broken"
