"""What registers hand in to the menus."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pencere.ui.links import Entry

OFFICER = (
    Entry(_("Registers"), "registers:registers", 20, shown="officer"),
    Entry(_("To confirm"), "registers:proposals", 21, shown="officer"),
    Entry(_("Paper archive"), "paper:fonds", 22, shown="officer"),
    Entry(_("Loads"), "registers:loads", 24, shown="officer"),
)
FOOTER = (
    Entry(_("How digital are the registers?"), "registers:digital", 25),
    Entry(_("Open data"), "registers:open", 26),
)
