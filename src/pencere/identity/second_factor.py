"""A second factor of an officer: the code of an app (TOTP, RFC 6238) or a passkey (WebAuthn).

Kept in allauth's table, secrets encrypted. A code counts once, in all processes; after five wrong ones in a row none
is read for five minutes. A passkey's challenge is used up by the first answer, and the origin must be PENCERE_URL.
"""

from __future__ import annotations

import base64
import secrets as chance
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import zxingcpp
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from pencere.base.errors import BadInput
from pencere.identity import rules
from pencere.identity.models import Account

SECRET_KEY = "identity_new_secret"  # noqa: S105
CHALLENGE_KEY = "identity_challenge"
"""Keys of the session: the secret of an app that is being added; the challenge that a passkey has to answer."""

CODE, PASSKEY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN
KINDS = {CODE: "code", PASSKEY: "passkey"}


@dataclass(frozen=True, slots=True)
class Factor:
    """One second factor, as its owner sees it."""

    id: int
    kind: str  # code passkey
    name: str
    added: datetime
    used: datetime | None


def factors(account: Account) -> tuple[Factor, ...]:
    """Oldest first."""
    rows = Authenticator.objects.filter(user=account, type__in=(CODE, PASSKEY)).order_by("created_at", "id")
    return tuple(
        Factor(row.id, KINDS[row.type], row.data.get("name", ""), row.created_at, row.last_used_at) for row in rows
    )


def remove(account: Account, factor: int) -> None:
    """Raises BadInput "last_factor": without any, the next sign-in could not open the office."""
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().filter(user=account, type__in=(CODE, PASSKEY))
        chosen = [row for row in rows if row.id == factor]
        if chosen and len(rows) == 1:
            raise BadInput("last_factor")
        for row in chosen:
            row.delete()


# ---- codes


def new_secret(session: SessionBase) -> str:
    """The secret of the app that is being added; the same for every look at the page until it is activated."""
    kept = session.get(SECRET_KEY)
    if kept:
        return str(get_adapter().decrypt(kept))
    secret = base64.b32encode(chance.token_bytes(20)).decode()
    session[SECRET_KEY] = get_adapter().encrypt(secret)
    return secret


def picture(account: Account, secret: str) -> str:
    """The QR code for an app, as an address of data that an `<img>` shows."""
    drawn = zxingcpp.create_barcode(app_address(account, secret), zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    svg = zxingcpp.write_barcode_to_svg(drawn, scale=6)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def app_address(account: Account, secret: str) -> str:
    """What an authenticator app reads. It names the officer, never by the identifier."""
    adapter = get_adapter()
    label = quote(f"{adapter.get_totp_issuer()}:{adapter.get_totp_label(account)}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': adapter.get_totp_issuer()})}"


def activate_code(account: Account, session: SessionBase, code: str, now: datetime) -> bool:
    """Adds the app if it shows the right code; it replaces an earlier app."""
    secret = new_secret(session)
    step = rules.step_of(secret, _digits(code), now.timestamp(), after=0)
    if step is None:
        return False
    keep_secret(account, secret, now, step=step)
    del session[SECRET_KEY]
    return True


def keep_secret(account: Account, secret: str, now: datetime, *, step: int = 0) -> None:
    """Stores the secret of an app in place of an earlier one; codes up to `step` are used."""
    with transaction.atomic():
        Authenticator.objects.filter(user=account, type=CODE).delete()
        Authenticator.objects.create(
            user=account,
            type=CODE,
            data={"secret": get_adapter().encrypt(secret), "step": step},
            created_at=now,
            last_used_at=now if step else None,
        )


def check_code(account: Account, code: str, now: datetime) -> None:
    """Uses a code up. Raises BadInput "wrong_code", "no_code" (no app), "too_many" (wait some minutes)."""
    problem = ""
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(user=account, type=CODE).first()
        if row is None:
            raise BadInput("no_code")
        wrong, wrong_at = row.data.get("wrong", 0), row.data.get("wrong_at", 0)
        if rules.must_wait(wrong, wrong_at, now.timestamp()):
            problem = "too_many"
        else:
            secret = get_adapter().decrypt(row.data["secret"])
            step = rules.step_of(secret, _digits(code), now.timestamp(), after=row.data.get("step", 0))
            if step is None:
                problem = "wrong_code"
                wrong = 1 if wrong >= rules.TRIES else wrong + 1
                row.data |= {"wrong": wrong, "wrong_at": int(now.timestamp())}
            else:
                row.data |= {"step": step, "wrong": 0, "wrong_at": 0}
                row.last_used_at = now
            row.save(update_fields=["data", "last_used_at"])
    if problem:  # raised after the commit, so that the wrong try is counted
        raise BadInput(problem)


def _digits(code: str) -> str:
    """What was typed without blanks; at most as many digits as a code has are looked at."""
    digits = "".join(code.split())
    return digits if digits.isascii() and digits.isdigit() and len(digits) == rules.DIGITS else ""


# ---- passkeys


def ask_new_passkey(account: Account, session: SessionBase) -> dict[str, Any]:
    """What the browser needs to make a passkey; the answer goes to `add_passkey`."""
    user = PublicKeyCredentialUserEntity(id=account.id.bytes, name=account.name, display_name=account.name)
    options, challenge = _server().register_begin(
        user,
        credentials=[data for _row, data in _passkeys(account)],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    session[CHALLENGE_KEY] = {"for": "new", **challenge}
    return dict(options.public_key)


def add_passkey(account: Account, session: SessionBase, answer: dict[str, Any], name: str, now: datetime) -> None:
    """Raises BadInput "wrong_passkey"."""
    challenge = _use_up(session, "new")
    try:
        made = _server().register_complete(challenge, answer)
        RegistrationResponse.from_dict(answer)
    except (ValueError, TypeError, KeyError) as problem:
        raise BadInput("wrong_passkey") from problem
    Authenticator.objects.create(
        user=account,
        type=PASSKEY,
        data={"name": name[:60], "credential": answer, "counter": made.counter},
        created_at=now,
        last_used_at=None,
    )


def ask_passkey(account: Account, session: SessionBase) -> dict[str, Any] | None:
    """What the browser needs to use one of the account's passkeys; None if it has none."""
    known = [data for _row, data in _passkeys(account)]
    if not known:
        return None
    options, challenge = _server().authenticate_begin(known, user_verification=UserVerificationRequirement.PREFERRED)
    session[CHALLENGE_KEY] = {"for": "check", **challenge}
    return dict(options.public_key)


def check_passkey(account: Account, session: SessionBase, answer: dict[str, Any], now: datetime) -> None:
    """Raises BadInput "wrong_passkey", also for one whose counter ran backwards: then a copy of it is about."""
    challenge = _use_up(session, "check")
    with transaction.atomic():
        known = _passkeys(account)
        try:
            used = _server().authenticate_complete(challenge, [data for _row, data in known], answer)
            counter = AuthenticationResponse.from_dict(answer).response.authenticator_data.counter
        except (ValueError, TypeError, KeyError) as problem:
            raise BadInput("wrong_passkey") from problem
        row = next(row for row, data in known if data.credential_id == used.credential_id)
        before = row.data.get("counter", 0)
        if (counter or before) and counter <= before:
            raise BadInput("wrong_passkey")
        row.data["counter"] = counter
        row.last_used_at = now
        row.save(update_fields=["data", "last_used_at"])


def _server() -> Fido2Server:
    address = urlsplit(settings.PENCERE.url)
    party = PublicKeyCredentialRpEntity(id=address.hostname or "", name="Pəncərə")
    return Fido2Server(party, verify_origin=lambda origin: origin == settings.PENCERE.url)


def _passkeys(account: Account) -> list[tuple[Authenticator, AttestedCredentialData]]:
    found = []
    for row in Authenticator.objects.filter(user=account, type=PASSKEY).order_by("id"):
        data = RegistrationResponse.from_dict(row.data["credential"]).response.attestation_object.auth_data
        if data.credential_data is not None:
            found.append((row, data.credential_data))
    return found


def _use_up(session: SessionBase, purpose: str) -> dict[str, Any]:
    challenge = session.pop(CHALLENGE_KEY, None) or {}
    if challenge.pop("for", "") != purpose:
        raise BadInput("wrong_passkey")
    return dict(challenge)
