"""The links of identity beside the person's name."""

from django.utils.translation import gettext_lazy as _

from pencere.ui.links import Entry

PERSON = [
    Entry(_("Sign in"), "sign-in", 10, shown="signed_out"),
    Entry(_("Security"), "security", 80, shown="officer"),
    Entry(_("Sign out"), "sign-out", 90, shown="signed_in", post=True),
]
