"""One byte string for one value, so that hashes mean something. Follows RFC 8785 for what we store:

objects with text keys, lists, text, whole numbers, true, false and null. Numbers with a fraction are
refused: they are written as text, so that no two machines can differ about them.
"""

from __future__ import annotations

import hashlib
import json

_encoded = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

Value = None | bool | int | str | list["Value"] | tuple["Value", ...] | dict[str, "Value"]


def canonical(value: Value) -> bytes:
    """The value as UTF-8 JSON without blanks, keys in order. Raises TypeError for a fraction or another kind."""
    _demand_plain(value)
    return _encoded(value).encode()


def sha256_hex(value: Value) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def _demand_plain(value: Value) -> None:
    if value is None or isinstance(value, bool | int | str):
        return
    if isinstance(value, list | tuple):
        for item in value:
            _demand_plain(item)
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key is text, not {key!r}")
            _demand_plain(item)
        return
    raise TypeError(f"{type(value).__name__} has no canonical form; write it as text")
