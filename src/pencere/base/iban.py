"""Account numbers as banks write them (ISO 13616): two letters of the country, two check digits, then the account."""

from __future__ import annotations

import re

from pencere.base import writing
from pencere.base.errors import BadInput

_SHAPE = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)


def read(text: str) -> str:
    """The number without blanks, letters as capitals. Raises BadInput "wrong_shape" or "wrong_check_digit"."""
    typed = re.sub(r"[\s\u00a0\u202f.\-–]", "", text)
    capitals = writing.capitals(typed)
    if _SHAPE.fullmatch(capitals) is None:
        raise BadInput("wrong_shape")
    if remainder(capitals) != 1:
        raise BadInput("wrong_check_digit")
    return capitals


def remainder(iban: str) -> int:
    """Of the number, its head put last and letters as 10 to 35, divided by 97; 1 if the check digits are right."""
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97


def show(iban: str) -> str:
    """In groups of four, as it stands on paper."""
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
