"""What the catalogue hands in to the menus."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pencere.ui.links import Entry

CITIZEN = (Entry(_("Services"), "catalogue:services", 10),)
FOOTER = (Entry(_("Agencies"), "catalogue:agencies", 20),)
