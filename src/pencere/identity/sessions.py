"""A session: how it begins, is prolonged, ends, and what a person gets back who was away too long.

It ends after 30 minutes without a page, after 12 hours in any case. A form that arrives after its end is kept for the
same person: a signed cookie remembers whose session it was, and after the next sign-in the form can be sent on. So is
a form of ours whose token is too old, because its person has signed in anew in another tab; and one before which
something else has to be said in the new session (a second factor, for what an officer looks). Files are not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from pencere.base import clock
from pencere.identity import queries, rules

SEEN_KEY = "identity_seen"
KEPT_KEY = "identity_kept_form"
"""Keys of the session: when its person last asked for a page, to the minute; a form that came too late."""

COOKIE = "pencere_last"
COOKIE_SECONDS = 24 * 3600
SALT = "pencere.identity.last"
LONGEST_FORM = 64 * 1024
FORM_TYPE, FILE_FORM_TYPE = "application/x-www-form-urlencoded", "multipart/form-data"
_FORM_TYPES = (FORM_TYPE, FILE_FORM_TYPE)


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form that arrived after the end of its session, or (`expired`) too early in a new one."""

    path: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]  # names of the files that came with it, which are not kept
    expired: bool


def begin(request: HttpRequest, level: str) -> None:
    """What a new sign-in writes into its session; the second factor has to be confirmed anew."""
    now = int(clock.now().timestamp())
    request.session[queries.LEVEL_KEY] = level
    request.session[queries.SIGNED_IN_KEY] = now
    request.session[SEEN_KEY] = now
    request.session.pop(queries.CONFIRMED_KEY, None)
    kept = request.session.get(KEPT_KEY)
    if kept and kept.get("of") != str(request.user.pk):
        del request.session[KEPT_KEY]


def confirm(request: HttpRequest) -> None:
    """The second factor was right: the session may open offices and gets a new id."""
    request.session.cycle_key()
    request.session[queries.CONFIRMED_KEY] = int(clock.now().timestamp())


def end_if_over(request: HttpRequest) -> None:
    """Idle too long, or older than any session may be."""
    if not request.user.is_authenticated:
        return
    signed_in = request.session.get(queries.SIGNED_IN_KEY, 0)
    if rules.must_end(signed_in, request.session.get(SEEN_KEY, signed_in), clock.now().timestamp()):
        logout(request)


def prolong(request: HttpRequest) -> None:
    """A page was asked for; written down at most once a minute."""
    if request.user.is_authenticated:
        now = clock.now().timestamp()
        if rules.must_touch(request.session.get(SEEN_KEY, 0), now):
            request.session[SEEN_KEY] = int(now)


def seconds_left(request: HttpRequest) -> int:
    """Until this session ends if no page is asked for; 0 if nobody has signed in."""
    if not request.user.is_authenticated:
        return 0
    signed_in = request.session.get(queries.SIGNED_IN_KEY, 0)
    seen = request.session.get(SEEN_KEY, signed_in)
    return rules.seconds_left(signed_in, seen, clock.now().timestamp())


def sweep(now: datetime) -> int:
    """Deletes the sessions that are over; returns how many rows went."""
    with transaction.atomic():
        return Session.objects.filter(expire_date__lt=now).delete()[0]


# ---- a form that came too late


def remember(response: HttpResponse, account_id: str) -> None:
    """Marks the browser as that of this account, for the day; says nothing to anybody but us."""
    response.set_cookie(
        COOKIE,
        signing.dumps(account_id, salt=SALT),
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def ended_of(request: HttpRequest) -> str:
    """The account id whose session ended in this browser without a sign-out; empty if none did."""
    try:
        found: str = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=COOKIE_SECONDS)
    except signing.BadSignature:
        return ""
    return found


def keep_form(request: HttpRequest) -> None:
    """Keeps what was typed, if it is a form of a person whose session has ended here."""
    if request.method == "POST" and request.content_type in _FORM_TYPES:
        _keep(request, ended_of(request), expired=False)


def keep_early_form(request: HttpRequest) -> None:
    """Keeps what was typed by somebody who has signed in, and from whom something else is asked first."""
    if request.method == "POST" and request.content_type in _FORM_TYPES and request.user.is_authenticated:
        _keep(request, str(request.user.pk), expired=True)


def keep_expired_form(request: HttpRequest) -> bool:
    """Keeps what was typed into a form of ours whose token is too old, if its person is signed in; whether it did.

    A form that another site made is never kept: the browser says where it comes from.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not _is_from_here(request) or request.method != "POST":
        return False
    if request.content_type not in _FORM_TYPES:
        return False
    return _keep(request, str(user.pk), expired=True)


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the page that sent the form is one of ours: by `Origin`, or where there is none by `Referer`."""
    told = request.headers.get("Origin") or request.headers.get("Referer", "")
    try:
        origin = urlsplit(told)
    except ValueError:
        return False
    return f"{origin.scheme}://{origin.netloc}" == settings.PENCERE.url


def _keep(request: HttpRequest, of: str, *, expired: bool) -> bool:
    if not of:
        return False
    fields = [[name, value] for name, values in request.POST.lists() for value in values]
    fields = [[name, value] for name, value in fields if name != "csrfmiddlewaretoken"]
    files = [str(file.name) for _, sent in request.FILES.lists() for file in sent]
    if sum(len(name) + len(value) for name, value in fields) > LONGEST_FORM:
        return False
    path = request.get_full_path()
    request.session[KEPT_KEY] = {"of": of, "path": path, "fields": fields, "files": files, "expired": expired}
    return True


def kept_form(request: HttpRequest) -> KeptForm | None:
    """The kept form of the person who has signed in; None if there is none."""
    kept = request.session.get(KEPT_KEY)
    if not kept or kept["of"] != str(request.user.pk):
        return None
    fields = tuple((name, value) for name, value in kept["fields"])
    return KeptForm(kept["path"], fields, tuple(kept.get("files", ())), kept.get("expired", False))


def forget_sent(request: HttpRequest) -> None:
    """A form that has come to its page after all is kept no longer."""
    kept = request.session.get(KEPT_KEY) if request.method == "POST" else None
    if kept and kept["path"] == request.get_full_path():
        drop_form(request)


def drop_form(request: HttpRequest) -> None:
    request.session.pop(KEPT_KEY, None)
