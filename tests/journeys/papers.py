"""What an employer does with a paper: scan its code, change a byte, ask the command line."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from tests import tools


def code_of(pdf: bytes) -> str:
    """The address in the QR code of the first page, as a phone would read it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "paper.pdf").write_bytes(pdf)
        subprocess.run(
            [str(tools.program("pdftoppm")), "-r", "150", "-png", "paper.pdf", "page"], cwd=folder, check=True
        )
        picture = next(iter(sorted(Path(folder).glob("page*.png"))))
        read = subprocess.run(
            [str(tools.program("zbarimg")), "-q", "--raw", str(picture)], capture_output=True, text=True, check=True
        )
        return read.stdout.strip()


def text_of(pdf: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "paper.pdf").write_bytes(pdf)
        command = [str(tools.program("pdftotext")), "paper.pdf", "-"]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def with_one_byte_changed(pdf: bytes) -> bytes:
    middle = len(pdf) // 2
    return pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :]
