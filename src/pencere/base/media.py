"""What a file is, told from its content and never from its name: PDF, JPEG or PNG; everything else is refused.

    judge(content) -> Judged(media_type, ending, width, height)

Reads no more than the head of a picture. Nothing is unpacked, drawn or run.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from pencere.base.errors import BadInput

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
PICTURES = (JPEG, PNG)
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}
NAMES = {PDF: "PDF", JPEG: "JPEG", PNG: "PNG"}
MOST_PIXELS = 12_000
"""A picture whose side is longer is refused: it would fill the memory of whoever opens it."""

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile")
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers of JPEG that hold height and width


@dataclass(frozen=True, slots=True)
class Judged:
    """A kind of file that may be kept; width and height in pixels, of pictures."""

    media_type: str
    width: int = 0
    height: int = 0

    @property
    def ending(self) -> str:
        return ENDINGS[self.media_type]

    @property
    def is_picture(self) -> bool:
        return self.media_type in PICTURES


def judge(content: bytes) -> Judged:
    """Raises BadInput "empty", "unknown_kind", "damaged", "active" (a PDF that runs something) or "too_many_pixels"."""
    if not content:
        raise BadInput("empty")
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    if content.startswith(_PNG_HEAD):
        return _picture(PNG, _png_size(content))
    if content.startswith(b"\xff\xd8\xff"):
        return _picture(JPEG, _jpeg_size(content))
    raise BadInput("unknown_kind")


def _pdf(content: bytes) -> Judged:
    if b"%%EOF" not in content[-2048:]:
        raise BadInput("damaged")
    if any(word in content for word in _ACTIVE):
        raise BadInput("active")
    return Judged(PDF)


def _picture(media_type: str, size: tuple[int, int] | None) -> Judged:
    if size is None or 0 in size:
        raise BadInput("damaged")
    if max(size) > MOST_PIXELS:
        raise BadInput("too_many_pixels", most=MOST_PIXELS)
    return Judged(media_type, *size)


def _png_size(content: bytes) -> tuple[int, int] | None:
    if content[12:16] != b"IHDR" or b"IEND" not in content[-64:]:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Goes from segment to segment until one says how large the picture is."""
    at = 2
    while at + 9 < len(content):
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + int(struct.unpack(">H", content[at + 2 : at + 4])[0])
    return None
