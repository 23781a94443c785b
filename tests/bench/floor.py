"""The raw floors: Starlette and sqlite3 with SQL by hand, on the same tables and the same duties on disk.

No forms, no sessions, no languages, no access rules, no ledger tree: what a request costs at the very least if
the rows that must be written are written and synced. Run by granian in one process, as ours is.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sqlite3
import uuid
from datetime import UTC, datetime
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jinja2 import Template
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

database = sqlite3.connect(os.environ["FLOOR_DATABASE"], isolation_level=None, check_same_thread=False)
database.execute("PRAGMA journal_mode=WAL")
database.execute("PRAGMA synchronous=FULL")
database.execute("PRAGMA busy_timeout=20000")
pages = {}
for _name in ("service", "form"):
    with open(os.path.join(os.environ["FLOOR_PAGES"], f"{_name}.html"), encoding="utf-8") as _file:
        pages[_name] = Template(_file.read(), autoescape=True)
signing_key = Ed25519PrivateKey.generate()
with open(os.path.join(os.environ["FLOOR_PAGES"], "words.json"), encoding="utf-8") as _file:
    words = json.load(_file)


def _leaf(kind: str, body: dict[str, object], now: str) -> bytes:
    text = json.dumps(body, sort_keys=True)
    salt = secrets.token_bytes(16)
    identifier = uuid.uuid4().hex
    digest = hashlib.sha256(b"\0" + salt + text.encode()).digest()
    database.execute(
        "INSERT INTO ledger_leaf (id, kind, body, salt, leaf_hash, recorded_at) VALUES (?,?,?,?,?,?)",
        (identifier, kind, text, salt, digest, now),
    )
    return identifier.encode()


async def verify(request: Request) -> Response:
    """Look the certificate up by the hash of its code; write the look and its leaf; answer."""
    code = request.path_params["code"]
    row = database.execute(
        "SELECT c.kind, c.agency, c.subject, c.issued_at, c.valid_until, c.superseded_at, r.at FROM"
        " certificates_certificate c LEFT JOIN certificates_revocation r ON r.certificate_id = c.id"
        " WHERE code_hash = ?",
        (hashlib.sha256(code.encode()).hexdigest(),),
    ).fetchone()
    if row is None:
        return JSONResponse({"state": "unknown"})
    now = datetime.now(UTC).isoformat()
    database.execute("BEGIN IMMEDIATE")
    leaf = _leaf("look.link", {"subject": row[2], "at": now}, now)
    database.execute(
        'INSERT INTO ledger_look (leaf_id, subject, at, kind, ground, act, agency, service, "case", register, source,'
        " fields, who, account) VALUES (?,?,?,'link','check','','','verify','','certificate',?,'state','public','')",
        (leaf.decode(), row[2], now, row[0]),
    )
    database.execute("COMMIT")
    return JSONResponse({"state": "revoked" if row[6] else "genuine", "kind": row[0], "agency": row[1]})


async def service(request: Request) -> Response:
    """The service page: a template with its words, already in memory as ours are."""
    return HTMLResponse(pages["service"].render(words=words["service"]))


async def form(request: Request) -> Response:
    """The page of a draft's questions: the session, the account and the draft are read, the page is drawn."""
    session = request.cookies.get("pencere_session", "")
    held = database.execute(
        "SELECT session_data FROM django_session WHERE session_key = ? AND expire_date > ?",
        (session, datetime.now(UTC).isoformat(" ")),
    ).fetchone()
    case = database.execute(
        "SELECT id, state, service, applicant, answers, edition FROM applications_case WHERE ref = ?",
        (request.path_params["ref"],),
    ).fetchone()
    if held is None or case is None:
        return Response(status_code=404)
    owner = database.execute("SELECT name FROM identity_account WHERE identifier = ?", (case[3],)).fetchone()
    answers = json.loads(case[4])
    return HTMLResponse(pages["form"].render(words=words["form"], name=owner[0], answers=answers))


async def submit(request: Request) -> Response:
    """A form is sent: key checked; case, facts, events, decision, two leaves, signed receipt, job written; one sync.

    The same rows as ours writes. Ours, besides, reads session, account, offices, facts and version, thinks, and waits
    for the certificate; its holders were asked on the page before, so neither side asks them here.
    """
    form = parse_qs((await request.body()).decode())
    key, ref = form["key"][0], request.path_params["ref"]
    if database.execute("SELECT 1 FROM applications_submission WHERE key = ?", (key,)).fetchone():
        return RedirectResponse(f"/done/{ref}", 303)
    case = database.execute("SELECT id FROM applications_case WHERE ref = ?", (ref,)).fetchone()
    if case is None:
        return Response(status_code=404)
    now = datetime.now(UTC).isoformat()
    database.execute("BEGIN IMMEDIATE")
    database.execute(
        "UPDATE applications_case SET state='working', submitted_at=?, saved_at=?, desk_on=? WHERE id=?",
        (now, now, now[:10], case[0]),
    )
    for number, name in enumerate(("request.purpose", "request.holder")):
        database.execute(
            "INSERT INTO applications_fact (case_id, name, kind, value, source, evidence, asked, register, holder,"
            " about, ground, law, fetched_at, round)"
            " VALUES (?,?,'choice','\"bank\"','answer','','','','','','','',?,0)",
            (case[0], f"floor.{number}.{name}", now),
        )
    for number in range(2):
        database.execute(
            "INSERT INTO applications_event (case_id, number, kind, at, who, account, body)"
            " VALUES (?,?,'x',?,'person','','{}')",
            (case[0], 900 + number, now),
        )
    database.execute(
        'INSERT INTO applications_decision (case_id, number, "table", rule, outcome, law, trace, by, account, reasons,'
        " at, item, outputs)"
        " VALUES (?,900,'registration','registered','grant','residence-law 5','[]','system','','',?,-1,'{}')",
        (case[0], now),
    )
    _leaf("case.decided", {"case": ref, "at": now, "outcome": "granted"}, now)
    leaf = _leaf("case.submitted", {"case": ref, "at": now}, now)
    receipt = signing_key.sign(f"receipt\nleaf {leaf.decode()}\nat {now}\n".encode()).hex()
    database.execute(
        "INSERT INTO applications_submission (case_id, key, at, leaf, leaf_hash, receipt) VALUES (?,?,?,?,'',?)",
        (case[0], key, now, leaf.decode(), receipt),
    )
    database.execute(
        "INSERT INTO jobs_job (id, task, queue, arguments, priority, state, enqueued_at, run_at, tries, max_tries,"
        " lease_seconds, worker, last_error) VALUES (?,'floor','outside',?,0,'waiting',?,'9999-01-01',0,20,120,'','')",
        (uuid.uuid4().hex, json.dumps({"args": [ref, 5], "kwargs": {}}), now),
    )
    database.execute("COMMIT")
    return RedirectResponse(f"/done/{ref}", 303)


app = Starlette(
    routes=[
        Route("/verify/{code}", verify),
        Route("/service", service),
        Route("/form/{ref}", form),
        Route("/submit/{ref}", submit, methods=["POST"]),
    ]
)
