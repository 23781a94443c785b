"""Who a session belongs to, read by a statement made once. `settings.AUTHENTICATION_BACKENDS` names it."""

from __future__ import annotations

from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend

from pencere.identity.models import Account
from pencere.statements.queries import Rows

_accounts = Rows(Account, "id = %s")


class Backend(AuthenticationBackend):
    def get_user(self, user_id: UUID) -> Account | None:
        return _accounts.first(user_id)
