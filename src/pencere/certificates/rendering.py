"""Draws the page of a certificate in a process of its own, which can be killed and never holds a key.

Limits: 100 kB of facts, 5 seconds, 10 pages. The process starts at first use (spawned, never forked: a fork after
Typst has run hangs for ever), serves one page at a time and is killed when it is late, broken or no longer needed.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import re
import selectors
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from pencere.base.errors import Problem

MOST_FACTS = 100_000
SECONDS = 5.0
_NO_NETWORK = "http://127.0.0.1:9"  # the discard port: whatever wanted to download fails at once
_PACKAGE = re.compile(r"""@(preview|local)\b|#?\b(import|include)\s*\(?\s*["']@""")


class CannotRender(Problem):
    """The page and its facts make no paper; the text says why (Typst's own words, or the limit)."""


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page is drawn from: its file, the folder it may read, the folder of the fonts."""

    template: Path
    root: Path
    fonts: Path


class Renderer:
    """One render process. Calls from several threads wait for each other; for more speed, make more of them."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self.processor_seconds = 0.0  # used by the process so far, as it last said

    def render(self, page: Page, facts: dict[str, object], qr: str, moment: datetime) -> bytes:
        """The PDF (A-2a and UA-1). The same input gives the same bytes. Raises CannotRender."""
        text = json.dumps(facts, ensure_ascii=False)
        if len(text.encode()) > MOST_FACTS:
            raise CannotRender(f"the facts have more than {MOST_FACTS} bytes")
        for file in (page.template, page.root / "certificates" / "sheet.typ"):
            if found := packages_named(file):
                raise CannotRender(f"{file.name}:{found[0]}: names a package; pages import only their own files")
        request = {
            "page": str(page.template),
            "root": str(page.root),
            "fonts": str(page.fonts),
            "facts": text,
            "qr": qr,
            "moment": int(moment.timestamp()),
        }
        with self._lock:
            return self._ask(json.dumps(request).encode())

    def close(self) -> None:
        with self._lock:
            self._kill()

    def _ask(self, request: bytes) -> bytes:
        process = self._running()
        assert process.stdin and process.stdout
        until = time.monotonic() + self._seconds
        try:
            process.stdin.write(struct.pack(">I", len(request)) + request)
            process.stdin.flush()
            head = json.loads(_read(process.stdout, struct.unpack(">I", _read(process.stdout, 4, until))[0], until))
            if "problem" in head:
                raise CannotRender(head["problem"])
            self.processor_seconds = head["processor_seconds"]
            return _read(process.stdout, head["length"], until)
        except (OSError, EOFError, TimeoutError) as problem:
            self._kill()
            raise CannotRender(str(problem) or "the render process died") from problem

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            environment = {
                "PATH": os.environ.get("PATH", ""),
                "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                "HTTP_PROXY": _NO_NETWORK,
                "HTTPS_PROXY": _NO_NETWORK,
                "ALL_PROXY": _NO_NETWORK,
                "http_proxy": _NO_NETWORK,
                "https_proxy": _NO_NETWORK,
                "HOME": "/nonexistent",
            }
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pencere.certificates.render_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
            )
            assert self._process.stdout
            os.set_blocking(self._process.stdout.fileno(), False)
            atexit.register(self.close)
        return self._process

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(BrokenPipeError):  # what it had not read is lost with it
                    pipe.close()


def packages_named(template: Path) -> tuple[int, ...]:
    """Lines on which the file, if there is one, names a package. Packages would be downloaded."""
    found: list[int] = []
    if not template.is_file():
        return ()
    for number, line in enumerate(template.read_text().splitlines(), 1):
        if _PACKAGE.search(line.split("//", 1)[0] if '"' not in line else line):
            found.append(number)
    return tuple(found)


def _read(pipe: IO[bytes], length: int, until: float) -> bytes:
    """Exactly `length` bytes. Raises TimeoutError when it is late, EOFError when the process is gone."""
    content = bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        while len(content) < length:
            if not waiting.select(max(until - time.monotonic(), 0)):
                raise TimeoutError("the page took too long")
            piece = os.read(pipe.fileno(), min(length - len(content), 1 << 20))
            if not piece:
                raise EOFError("the render process died")
            content += piece
    return bytes(content)


shared = Renderer()
"""The one of this process; nothing is started before its first page."""
