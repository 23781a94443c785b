"""What an officer types: how an open question is settled and why; why a certificate is taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pencere.country.course import GRANT, REFUSE
from pencere.ui.choosing import SEARCH_KEY, Listed
from pencere.ui.fields import Choice, LongText, Option, YesOrNo

REASONS_LEAST, REASONS_MOST = 10, 2000


class DecideForm(forms.Form):
    """Grant or refuse, with reasons that the person reads."""

    use_required_attribute = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["outcome"] = Choice(
            ((GRANT, str(_("Grant"))), (REFUSE, str(_("Refuse")))),
            label=_("What do you decide?"),
            error_messages={"required": _("Choose whether you grant or refuse.")},
        )
        self.fields["reasons"] = LongText(
            length=(REASONS_LEAST, REASONS_MOST),
            label=_("Reasons"),
            help_text=_("The applicant reads them. Say which fact decided it, and what the person can do next."),
            error_messages={"required": _("Write the reasons.")},
        )


class ConsentForm(forms.Form):
    """Whether we may ask a register that the law lets us ask only if the person agrees. Nothing is ticked before."""

    use_required_attribute = False

    def __init__(self, labels: Mapping[str, tuple[str, str]], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, (label, hint) in labels.items():
            self.fields[name] = YesOrNo(
                label=label, help_text=hint, error_messages={"required": _("Choose whether you agree.")}
            )


class PlaceForm(forms.Form):
    """A place among those that are free; a long list is searched."""

    use_required_attribute = False

    def __init__(self, options: Sequence[Option], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["place"] = Listed(
            label=_("Which one?"), error_messages={"required": _("Choose one from the list.")}
        )
        self.fields["place"].options = tuple(options)  # type: ignore[attr-defined]

    @property
    def is_search(self) -> bool:
        return self.is_bound and SEARCH_KEY in self.data


class RevokeForm(forms.Form):
    """Why a certificate no longer holds."""

    use_required_attribute = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reason"] = LongText(
            length=(REASONS_LEAST, 500),
            label=_("Reason"),
            help_text=_("The holder reads it. Whoever checks the document sees that it was taken back, not why."),
            error_messages={"required": _("Write the reason.")},
        )
