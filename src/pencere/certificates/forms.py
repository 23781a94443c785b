"""What a checker may type or send. Nothing here is kept but, in the ledger, the organisation's name."""

from __future__ import annotations

import re

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pencere.certificates import rules


class CodeForm(forms.Form):
    """The code, or the address that stands under the QR code."""

    code = forms.CharField(
        label=_("Code or address"),
        help_text=_("The address stands under the QR code. You can paste all of it."),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Type the code or the address that stands under the QR code.")},
    )

    def clean_code(self) -> str:
        code = rules.code_in(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(
                gettext("This is not a code of a document: a code has 22 letters and digits. Copy the whole address.")
            )
        return code


class FileForm(forms.Form):
    """The PDF, or its hash where the browser took it."""

    file = forms.FileField(
        label=_("PDF file"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={"required": _("Choose the PDF file that you were given.")},
    )
    sha256 = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: QueryDict | None = None, files: MultiValueDict[str, UploadedFile] | None = None) -> None:
        super().__init__(data, files)
        if data and re.fullmatch("[0-9a-fA-F]{64}", data.get("sha256", "")):
            self.fields["file"].required = False


class AnswerForm(forms.Form):
    """The second factor, and who asks."""

    answer = forms.CharField(
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}),
    )
    organisation = forms.CharField(
        label=_("Your organisation"),
        help_text=_("The person whom the document is about will see this name."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )

    def __init__(self, data: QueryDict | None = None, *, factor: str) -> None:
        super().__init__(data)
        field = self.fields["answer"]
        field.width = "5"  # type: ignore[attr-defined]
        if factor == rules.BIRTH_YEAR:
            field.label = gettext("Year of birth of the person")
            field.help_text = gettext("Four digits. Ask the person who gave you the document.")
        else:
            field.label = gettext("Last four characters of the document's number")
            field.help_text = gettext("The number stands below the title of the document.")
        field.error_messages["required"] = gettext("Type this so that you can see what the document says.")
