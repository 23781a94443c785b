"""For what an officer looks: a reason or the number of a case, said once for each register in a session.

Every person whose data is shown reads it, so it may name nobody.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from pencere import country
from pencere.base import identifiers
from pencere.base.errors import BadInput
from pencere.registers.desk_rights import Seat
from pencere.registers.using import shape_of
from pencere.ui.fields import Written

KEY, BACK = "registers_stated", "registers_back"
"""Of the session: what was said for each register; where the officer was going when asked."""
LEAST, MOST = 3, 60


class StateForm(forms.Form):
    """What the officer looks for."""

    use_required_attribute = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["stated"] = Written(
            length=(LEAST, MOST),
            label=_("What do you look for?"),
            help_text=_(
                "A reason or the number of a case, for example: Request 118 of 4 May. "
                "Every person whose data you see reads it, so name nobody."
            ),
            error_messages={"required": _("Write the reason, or the number of the case.")},
        )

    def clean_stated(self) -> str:
        text: str = self.cleaned_data["stated"]
        if names_somebody(text):
            raise ValidationError(_("Leave out the identifier of the person: others read this, too."), "names_somebody")
        return text


def names_somebody(text: str) -> bool:
    """Whether an identifier of a person stands in the text: not a mere word, not a mere number of a case."""
    here = country.current()
    kind = here.identifiers[here.person.identifier]
    for word in re.split(r"[^\w-]+", text):
        if not any(sign.isdigit() for sign in word) or (word.isdigit() and kind.check is None):
            continue
        try:
            identifiers.read(kind, word)
        except BadInput:
            continue
        return True
    return False


def stated(request: HttpRequest, seat: Seat) -> str | None:
    """What was said; "" where nothing has to be, None where it is still to be asked."""
    if not shape_of(seat.register.id).is_personal:
        return ""
    found = request.session.get(KEY, {}).get(seat.register.id)
    return str(found) if found else None


def state(request: HttpRequest, seat: Seat, text: str) -> None:
    request.session[KEY] = {**request.session.get(KEY, {}), seat.register.id: text}
