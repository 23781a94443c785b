"""A host portal asks in the name of a person who signed in there: `Authorization: Bearer <ID token>`.

The token is that of the country's one provider, made for a client that PENCERE_HOST_PORTALS names; every check of
OpenID Connect holds but the nonce, which is the host's own. Nothing is stored but the account, as at any sign-in. No
cookie counts on these addresses, so no page of another site can ask in somebody's name. Officers do not work so.
"""

from __future__ import annotations

import jwt
import structlog
from django.conf import settings
from django.http import HttpRequest

from pencere.base import clock
from pencere.identity import actions, openid, people_named
from pencere.identity.queries import NOBODY, Who
from pencere.identity.rules import level_of

log = structlog.get_logger(__name__)
_WORD = "Bearer "


def who_of(request: HttpRequest) -> Who:
    """The person that the token names; NOBODY without one that holds. Raises Unavailable if the provider is silent."""
    given = request.headers.get("Authorization", "")
    if not given.startswith(_WORD):
        return NOBODY
    token = given.removeprefix(_WORD).strip()
    client = _client_of(token)
    if client is None:
        return NOBODY
    try:
        claims = openid.verified_claims(token, None, client)
        level = level_of(str(claims.get("acr", "")))
        account = actions.sign_in(people_named.identifier(claims), people_named.name(claims), level, clock.now())
    except (openid.NotGenuine, openid.BadClaim) as problem:
        log.warning("bearer refused", reason=str(problem))
        return NOBODY
    return Who(True, str(account.id), account.identifier, account.name, level, (), False)


def _client_of(token: str) -> str | None:
    """The host portal for which the token says it was made, if we know it. Proves nothing yet."""
    try:
        audience = jwt.decode(token, options={"verify_signature": False}).get("aud")
    except jwt.PyJWTError:
        return None
    named = audience if isinstance(audience, list) else [audience]
    return next((client for client in settings.PENCERE.host_portals if client in named), None)
