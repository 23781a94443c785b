"""What an officer types: how an open question is settled and why; why a certificate is taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pencere.country.course import GRANT, REFUSE
from pencere.ui.choosing import SEARCH_KEY, Listed
from pencere.ui.fields import Choice, LongText, Option, Written, YesOrNo

REASONS_LEAST, REASONS_MOST = 10, 2000


def _reasons(
    label: Promise, help_text: Promise, *, missing: Promise | None = None, most: int = REASONS_MOST
) -> LongText:
    return LongText(
        length=(REASONS_LEAST, most),
        label=label,
        help_text=help_text,
        error_messages={"required": missing or _("Write the reasons.")},
    )


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
        self.fields["reasons"] = _reasons(
            _("Reasons"), _("The applicant reads them. Say which fact decided it, and what the person can do next.")
        )


class RecheckForm(DecideForm):
    """What becomes of a grant that a register did not take."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["outcome"] = Choice(
            ((GRANT, str(_("Stand by it and send it again"))), (REFUSE, str(_("Take the grant back")))),
            label=_("What do you decide?"),
            error_messages={"required": _("Choose whether you stand by it or take it back.")},
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


class AppealForm(forms.Form):
    """Why a decision should be made again."""

    use_required_attribute = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reasons"] = _reasons(
            _("Why do you disagree?"),
            _("Say what is wrong in the decision, and what you know that proves it."),
            missing=_("Write why you disagree."),
        )


class HandOverForm(forms.Form):
    """That the right person has it, or that it is on its way to them."""

    use_required_attribute = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["seen"] = YesOrNo(
            label=_("Did you compare the person with their document, or the address with the application?"),
            error_messages={"required": _("Choose whether you compared it.")},
        )

    def clean_seen(self) -> bool:
        if self.cleaned_data["seen"] is False:
            raise ValidationError(_("Compare it first, then hand it over."), "not_compared")
        return True


class ExtendForm(forms.Form):
    """Why the answer takes longer."""

    use_required_attribute = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reasons"] = _reasons(
            _("Why does it take longer?"), _("The applicant reads it, and is told of the new day.")
        )


class CorrectForm(forms.Form):
    """Why a decision is corrected; to the person's loss only with a law and a hearing."""

    use_required_attribute = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reasons"] = _reasons(_("What was wrong, and how do you know?"), _("The applicant reads it."))
        self.fields["law"] = Written(
            label=_("Law that allows a correction to the person’s loss"),
            help_text=_("Needed only if the person loses something by it."),
            required=False,
        )
        self.fields["hearing"] = LongText(
            length=(0, REASONS_MOST),
            label=_("When and how the person was heard"),
            help_text=_("Needed only if the person loses something by it."),
            required=False,
        )


class RevokeForm(forms.Form):
    """Why a certificate no longer holds."""

    use_required_attribute = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reason"] = _reasons(
            _("Reason"),
            _("The holder reads it. Whoever checks the document sees that it was taken back, not why."),
            missing=_("Write the reason."),
            most=500,
        )
