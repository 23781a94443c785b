"""Our side of OpenID Connect, on django-allauth, with what it leaves out: a nonce, and the ID token's signature is
always verified. State, PKCE and the code are allauth's. Nothing that the provider says about a person is kept but
the identifier, the name and the level; tokens are not stored.
"""

from __future__ import annotations

import hashlib
import secrets as chance
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
import structlog
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from pencere import country
from pencere.base import clock, secrets
from pencere.base.errors import Unavailable
from pencere.identity.rules import token_flaw

log = structlog.get_logger(__name__)

PROVIDER = "openid"
TIME_OUT = (3.0, 5.0)
"""Seconds to connect, and to wait for the answer."""
KEPT_SECONDS = 600
"""How long the provider's addresses and keys are kept before they are asked for again."""
FRESH_SECONDS = 10
"""… and how often at most when a token names a key that we do not know."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a public key only: a token signed with our own secret would prove nothing to anybody."""
ASKED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class NotGenuine(ProviderException):
    """The provider's answer does not hold; the text says why, in a word, and carries nothing of the person."""


class BadClaim(Exception):
    """The answer is genuine, but does not say who the person is. `reason` is a stable word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Kept:
    at: float
    value: dict[str, Any]


_kept: dict[str, _Kept] = {}
_lock = Lock()


class Adapter(OpenIDConnectOAuth2Adapter):
    """Speaks with the provider."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        return metadata()

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return str(settings.PENCERE.url + reverse("sign-in-callback"))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> Any:
        answer = kwargs["response"]
        claims = verified_claims(str(answer.get("id_token", "")), self.nonce)
        if claim_name() not in claims and "userinfo_endpoint" in metadata():
            told = self._fetch_user_info(token.token)
            if told.get("sub") != claims["sub"]:
                raise NotGenuine("userinfo of somebody else")
            claims = {**told, **claims}
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})


class Provider(OpenIDConnectProvider):
    """The one provider of this installation, as `PENCERE_OIDC_*` names it."""

    oauth2_adapter_class = Adapter
    pkce_enabled_default = True

    def get_oauth2_adapter(self, request: HttpRequest) -> Adapter:
        return Adapter(request, PROVIDER)

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Stands in the session for the time of the sign-in; not the provider's own number of the person."""
        return hashlib.sha256(data["id_token"]["sub"].encode()).hexdigest()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"claims": data["id_token"]}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}


class Callback(OAuth2CallbackView):
    """Takes the person back. The state is used up by the first look at it."""

    state: dict[str, Any] | None = None

    def _get_state(self, request: HttpRequest, provider: Provider) -> tuple[dict[str, Any] | None, HttpResponse | None]:
        state, refusal = super()._get_state(request, provider)
        self.state = state
        self.adapter.nonce = str((state or {}).get("nonce", ""))  # type: ignore[attr-defined]
        return state, refusal


def issuer() -> str:
    """The provider's name of itself; in the demo, unless another is configured, the demo's own provider."""
    chosen: str = settings.PENCERE.oidc_issuer
    return chosen or (settings.PENCERE.demo_idp_url if settings.PENCERE.demo else "")


def claim_name() -> str:
    """The claim that holds the person's identifier."""
    return str(settings.PENCERE.oidc_identifier_claim or country.current().person.identifier)


def app() -> SocialApp:
    """Our registration at the provider; never stored in the database."""
    return SocialApp(
        provider=Provider.id,
        provider_id=PROVIDER,
        name=PROVIDER,
        client_id=settings.PENCERE.oidc_client,
        secret=secrets.read(settings.PENCERE.keys / "oidc-secret") or "",
        settings={"server_url": issuer(), "scope": ["openid", "profile"], "oauth_pkce_enabled": True},
    )


def begin(request: HttpRequest, next_path: str, language: str) -> HttpResponse:
    """Sends the browser to the provider. Raises Unavailable if the provider does not answer."""
    nonce = chance.token_urlsafe(24)
    return Provider(request, app=app()).redirect(
        request,
        process="login",
        next_url=next_path,
        nonce=nonce,
        language=language,
        auth_params={"nonce": nonce, "ui_locales": language},
    )


def language_of(request: HttpRequest) -> str:
    """The language in which the person began to sign in; the request's own if that is not known."""
    states = statekit.get_states(request)
    kept = states.get(request.GET.get("state", ""))
    language = str(kept[0].get("language", "")) if kept else ""
    return language if language in dict(settings.LANGUAGES) else translation.get_language()


# ---- what the provider says about itself


def metadata() -> dict[str, Any]:
    """The provider's addresses. Raises Unavailable if it does not answer, or answers something else."""
    name = issuer()
    if not name:
        raise Unavailable("sign-in", "no provider is configured: set PENCERE_OIDC_ISSUER")
    return _ask(f"{name}/.well-known/openid-configuration", _check_metadata)


def signing_key(token_header: dict[str, Any]) -> jwt.PyJWK:
    """The provider's public key for this token; keys are asked for anew once if it is not among those we know."""
    address = metadata()["jwks_uri"]
    for fresh in (False, True):
        keys = _ask(address, _check_keys, fresh=fresh)["keys"]
        usable = [key for key in keys if key.get("kty") != "oct" and key.get("use", "sig") == "sig"]
        named = [key for key in usable if key.get("kid") == token_header.get("kid")]
        if named or (len(usable) == 1 and "kid" not in token_header):
            try:
                return jwt.PyJWK.from_dict((named or usable)[0], algorithm=token_header["alg"])
            except jwt.PyJWTError as problem:
                raise NotGenuine("key of another kind") from problem
    raise NotGenuine("unknown key")


def verified_claims(token: str, nonce: str | None, client: str | None = None) -> dict[str, Any]:
    """The claims of an ID token after every check of OpenID Connect Core 3.1.3.7. Raises NotGenuine, Unavailable.

    `client`: for whom the token was made, if not for us; then `nonce` is None.
    """
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise NotGenuine("algorithm")
        claims: dict[str, Any] = jwt.decode(
            token,
            key=signing_key(header),
            algorithms=[header["alg"]],
            options={"verify_aud": False, "verify_iss": False, "verify_exp": False, "verify_iat": False},
        )
    except jwt.PyJWTError as problem:
        raise NotGenuine("signature") from problem
    flaw = token_flaw(claims, issuer(), client or settings.PENCERE.oidc_client, nonce, clock.now().timestamp())
    if flaw:
        raise NotGenuine(flaw)
    return claims


def session() -> requests.Session:
    """For every question to the provider: with a time-out, and without a proxy to this very machine."""
    asking = requests.Session()
    host = urlsplit(issuer()).hostname or ""
    asking.trust_env = host not in ("localhost", "127.0.0.1", "::1")
    asking.request = partial(asking.request, timeout=TIME_OUT)  # type: ignore[method-assign]
    return asking


def forget() -> None:
    """For tests: what was kept of the provider is asked for anew."""
    with _lock:
        _kept.clear()


def _ask(address: str, check: Any, *, fresh: bool = False) -> dict[str, Any]:
    now = clock.now().timestamp()
    kept = _kept.get(address)
    if kept is not None and now - kept.at < (FRESH_SECONDS if fresh else KEPT_SECONDS):
        return kept.value
    try:
        with session() as asking:
            answer = asking.get(address)
            answer.raise_for_status()
            value = answer.json()
    except requests.RequestException as problem:
        raise Unavailable("sign-in", type(problem).__name__) from problem
    if not isinstance(value, dict) or not check(value):
        raise Unavailable("sign-in", "the provider's answer cannot be read")
    with _lock:
        _kept[address] = _Kept(now, value)
    return value


def _check_metadata(value: dict[str, Any]) -> bool:
    return value.get("issuer") == issuer() and all(
        isinstance(value.get(name), str) and urlsplit(value[name]).scheme in ("http", "https") for name in ASKED
    )


def _check_keys(value: dict[str, Any]) -> bool:
    keys = value.get("keys")
    return isinstance(keys, list) and all(isinstance(key, dict) for key in keys)
