"""Where django-allauth asks us: who may sign in, how a second factor is kept and named.

Everything of allauth that we do not need (passwords, e-mail, sign-up, its own pages) is not routed at all.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import requests
import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import get_language

from pencere.base import clock, identifiers, secrets
from pencere.identity import access, actions, openid, pages, people_named, sessions
from pencere.identity.rules import level_of

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Signing in is nothing but the provider's word; a second factor is asked for where an office begins."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return []

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """The session gets a new id; what it says about the sign-in starts afresh."""
        super().login(request, user)
        sessions.begin(request, user.level)  # type: ignore[attr-defined]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return pages.my_page(get_language() or settings.LANGUAGE_CODE)

    def is_safe_url(self, url: str) -> bool:
        return access.safe_path(url, "") == url


class ProviderAdapter(DefaultSocialAccountAdapter):
    """The provider's word, turned into an account: by the country's identifier and nothing else."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> openid.Provider:
        return openid.Provider(request, app=openid.app())

    def get_requests_session(self) -> requests.Session:
        return openid.session()

    def generate_state_param(self, state: dict[str, Any]) -> str:
        return identifiers.random_code(192)

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> AbstractBaseUser:
        """Nothing is taken over field by field; `pre_social_login` finds or makes the account."""
        return sociallogin.user  # type: ignore[return-value]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        claims = sociallogin.account.extra_data.pop("claims", {})
        try:
            sociallogin.user = actions.sign_in(
                people_named.identifier(claims),
                people_named.name(claims),
                level_of(str(claims.get("acr", ""))),
                clock.now(),
            )
        except openid.BadClaim as problem:
            log.warning("sign-in without a usable claim", reason=problem.reason)
            raise ImmediateHttpResponse(pages.no_person(request, problem.reason)) from problem

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Every way in which a sign-in fails gets its own sentence; the log gets the kind of failure, no content."""
        state = (extra_context or {}).get("state") or {}
        next_path = access.safe_path(state.get("next"), "")
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(pages.stopped(request, next_path))
        log.warning("sign-in failed", kind=type(exception).__name__ if exception else "state", error=str(error))
        if isinstance(exception, requests.RequestException):
            raise ImmediateHttpResponse(pages.no_answer(request, next_path))
        raise ImmediateHttpResponse(pages.not_held(request, next_path))


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors lie encrypted in the database; the key is a file beside it."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """What an authenticator app shows. A name, never the identifier: it would stand in the app's cloud."""
        return str(user.name)  # type: ignore[attr-defined]


def _box() -> Fernet:
    key = secrets.read_or_make(settings.PENCERE.keys / "second-factor-key")
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))
