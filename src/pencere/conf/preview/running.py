"""Starts the preview: an installation in a folder of its own, thrown away when it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType

import click

NOT_MADE = ("pencere.portal.prepare",)
"""The nation is not needed: persons are invented when an example is chosen."""


def preview(service: str, country: Path, address: str) -> int:
    """Blocks until told to stop; gives the exit status."""
    with tempfile.TemporaryDirectory(prefix="pencere-preview-") as folder:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PENCERE_")}
        environ |= {
            "PENCERE_DATA": folder, "PENCERE_DEMO": "yes", "PENCERE_COUNTRY": str(country.resolve()),
            "PENCERE_ADDRESS": address, "PENCERE_URL": f"http://localhost:{address.rpartition(':')[2]}",
            "PREVIEWED_SERVICE": service, "DJANGO_SETTINGS_MODULE": "pencere.conf.preview.settings",
        }  # fmt: skip
        click.echo(f"{environ['PENCERE_URL']}/en/preview/  (Ctrl+C ends it; files are read again when you save)")
        signal.signal(signal.SIGTERM, _interrupt)
        child = subprocess.Popen([sys.executable, "-m", "pencere.conf.preview.serving"], env=environ)
        try:
            return child.wait()
        except KeyboardInterrupt:
            child.terminate()
            child.wait(timeout=10)
            return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Being told to stop is the same as Ctrl+C: the folder goes, and what was started ends."""
    raise KeyboardInterrupt
