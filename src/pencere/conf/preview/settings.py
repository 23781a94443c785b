"""Settings of the preview: those of an installation, with its own pages and the reading of saved files before all."""

from __future__ import annotations

from pencere.conf.settings import *  # noqa: F403
from pencere.conf.settings import INSTALLED_APPS as _APPS
from pencere.conf.settings import MIDDLEWARE as _ALL

INSTALLED_APPS = [*_APPS, "pencere.conf.preview"]
MIDDLEWARE = [
    "pencere.conf.preview.pages.Middleware",
    *(each for each in _ALL if each != "pencere.conf.kept_pages.Middleware"),
]
ROOT_URLCONF = "pencere.conf.preview.urls"
