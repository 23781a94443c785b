"""The process that draws pages: Typst and the QR code, and nothing else. Started by `rendering`, never imported.

Reads requests from standard input and answers on standard output, each a length (4 bytes) and JSON; a PDF follows
as raw bytes. It holds no key, opens no database and has no way to the network: the address of a proxy that does
not exist stands in its environment, and a page that names a package is refused before it is compiled.
"""

from __future__ import annotations

import json
import re
import resource
import signal
import struct
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import typst
import zxingcpp

MEMORY = 2 * 1024**3
LONGEST_SECONDS = 30
MOST_PAGES = 10
MOST_COMPILERS = 24
MOST_BYTES = 5 * 1024 * 1024
_PAGE = re.compile(rb"/Type ?/Page\b")

_compilers: dict[tuple[str, str, str], typst.Compiler] = {}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for our parent, whose end we see by the closed pipe
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while (head := requests.read(4)) and len(head) == 4:
        request = json.loads(requests.read(struct.unpack(">I", head)[0]))
        signal.alarm(LONGEST_SECONDS)  # should our parent have died, nobody else ends a page that never ends
        try:
            pdf = _render(request)
        except (typst.TypstError, ValueError, RuntimeError, OSError, MemoryError) as problem:
            _answer(answers, {"problem": str(problem)[:2000] or type(problem).__name__}, b"")
        else:
            signal.alarm(0)
            _answer(answers, {"length": len(pdf), "processor_seconds": time.process_time()}, pdf)


def _answer(answers: BinaryIO, words: dict[str, Any], pdf: bytes) -> None:
    head = json.dumps(words, ensure_ascii=False).encode()
    answers.write(struct.pack(">I", len(head)) + head + pdf)
    answers.flush()


def _render(request: dict[str, Any]) -> bytes:
    compiler = _compiler(request["page"], request["root"], request["fonts"])
    inputs = {"facts": request["facts"], "qr": qr_svg(request["qr"])}
    pdf = compiler.compile(
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=["a-2a", "ua-1"],
        timestamp=datetime.fromtimestamp(request["moment"], UTC),
    )
    if not isinstance(pdf, bytes):
        raise ValueError("no single file came out")
    pages = len(_PAGE.findall(pdf))
    if pages > MOST_PAGES:
        raise ValueError(f"{pages} pages; a certificate has at most {MOST_PAGES}")
    if len(pdf) > MOST_BYTES:
        raise ValueError(f"{len(pdf)} bytes; a certificate has at most {MOST_BYTES}")
    return pdf


def _compiler(page: str, root: str, fonts: str) -> typst.Compiler:
    """One for each page, kept: making one costs twice as much as a document. This process has a single thread."""
    found = _compilers.get((page, root, fonts))
    if found is None:
        if len(_compilers) >= MOST_COMPILERS:
            _compilers.clear()
        packages = str(Path(root) / "no-packages")
        known = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
        found = typst.Compiler(page, root=root, font_paths=known, package_path=packages, package_cache_path=packages)
        _compilers[page, root, fonts] = found
    return found


def qr_svg(text: str) -> str:
    """The QR code as SVG, medium error correction, with its quiet zone."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    return str(zxingcpp.write_barcode_to_svg(code, add_quiet_zones=True))


if __name__ == "__main__":
    main()
