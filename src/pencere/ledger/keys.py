"""The key that signs checkpoints and receipts: `keys/ledger`, made at first need; `keys/ledger.pub` is for everybody.

The key's name is the origin of the log: the public host at the time it was made, and "/ledger". It stays, even if
the host changes later, because it names the log and not an address.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from threading import get_ident

from django.conf import settings

from pencere.base import secrets
from pencere.ledger import notes
from pencere.ledger.notes import Signer, Verifier


def signer() -> Signer:
    return _signer(settings.PENCERE.keys, settings.PENCERE.host)


def verifier() -> Verifier:
    return signer().verifier


@lru_cache(maxsize=8)
def _signer(folder: Path, host: str) -> Signer:
    found = notes.read_signer(secrets.read_or_make(folder / "ledger", lambda: str(notes.make_signer(f"{host}/ledger"))))
    public = folder / "ledger.pub"
    if not public.exists():
        made = public.with_name(f".ledger.pub.{os.getpid()}.{get_ident()}")
        made.write_text(f"{found.verifier}\n")
        made.replace(public)
    return found
