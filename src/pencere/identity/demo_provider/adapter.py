"""What the provider says about a person: the identifier, the name, and that the sign-in was substantial."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from pencere import country
from pencere.identity.demo_provider import persons

LEVEL = "http://eidas.europa.eu/LoA/high"


class Adapter(DefaultOIDCAdapter):
    def get_issuer(self) -> str:
        return str(settings.PENCERE.demo_idp_url)

    def get_user_sub(self, client: Client, user: AbstractBaseUser) -> str:
        return str(user.get_username())

    def get_user_by_sub(self, client: Client, sub: str) -> AbstractBaseUser | None:
        return persons.subject(sub)

    def get_claims(
        self,
        purpose: Literal["id_token", "userinfo"],
        user: AbstractBaseUser,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        sub = self.get_user_sub(client, user)
        person = persons.by_sub(sub)
        claims: dict[str, Any] = {"sub": sub, "acr": LEVEL}
        if person is not None and "profile" in scopes:
            claims |= {claim_name(): person.identifier, "name": person.name}
        return claims


def claim_name() -> str:
    """As the portal expects it."""
    return str(settings.PENCERE.oidc_identifier_claim or country.current().person.identifier)
