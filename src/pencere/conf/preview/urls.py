"""The addresses of an installation, and those of the preview."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from pencere.conf import urls
from pencere.conf.preview import pages

urlpatterns = [
    path("preview/stamp", pages.stamp, name="preview-stamp"),
    path("preview/reload.js", pages.script, name="preview-script"),
    *i18n_patterns(
        path("preview/", pages.start, name="preview"),
        path("preview/walk/<int:number>/", pages.walk, name="preview-walk"),
        path("preview/happen/<int:number>/", pages.happen, name="preview-happen"),
        path("preview/desk/", pages.desk, name="preview-desk"),
        prefix_default_language=True,
    ),
    *urls.urlpatterns,
]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
