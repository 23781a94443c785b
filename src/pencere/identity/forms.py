"""Forms of the second factor."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """The six digits that an app shows."""

    use_required_attribute = False
    code = forms.CharField(
        label=_("Code from your app"),
        help_text=_("Six digits. A new code comes every 30 seconds."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": _("Enter the code that your app shows.")},
    )
    code.width = "5"  # type: ignore[attr-defined]


class PasskeyForm(forms.Form):
    """What the browser's passkey answered, as JSON; filled in by a script. `cleaned_data["answer"]` is the object."""

    use_required_attribute = False
    answer = forms.CharField(max_length=20_000, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        try:
            answer = json.loads(self.cleaned_data.get("answer", ""))
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            self.errors.pop("answer", None)
            raise forms.ValidationError(_("The passkey did not answer. Try again."), "no_answer")
        return {**self.cleaned_data, "answer": answer}


class NewPasskeyForm(PasskeyForm):
    """… and what its owner calls it."""

    name = forms.CharField(
        label=_("Name of the passkey"),
        help_text=_("For example “Office computer”. It helps you tell your passkeys apart."),
        max_length=60,
        error_messages={"required": _("Enter a name for the passkey.")},
    )
