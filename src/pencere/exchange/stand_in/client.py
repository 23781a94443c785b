"""The port's side of the stand-in: sends messages, believes nothing, logs the look before a value is handed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from typing import Any, TypeVar

import msgspec
from django.conf import settings

from pencere.base import secrets
from pencere.base.errors import Unavailable
from pencere.base.purpose import Purpose
from pencere.exchange.stand_in import messages
from pencere.exchange.wire import Change, Heard, Listing, Question, Rows, Taken
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look
from pencere.registers import queries as registers

SECONDS = 5.0
"""How long an answer is waited for; then the holder is silent."""
MOST_BYTES = 16 * 1024 * 1024

_encode = msgspec.json.Encoder().encode
Message = TypeVar("Message")


class StandIn:
    """Registers that are kept elsewhere, in the demo. See `exchange.asking.Holder`."""

    def answer(self, question: Question) -> Rows:
        agency = registers.agency_of(question.register)
        asked = messages.Asked(
            question.register,
            question.answer,
            _plain(question.by),
            question.take,
            messages.purpose_out(question.purpose),
            question.now,
            _plain(question.narrowed.only),
            dict(question.narrowed.not_before),
        )
        answered = _sent(agency, "/answer", asked, messages.Answered)
        about = [row.about for row in answered.rows]
        subjects = registers.subjects_seen(
            question.register, question.answer, question.by, about, question.purpose, question.narrowed
        )
        _log(question.register, question.answer, question.take, subjects, question.purpose, question.now)
        return tuple(row.values for row in answered.rows)

    def accept(self, change: Change) -> Taken:
        sent = messages.Sent(
            change.register, change.name, _plain(change.row), change.key, change.valid_from, change.recorded_by,
            change.now, change.corrects, change.reason,
        )  # fmt: skip
        accepted = _sent(registers.agency_of(change.register), "/accept", sent, messages.Accepted)
        return Taken(accepted.values, accepted.at)

    def tell(self, listing: Listing) -> tuple[Heard, ...]:
        agency = registers.agency_of(listing.register)
        listened = messages.Listened(
            listing.register, listing.event, listing.after, listing.limit, messages.purpose_out(listing.purpose),
            listing.now,
        )  # fmt: skip
        told = _sent(agency, "/tell", listened, messages.Told)
        numbers = [event.number for event in told.events]
        if numbers != sorted(set(numbers)) or (numbers and numbers[0] <= listing.after):
            raise Unavailable(agency, "what is told came out of order")
        subjects = tuple(dict.fromkeys(person for event in told.events for person in event.about))
        fields = registers.event_fields(listing.register, listing.event)
        _log(listing.register, listing.event, fields, subjects, listing.purpose, listing.now)
        return tuple(Heard(event.number, event.values, event.at, event.problem) for event in told.events)


def happen(register: str, change: str, key: Mapping[str, object], row: Mapping[str, object], now: datetime) -> Taken:
    """Something happens in the other agency, by the hand of whoever tries the demo. Raises Refused, BadInput."""
    happened = messages.Happened(register, change, _plain(row), _plain(key), now)
    accepted = _sent(registers.agency_of(register), "/happen", happened, messages.Accepted)
    return Taken(accepted.values, accepted.at)


def break_down(kind: str, *, seconds: float = 0.0, times: int = 0) -> None:
    """For tests: how the stand-in answers from now on; `none` mends it."""
    _sent("stand-in", "/faults", messages.Faulty(kind, seconds, times), dict)


def _sent(agency: str, path: str, message: object, expected: type[Message]) -> Message:
    status, body = _posted(agency, path, _encode(message))
    try:
        if status == 200:
            return msgspec.json.decode(body, type=expected)
        said = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError) as problem:
        raise Unavailable(agency, "an answer came that nobody can read") from problem
    raise messages.error_in(agency, said.get("error"))


def _posted(agency: str, path: str, body: bytes) -> tuple[int, bytes]:
    host, port = settings.PENCERE.stand_in_address
    link = HTTPConnection(host, port, timeout=SECONDS)
    try:
        secret = secrets.read(settings.PENCERE.keys / messages.SECRET) or ""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {secret}"}
        link.request("POST", path, body, headers)
        response = link.getresponse()
        read = response.read(MOST_BYTES + 1)
    except (OSError, HTTPException) as problem:
        raise Unavailable(agency, f"no answer ({type(problem).__name__})") from None
    finally:
        link.close()
    if len(read) > MOST_BYTES:
        raise Unavailable(agency, "more came than can be read")
    return response.status, read


def _plain(values: Mapping[str, object]) -> dict[str, Any]:
    return {name: registers.plain(value) for name, value in values.items()}


def _log(
    register: str, name: str, fields: tuple[str, ...], subjects: tuple[str, ...], purpose: Purpose, now: datetime
) -> None:
    if subjects:
        source = registers.service_id(register, name)
        looks = [Look(subject, register, fields, source) for subject in subjects]
        ledger.record_look(purpose, looks, kind=registers.look_kind(purpose), now=now)
