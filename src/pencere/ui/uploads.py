"""Form fields for files and photos. What was sent is kept at once, so a page that comes back has lost nothing.

The keeping itself is the caller's (`Keeping`): the form knows a file by its reference `sha256:…` only. Between two
pages it travels as a signed token, so that nobody takes another's file into a form by knowing its reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, gettext_lazy

from pencere.base import media
from pencere.base.errors import BadInput

MOST_BYTES = 10_000_000
PHOTO_MOST_BYTES = 5_000_000
NAME_MOST = 80

PHOTO_LEAST = (300, 385)
"""Pixels, width and height: 35 by 45 millimetres at 220 dots an inch."""
PHOTO_RATIO = (0.74, 0.82)
"""Width by height: 35 by 45 millimetres is 0.78; 3 by 4 centimetres is let pass."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept. `url`: where its owner may look at it; empty if nowhere yet."""

    reference: str
    name: str
    media_type: str
    size: int
    url: str = ""

    @property
    def is_picture(self) -> bool:
        return self.media_type in media.PICTURES

    @property
    def kind(self) -> str:
        return media.NAMES.get(self.media_type, "")


class Keeping(Protocol):
    """Where a form puts its files. `scope` is what a token is good for: one draft, one task."""

    scope: str

    def keep(self, content: bytes, name: str) -> Kept:
        """Keeps the content."""

    def find(self, reference: str, name: str = "") -> Kept | None:
        """What is kept under the reference; None if nothing is."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the control sends: a new file, or the token of the one that is kept, or the wish to remove that."""

    upload: UploadedFile | None
    token: str
    remove: bool


class FileInput(forms.FileInput):
    """The choice of a file, and `<name>_kept`, `<name>_remove` for the one that is there."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Sent:
        return Sent(files.get(name) if files else None, str(data.get(f"{name}_kept", "")), f"{name}_remove" in data)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in files and f"{name}_kept" not in data


class File(forms.Field):
    """A paper as a file: PDF, JPEG or PNG, told from its content."""

    component = "file"
    most = MOST_BYTES
    kinds: tuple[str, ...] = (media.PDF, *media.PICTURES)
    default_error_messages = {"required": gettext_lazy("Choose a file.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=FileInput, **options)
        self.widget.attrs["accept"] = ",".join(self.kinds)
        self.keeping: Keeping | None = None
        self.kept: Kept | None = None

    @property
    def advice(self) -> str:
        return gettext("PDF, JPEG or PNG, at most %(most)s MB.") % {"most": self.most // 1_000_000}

    def prepare_value(self, value: object) -> object:
        """The reference of a draft becomes what is kept under it."""
        if isinstance(value, str) and value and self.keeping is not None:
            self.kept = self.keeping.find(value)
        elif isinstance(value, Kept):
            self.kept = value
        return value

    def to_python(self, value: object) -> str:
        if not isinstance(value, Sent) or self.keeping is None:
            return ""
        if value.upload is not None:
            self.kept = self.keeping.keep(self._content(value.upload), _short(value.upload.name or ""))
        elif value.token and not value.remove:
            self.kept = self._of_token(value.token)
        return self.kept.reference if self.kept else ""

    @property
    def token(self) -> str:
        """Stands for the kept file in the page."""
        if self.kept is None or self.keeping is None:
            return ""
        return signing.dumps([self.kept.reference, self.kept.name], salt=_salt(self.keeping))

    def _of_token(self, token: str) -> Kept | None:
        assert self.keeping is not None
        try:
            reference, name = signing.loads(token, salt=_salt(self.keeping))
        except signing.BadSignature:
            return None
        return self.keeping.find(reference, name)

    def _content(self, upload: UploadedFile) -> bytes:
        if (upload.size or 0) > self.most:
            words = gettext("This file is larger than %(most)s MB. Choose a smaller one, or scan it in grey.")
            raise ValidationError(words % {"most": self.most // 1_000_000}, "too_large")
        content = upload.read()
        try:
            judged = media.judge(content)
        except BadInput as problem:
            raise ValidationError(self._sentence(problem.reason), problem.reason) from None
        if judged.media_type not in self.kinds:
            raise ValidationError(self._sentence("unknown_kind"), "unknown_kind")
        self.check(judged)
        return content

    def check(self, judged: media.Judged) -> None:
        """What else the file must be. Raises ValidationError."""

    def _sentence(self, reason: str) -> str:
        if reason == "unknown_kind":
            names = ", ".join(media.NAMES[kind] for kind in self.kinds)
            return gettext("This is no file of the kinds that we take: %(names)s. Save it as one of them.") % {
                "names": names
            }
        return {
            "empty": gettext("This file is empty. Choose another."),
            "active": gettext("This PDF holds a program or another file. Print it to a new PDF and choose that."),
            "too_many_pixels": gettext("This picture is too large to be opened safely. Make it smaller."),
        }.get(reason, gettext("This file is damaged. Open it on your device, save it again and choose it once more."))


class Photo(File):
    """A photo for a paper: a picture, upright, with the paper's proportions."""

    most = PHOTO_MOST_BYTES
    kinds = media.PICTURES
    default_error_messages = {"required": gettext_lazy("Choose a photo.")}

    @property
    def advice(self) -> str:
        return gettext(
            "A photo of the face as on a passport: upright, 35 mm wide and 45 mm high, or in the same proportions "
            "(at least %(width)s by %(height)s pixels). JPEG or PNG, at most %(most)s MB."
        ) % {"width": PHOTO_LEAST[0], "height": PHOTO_LEAST[1], "most": self.most // 1_000_000}

    def check(self, judged: media.Judged) -> None:
        if judged.width < PHOTO_LEAST[0] or judged.height < PHOTO_LEAST[1]:
            words = gettext(
                "This photo is too small: %(width)s by %(height)s pixels. "
                "It must be at least %(least_width)s by %(least_height)s."
            )
            raise ValidationError(
                words
                % {
                    "width": judged.width, "height": judged.height,
                    "least_width": PHOTO_LEAST[0], "least_height": PHOTO_LEAST[1],
                },
                "too_small",
            )  # fmt: skip
        if not PHOTO_RATIO[0] <= judged.width / judged.height <= PHOTO_RATIO[1]:
            words = gettext(
                "This photo is %(width)s by %(height)s pixels. Cut it so that it is upright and 35 to 45 in "
                "proportion, for example %(width)s by %(fitting)s."
            )
            fitting = round(judged.width * 45 / 35)
            raise ValidationError(
                words % {"width": judged.width, "height": judged.height, "fitting": fitting}, "proportions"
            )


def _salt(keeping: Keeping) -> str:
    return f"pencere.ui.uploads:{keeping.scope}"


def _short(name: str) -> str:
    """The name as the person knows it, without a folder; a long one keeps its ending."""
    name = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable())
    return name if len(name) <= NAME_MOST else f"{name[: NAME_MOST - 12]}…{name[-11:]}"
