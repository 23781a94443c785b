"""What an officer says beside a row: on what a correction rests, why special data is opened, why they refuse."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pencere.registers.stating import LEAST, MOST, names_somebody
from pencere.ui.choosing import SEARCH_KEY, Several
from pencere.ui.fields import LongText, Written
from pencere.ui.uploads import File, Keeping

DESK = "desk"
"""What a page asks beside the fields of a row is called `desk-…`: a row may have a field `reason` or `document`."""
REASON_LEAST, REASON_MOST = 10, 1000
DOCUMENT_MOST = 120


class GroundsForm(forms.Form):
    """On what a change rests: a reason, and the number of a document or its file.

    `how`: a correction must say both; so must a change that a second officer confirms, and `demand` is called once
    that is known. Where it is touched (`touches_special`) an end always is one.
    """

    prefix = DESK
    use_required_attribute = False

    def __init__(
        self, *args: Any, keeping: Keeping, how: str, asks_reason: bool, touches_special: bool = False, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        is_correction = how == "correct"
        self.needed = needed = is_correction or (how == "end" and touches_special)
        if asks_reason:
            self.fields["reason"] = LongText(
                length=(REASON_LEAST, REASON_MOST),
                label=_("What was wrong, and how do you know?") if is_correction else _("Reason"),
                help_text=_("It stays with the correction, beside what was said before.")
                if is_correction
                else _("The officer who confirms it reads it.")
                if needed
                else _("Needed where data of a special category changes. The officer who confirms it reads it.")
                if touches_special
                else _("Why this changes. It stays in the history of the row."),
                required=needed,
                error_messages={"required": _("Write the reason.")},
            )
        self.fields["document"] = Written(
            length=(0, DOCUMENT_MOST),
            label=_("Number and day of the document"),
            help_text=_("Of the decision, act or letter on which it rests. Or add the document as a file."),
            required=False,
        )
        self.fields["paper"] = File(label=_("The document as a file"), required=False)
        self.fields["document"].optional = self.fields["paper"].optional = not needed  # type: ignore[attr-defined]
        self.fields["paper"].keeping = keeping  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if (
            self.needed
            and not found.get("document")
            and not found.get("paper")
            and not {"document", "paper"} & set(self.errors)
        ):
            self.add_error("document", ValidationError(_("Write the number of the document, or add its file."), "none"))
        return found

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and SEARCH_KEY in self.data:
            self.errors.clear()

    def demand(self) -> bool:
        """Says what is missing where both must be said; whether nothing is."""
        found = self.cleaned_data
        if not found.get("reason"):
            self.add_error("reason", ValidationError(_("Write the reason."), "required"))
        if not found.get("document") and not found.get("paper"):
            self.add_error("document", ValidationError(_("Write the number of the document, or add its file."), "none"))
        return not self.errors

    @property
    def paper_kept(self) -> tuple[str, str]:
        """What a page sends so that the file need not be sent again: a name, and a token or ""."""
        field = self.fields["paper"]
        return f"{self.add_prefix('paper')}_kept", field.token if isinstance(field, File) else ""

    @property
    def paper_name(self) -> str:
        field = self.fields["paper"]
        return field.kept.name if isinstance(field, File) and field.kept else ""

    @property
    def document_said(self) -> str:
        """The number, the file, or both, as the register keeps it."""
        return " ".join(part for part in (self.cleaned_data["document"], self.cleaned_data["paper"]) if part)


class SpecialForm(forms.Form):
    """Why data of a special category is opened: its own look."""

    use_required_attribute = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["need"] = Written(
            length=(LEAST, MOST),
            label=_("For what do you need them?"),
            help_text=_("The person reads it. Name nobody."),
            error_messages={"required": _("Write the reason, or the number of the case.")},
        )

    def clean_need(self) -> str:
        text: str = self.cleaned_data["need"]
        if names_somebody(text):
            raise ValidationError(_("Leave out the identifier of the person: others read this, too."), "names_somebody")
        return text


class SureForm(forms.Form):
    """That numbers of persons whom the register of persons does not have stand so on the document, each for itself."""

    prefix = DESK
    use_required_attribute = False

    def __init__(self, *args: Any, persons: tuple[str, ...], **more: Any) -> None:
        super().__init__(*args, **more)
        said = gettext("%(number)s: I compared it with the document, and it stands there so.")
        self.fields["sure"] = Several(
            tuple((each, said % {"number": each}) for each in persons),
            label=_("A number that is not known"),
            help_text=_("Tick it only if you hold the document: a wrong number makes this row somebody else's."),
            required=False,
        )
        self.fields["sure"].optional = False  # type: ignore[attr-defined]

    def clean_sure(self) -> list[str]:
        """What was said of other numbers before counts no more."""
        found: list[str] = self.cleaned_data["sure"]
        return found

    @property
    def said(self) -> tuple[str, ...]:
        return tuple(self.cleaned_data.get("sure") or ()) if self.is_valid() else ()


class TurnDownForm(forms.Form):
    """Why a proposal is turned down, or taken back by who made it (`own`)."""

    use_required_attribute = False

    def __init__(self, *args: Any, own: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reason"] = LongText(
            length=(REASON_LEAST, REASON_MOST),
            label=_("Why do you take it back?") if own else _("Why not?"),
            help_text="" if own else _("Who proposed it reads it, too."),
            error_messages={"required": _("Write the reason.")},
        )
