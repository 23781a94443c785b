"""Django's sessions in the database, read by a statement made once. `settings.SESSION_ENGINE` names this module."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from pencere.base import clock
from pencere.statements.queries import Rows

_sessions = Rows(Session, "session_key = %s")


class SessionStore(db.SessionStore):
    """The name is Django's, and part of what a session is signed with."""

    def _get_session_from_db(self) -> Session | None:
        found = _sessions.first(self.session_key)
        if found is None or found.expire_date <= clock.now():
            self._session_key = None
            return None
        return found

    def get_expiry_date(self, **given: object) -> datetime:
        return super().get_expiry_date(**{"modification": clock.now(), **given})  # type: ignore[no-any-return]
