"""The process that draws pages of a PDF with PDFium, and nothing else. Started by `pages`, never imported.

Reads the PDF from standard input, draws one page (or none, number 0), and answers with how many pages there are, a
line, and the picture as PNG. It holds no key, opens no database and no file, and dies at its limits: 1 GB of memory,
10 seconds of processor.
"""

from __future__ import annotations

import resource
import struct
import sys
import zlib

import pypdfium2

MEMORY = 1024**3
SECONDS = 10
LONGEST_SIDE = 1800
"""Pixels: an A4 page with some 150 dots to the inch, to be read on a screen."""
LARGEST_SCALE = 4.0


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    number = int(sys.argv[1])
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
        pages = len(document)
        picture = _drawn(document, number) if number else b""
    except (pypdfium2.PdfiumError, ValueError, IndexError, MemoryError, OverflowError):
        sys.exit(3)
    sys.stdout.buffer.write(f"{pages}\n".encode() + picture)


def _drawn(document: pypdfium2.PdfDocument, number: int) -> bytes:
    page = document[number - 1]
    width, height = page.get_size()
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise ValueError("a page without a size")
    scale = min(LARGEST_SCALE, LONGEST_SIDE / max(width, height))
    # a strip of a hair's breadth would round to no pixel at all
    if min(width, height) * scale < 1:
        raise ValueError("a page without a size")
    return _png(page.render(scale=scale, rev_byteorder=True, force_bitmap_format=pypdfium2.raw.FPDFBitmap_BGR))


def _png(bitmap: pypdfium2.PdfBitmap) -> bytes:
    """The picture as PNG: red, green and blue, a byte each."""
    wide, content = bitmap.width * 3, bytes(bitmap.buffer)
    lines = b"".join(
        b"\0" + content[at : at + wide] for at in range(0, bitmap.height * bitmap.stride, bitmap.stride)
    )  # fmt: skip
    head = struct.pack(">IIBBBBB", bitmap.width, bitmap.height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(lines, 6)) + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


if __name__ == "__main__":
    main()
