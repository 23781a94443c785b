"""The process: reads a message, does what it asks by the registers' own engine, answers. A plain WSGI application."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from django.conf import settings
from django.db import Error, close_old_connections

from pencere.base import clock, secrets
from pencere.base.errors import BadInput, Problem, Unavailable
from pencere.country import current
from pencere.exchange.stand_in import faults, messages
from pencere.exchange.stand_in.faults import Fault
from pencere.registers import actions, queries

MOST_BYTES = 4 * 1024 * 1024
_encode = msgspec.json.Encoder().encode
_STATUS = {"refused": "409 Conflict", "bad_input": "400 Bad Request", "unavailable": "503 Service Unavailable"}

Environ = dict[str, Any]
Start = Callable[[str, list[tuple[str, str]]], object]
Message = TypeVar("Message")


def application(environ: Environ, start: Start) -> Iterable[bytes]:
    """`GET /` leads whoever comes by hand to the portal's page; all else is a message with the secret."""
    if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
        return _for_people(environ, start)
    if not _knows_the_secret(environ):
        return _said(start, "403 Forbidden", {"error": {"kind": "unavailable", "reason": "not from the portal"}})
    work = _WORK.get(environ["PATH_INFO"])
    if work is None:
        return _said(start, "404 Not Found", {"error": {"kind": "unavailable", "reason": "no such message"}})
    try:
        body = _body(environ)
        if work is _break_down:
            return _said(start, "200 OK", work(body))
        return _said(start, "200 OK", faults.answer(lambda: msgspec.to_builtins(work(body))))
    except Problem as problem:
        return _failed(start, problem)
    except (msgspec.DecodeError, ValueError, TypeError, LookupError) as problem:
        return _failed(start, BadInput(f"not_understood ({type(problem).__name__})"))
    except Error:
        return _failed(start, Unavailable("stand-in", "its database does not answer"))
    finally:
        close_old_connections()


def _for_people(environ: Environ, start: Start) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/health/live":
        return _said(start, "200 OK", {"live": True})
    if environ["PATH_INFO"] != "/":
        return _said(start, "404 Not Found", {})
    start("302 Found", [("Location", f"{settings.PENCERE.url}/demo/agencies/"), ("Content-Length", "0")])
    return (b"",)


def secret_file() -> Path:
    """The portal's; what is the stand-in's own lies in a folder beside its keys."""
    return Path(settings.PENCERE.data).parent / "keys" / messages.SECRET


def _knows_the_secret(environ: Environ) -> bool:
    secret = secrets.read(secret_file()) or ""
    given = str(environ.get("HTTP_AUTHORIZATION", ""))
    return bool(secret) and hmac.compare_digest(given.encode(), f"Bearer {secret}".encode())


def _body(environ: Environ) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not 0 < length <= MOST_BYTES:
        raise BadInput("too_long")
    return bytes(environ["wsgi.input"].read(length))


def _failed(start: Start, problem: Problem) -> Iterable[bytes]:
    error = messages.error_out(problem)
    return _said(start, _STATUS[str(error["kind"])], {"error": error})


def _said(start: Start, status: str, said: object) -> Iterable[bytes]:
    body = said if isinstance(said, bytes) else _encode(said)
    start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return (body,)


def _read(body: bytes, kind: type[Message]) -> Message:
    return msgspec.json.decode(body, type=kind)


# --- what can be asked


def _answer(body: bytes) -> messages.Answered:
    asked = _read(body, messages.Asked)
    _demand_ours(asked.register)
    rows = queries.answer(
        asked.register, asked.answer, asked.by, asked.take, messages.purpose_in(asked.purpose),
        narrowed=messages.narrowed_in(asked), now=asked.now,
    )  # fmt: skip
    return messages.Answered(tuple(messages.Row(_plain(row.values), row.about) for row in rows))


def _accept(body: bytes) -> messages.Accepted:
    sent = _read(body, messages.Sent)
    _demand_ours(sent.register)
    taken = actions.accept(
        sent.register, sent.name, sent.row, key=sent.key, valid_from=sent.valid_from, recorded_by=sent.recorded_by,
        now=sent.now, corrects=sent.corrects, reason=sent.reason,
    )  # fmt: skip
    return messages.Accepted(_plain(taken.values), taken.at)


def _tell(body: bytes) -> messages.Told:
    listened = _read(body, messages.Listened)
    _demand_ours(listened.register)
    told = queries.events(
        listened.register, listened.event, listened.after, listened.limit,
        purpose=messages.purpose_in(listened.purpose), now=listened.now,
    )  # fmt: skip
    return messages.Told(
        tuple(messages.Event(each.cursor, _plain(each.values), each.at, each.about, each.problem) for each in told)
    )


def _happen(body: bytes) -> messages.Accepted:
    happened = _read(body, messages.Happened)
    _demand_ours(happened.register)
    done = actions.happen(
        happened.register, happened.change, happened.key, happened.row, recorded_by="the agency", now=happened.now
    )
    return messages.Accepted(_plain(done.values), done.at)


def _break_down(body: bytes) -> dict[str, object]:
    ordered = _read(body, messages.Faulty)
    faults.set_to(Fault(ordered.kind, ordered.seconds, ordered.times))
    return {"at": clock.now()}


_WORK: dict[str, Callable[[bytes], object]] = {
    "/answer": _answer,
    "/accept": _accept,
    "/tell": _tell,
    "/happen": _happen,
    "/faults": _break_down,
}


def _demand_ours(register: str) -> None:
    """Only what is kept elsewhere; a register that is kept here has no rows there."""
    declared = current().registers.get(register)
    if declared is None or declared.kept != "elsewhere":
        raise LookupError(register)


def _plain(values: dict[str, object]) -> dict[str, object]:
    return {name: queries.plain(value) for name, value in values.items()}
