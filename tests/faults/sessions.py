"""Run inside an installation's environment: makes sessions for so many synthetic persons, prints them as JSON.

With `officer IDENTIFIER`, one of an officer of the demo, who has shown their second factor.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def main(words: list[str]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "pencere.conf.settings"
    import django

    django.setup()
    from django.conf import settings

    from pencere.identity.demo_provider import people

    known = people.read(settings.PENCERE.data / "demo" / "people.jsonl").every()
    if words[0] == "officer":
        found = [person for person in known if person.is_officer and person.identifier == words[1]]
    else:
        found = [person for person in known if not person.is_officer and person.note is None][: int(words[0])]
    json.dump([_made(person) for person in found], sys.stdout)


def _made(person: Any) -> dict[str, str]:
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore

    from pencere.base import clock
    from pencere.identity import actions, queries, sessions

    now = int(clock.now().timestamp())
    account = actions.sign_in(person.identifier, person.name, "substantial", clock.now())
    session = SessionStore()
    session["_auth_user_id"] = str(account.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = account.get_session_auth_hash()
    session[queries.LEVEL_KEY] = "substantial"
    session[queries.SIGNED_IN_KEY] = session[sessions.SEEN_KEY] = now
    if person.is_officer:
        session[queries.CONFIRMED_KEY] = now
    session.create()
    return {"session": session.session_key or "", "person": person.identifier}


if __name__ == "__main__":
    main(sys.argv[1:])
