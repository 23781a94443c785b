"""Run inside an installation's environment: makes sessions for so many synthetic persons, prints them as JSON."""

from __future__ import annotations

import json
import os
import sys


def main(number: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "pencere.conf.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore

    from pencere.base import clock
    from pencere.identity import actions, queries, sessions
    from pencere.identity.demo_provider import people

    found = [
        person
        for person in people.read(settings.PENCERE.data / "demo" / "people.jsonl").every()
        if not person.is_officer and person.note is None
    ]
    made = []
    now = int(clock.now().timestamp())
    for person in found[:number]:
        account = actions.sign_in(person.identifier, person.name, "substantial", clock.now())
        session = SessionStore()
        session["_auth_user_id"] = str(account.pk)
        session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
        session["_auth_user_hash"] = account.get_session_auth_hash()
        session[queries.LEVEL_KEY] = "substantial"
        session[queries.SIGNED_IN_KEY] = session[sessions.SEEN_KEY] = now
        session.create()
        made.append({"session": session.session_key, "person": person.identifier})
    json.dump(made, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
