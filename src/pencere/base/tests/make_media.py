"""Files as people send them, as small as they can be."""

from __future__ import annotations

import struct
import zlib


def png(width: int = 413, height: int = 531, shade: int = 200) -> bytes:
    """A grey picture."""
    rows = (b"\x00" + bytes([shade]) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def jpeg(width: int = 413, height: int = 531) -> bytes:
    """The head of a picture, which is all that is judged."""
    text = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00" + bytes(9)
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + bytes(3)
    return b"\xff\xd8" + text + frame + bytes(32) + b"\xff\xd9"


def pdf(words: str = "Order 7", pages: int = 1) -> bytes:
    """Empty pages, that a reader of PDF can draw."""
    numbers = range(4, 4 + pages)
    kids = " ".join(f"{number} 0 R" for number in numbers)
    page = "<< /Type /Page /Parent 3 0 R /MediaBox [0 0 200 100] >>"
    objects = [f"<< /Title ({words}) >>", "<< /Type /Catalog /Pages 3 0 R >>",
               f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>", *(page for _number in numbers)]  # fmt: skip
    body = "".join(f"{number} 0 obj\n{each}\nendobj\n" for number, each in enumerate(objects, 1))
    return f"%PDF-1.7\n{body}trailer\n<< /Root 2 0 R /Info 1 0 R >>\n%%EOF\n".encode()


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
