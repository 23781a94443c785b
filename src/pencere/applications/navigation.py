"""What applications hand in to the menus."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pencere.ui.links import Entry

CITIZEN = (Entry(_("My applications"), "applications:cases", 25),)
PERSON = (Entry(_("Desk"), "applications:desk", 5, shown="officer"),)
OFFICER = (
    Entry(_("Cases"), "applications:desk", 10, shown="officer"),
    Entry(_("Tasks"), "applications:desk-tasks", 12, shown="officer"),
)
