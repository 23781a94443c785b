"""Whom the claims of an ID token name: the country's identifier and the name, read strictly."""

from __future__ import annotations

from typing import Any

from pencere import country
from pencere.base import writing
from pencere.base.errors import BadInput
from pencere.identity import actions, openid


def identifier(claims: dict[str, Any]) -> str:
    """Raises openid.BadClaim."""
    claim = claims.get(openid.claim_name())
    if not isinstance(claim, str) or not claim.strip():
        raise openid.BadClaim("missing")
    try:
        return actions.read_identifier(claim)
    except BadInput as problem:
        raise openid.BadClaim("unreadable") from problem


def name(claims: dict[str, Any]) -> str:
    """As the provider writes it, or put together from its parts. Raises openid.BadClaim."""
    language = country.current().languages[0]
    written = country.current().writing[language]
    given = claims.get("name")
    if not isinstance(given, str) or not given.strip():
        parts = {"given": claims.get("given_name"), "surname": claims.get("family_name")}
        given = writing.full_name({key: str(part) for key, part in parts.items() if part}, written)
    try:
        return writing.clean(given, written)[:200]
    except BadInput as problem:
        raise openid.BadClaim("unreadable") from problem
