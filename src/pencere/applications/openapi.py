"""The OpenAPI 3.1 description of the walk: one for all services, with each service's answers from its declaration.

What is described and what is served are held together by a test: every machine's address of this part stands here,
and every answer of a whole walk fits its schema.
"""

from __future__ import annotations

from typing import Any

from pencere.country.answers import answers_schema
from pencere.country.declarations import Country

Doc = dict[str, Any]

TEXTS: Doc = {"type": "object", "additionalProperties": {"type": "string"}}
TEXT_OR_NULL: Doc = {"type": ["string", "null"]}
REF: Doc = {"name": "ref", "in": "path", "required": True, "schema": {"type": "string"}}
TASK: Doc = {"name": "task", "in": "path", "required": True, "schema": {"type": "integer"}}
LANGUAGE: Doc = {"name": "language", "in": "query", "schema": {"type": "string"},
                 "description": "of the sentences; else Accept-Language counts"}  # fmt: skip
KEY: Doc = {"name": "Idempotency-Key", "in": "header", "required": True,
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9]{16,64}$"}}  # fmt: skip


def describe(country: Country, url: str, language: str, version: str) -> Doc:
    """The whole description, titles in that language."""
    services = [one for one in country.services.values() if one.by_application and "online" in one.apply]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pəncərə", "version": version,
            "description": "The walk of a case for a portal with pages of its own. The person is named by the ID token "
            "of the country's sign-in, made for a client that this installation knows.",
        },
        "servers": [{"url": url}],
        "security": [{"person": []}],
        "paths": {**_paths(), **{
            f"/api/services/{one.id}/cases": {"post": _operation(
                f"begin_{one.id.replace('-', '_')}", country.text(one.texts, "title", language), 201, "Case")}
            for one in services
        }},
        "components": {
            "securitySchemes": {"person": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": {**_SCHEMAS, **{
                f"answers.{one.id}": {name: value for name, value in answers_schema(country, one, language).items()
                                      if name != "$schema"}
                for one in services
            }},
        },
    }  # fmt: skip


def _paths() -> Doc:
    group = {"name": "group", "in": "path", "required": True, "schema": {"type": "string"}}
    paper = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
             for name in ("document", "language")]  # fmt: skip
    return {
        "/api/cases": {"get": _operation("list_cases", "The person's cases", 200, "Cases", [
            {"name": "after", "in": "query", "schema": {"type": "string"}}])},
        "/api/cases/{ref}": {
            "parameters": [REF],
            "get": _operation("read_case", "How a case stands", 200, "Case"),
            "delete": _operation("delete_draft", "Throw a draft away", 204),
        },
        "/api/cases/{ref}/form": {
            "parameters": [REF], "get": _operation("read_form", "What is asked now, and what comes next", 200, "Form"),
        },
        "/api/cases/{ref}/answers/{group}": {
            "parameters": [REF, group],
            "put": _operation("save_answers", "Save the answers of one group", 200, "Form", body="Answers"),
            "post": _operation("save_answers_with_files", "The same, with files", 200, "Form", body="Answers"),
        },
        "/api/cases/{ref}/evidence": {
            "parameters": [REF],
            "post": _operation("fetch_evidence", "Ask the registers", 200, "Evidence", body="Consents"),
        },
        "/api/cases/{ref}/submission": {
            "parameters": [REF, KEY], "post": _operation("submit", "Send the draft, once", 201, "Receipt", also=(200,)),
        },
        "/api/cases/{ref}/withdrawal": {
            "parameters": [REF], "post": _operation("withdraw", "Take a sent case back", 200, "Case"),
        },
        "/api/cases/{ref}/documents/{document}/{language}.pdf": {
            "parameters": [REF, *paper],
            "get": {
                "operationId": "read_document", "summary": "A sealed paper",
                "responses": {"200": {"description": "The PDF", "content": {"application/pdf": {}}}, **_problems()},
            },
        },
        "/api/tasks": {"get": _operation("list_tasks", "What waits for the person", 200, "Tasks")},
        "/api/tasks/{task}": {
            "parameters": [TASK],
            "get": _operation("read_task", "What a task asks", 200, "Task"),
            "post": _operation("do_task", "Answer, confirm, sign, pick, accept or decline", 200, "Task", body="Doing"),
        },
    }  # fmt: skip


def _operation(
    name: str, summary: str, status: int, schema: str = "", parameters: list[Doc] | None = None, *, body: str = "",
    also: tuple[int, ...] = (),
) -> Doc:  # fmt: skip
    found: Doc = {"operationId": name, "summary": summary, "parameters": [*(parameters or []), LANGUAGE]}
    if body:
        found["requestBody"] = {"content": _content(body)}
    answer = {"description": summary, **({"content": _content(schema)} if schema else {})}
    found["responses"] = {**{str(each): answer for each in (status, *also)}, **_problems()}
    return found


def _content(schema: str) -> Doc:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _problems() -> Doc:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"default": {"description": "What is wrong, and what to do", "content": content}}


def _object(required: str = "", **properties: Doc) -> Doc:
    return {"type": "object", "properties": properties, "required": required.split()}


_MOMENT: Doc = {"type": ["string", "null"], "format": "date-time"}
_LINE: Doc = _object(
    "id kind case service title url", id={"type": "integer"}, kind={"type": "string"}, case={"type": "string"},
    service={"type": "string"}, title=TEXTS, opened_at=_MOMENT, due_at=_MOMENT, url={"type": "string"},
)  # fmt: skip
_CHOICE: Doc = _object("value title", value={"type": "string"}, title={"type": "string"})
_SCHEMAS: Doc = {
    "Problem": _object("type title status", type={"type": "string"}, title={"type": "string"},
                       status={"type": "integer"}, reason={"type": "string"},
                       errors={"type": "object", "additionalProperties": {"type": "array"}}),
    "Cases": _object("items next", items={"type": "array", "items": _object(
        "ref service title state url", ref={"type": "string"}, service={"type": "string"}, title=TEXTS,
        state={"type": "string"}, outcome=TEXT_OR_NULL, words={"type": "string"}, url={"type": "string"},
    )}, next=TEXT_OR_NULL),
    "Case": _object(
        "ref service state links tasks documents",
        ref={"type": "string"}, service={"type": "string"}, state={"type": "string"}, words={"type": "string"},
        outcome=TEXT_OR_NULL, waiting_for=TEXT_OR_NULL, submitted_at=_MOMENT, decided_at=_MOMENT,
        due_on={"type": ["string", "null"], "format": "date"},
        decision={"type": ["object", "null"], "properties": {"rule": TEXT_OR_NULL, "sentence": TEXT_OR_NULL}},
        tasks={"type": "array", "items": _LINE},
        documents={"type": "array", "items": _object("id files", id={"type": "string"}, title=TEXTS,
                                                     number={"type": "string"}, state={"type": "string"}, files=TEXTS)},
        timeline={"type": "array", "items": {"type": "object"}}, links=TEXTS,
    ),
    "Form": _object("pages ready next", pages={"type": "array", "items": _object(
        "kind done url", group=TEXT_OR_NULL, kind={"enum": ["questions", "evidence"]}, done={"type": "boolean"},
        schema={"type": ["object", "null"]}, answers={},
        choices={"type": "object", "additionalProperties": {"type": "array", "items": _CHOICE}}, url={"type": "string"},
    )}, ready={"type": "boolean"}, next={"type": "string"}, dropped={"type": "array", "items": TEXTS}),
    "Answers": {"type": ["object", "array"]},
    "Consents": _object(consents={"type": "object", "additionalProperties": {"type": "boolean"}}),
    "Evidence": _object("facts", facts={"type": "array", "items": _object(
        "fact words register holder", fact={"type": "string"}, kind={"type": "string"}, value={},
        words={"type": "string"}, register={"type": "string"}, holder={"type": "string"}, as_of=TEXT_OR_NULL,
        law={"type": "string"},
    )}, advice=TEXT_OR_NULL, next={"type": "boolean"}),
    "Receipt": _object("ref at receipt again case", ref={"type": "string"}, at=_MOMENT, receipt={"type": "string"},
                       again={"type": "boolean"}, case={"type": "string"}),
    "Tasks": _object("items next", items={"type": "array", "items": _LINE}, next=TEXT_OR_NULL),
    "Task": {**_LINE, "properties": {
        **_LINE["properties"], "state": {"type": "string"}, "schema": {"type": "object"},
        "shown": {"type": "array", "items": {"type": "object"}},
        "payment": _object("amount currency state page", amount={"type": "integer"}, currency={"type": "string"},
                           state={"type": "string"}, page={"type": "string"}),
        "places": {"type": "array", "items": _CHOICE}, "offered": {},
    }},
    "Doing": _object(answers={"type": "object"}, agree={"type": "boolean"}, accept={"type": "boolean"},
                     place={"type": "string"}),
}  # fmt: skip
