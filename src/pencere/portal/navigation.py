"""What the portal hands in to the menus."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pencere.ui.links import Entry

CITIZEN = (
    Entry(_("My page"), "portal:me", 20),
    Entry(_("My documents"), "portal:documents", 30),
    Entry(_("Who saw my data"), "portal:who-saw", 40),
)
FOOTER = (
    Entry(_("Verify a document"), "verify", 10),
    Entry(_("Privacy"), "portal:privacy", 30),
    Entry(_("Accessibility"), "portal:accessibility", 40),
)
DEMO = (Entry(_("Who is who"), "portal:who-is-who", 10),)
