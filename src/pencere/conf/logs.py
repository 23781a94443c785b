"""Logs as lines of JSON or plain text. Codes of certificates and identifiers of persons are blotted out here,

so that a slip elsewhere does not put them into a file: a verify address shows `…` in place of its code.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRETS = (
    (re.compile(r"(/verify/)[A-Za-z0-9_-]{16,}"), r"\1…"),
    (re.compile(r"\b(code|state|nonce|id_token|access_token|csrfmiddlewaretoken)=[^&\s\"']+"), r"\1=…"),
)

_TOO_LARGE = ("RequestDataTooBig", "TooManyFieldsSent", "TooManyFilesSent")
"""What Django calls suspicious; it happens to honest people with big files and is answered with a sentence (413)."""


def blot(text: str) -> str:
    """The text with what must not be logged replaced by `…`."""
    for pattern, put in _SECRETS:
        text = pattern.sub(put, text)
    return text


def _blot_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: blot(value) if isinstance(value, str) else value for key, value in event.items()}


def as_warning(record: logging.LogRecord) -> bool:
    """A line without traceback for what is no fault of ours; a filter of a logger."""
    record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
    record.exc_info = record.exc_text = None
    return True


def configure(config: dict[str, str]) -> None:
    """`how`: `json` or `text`; everything to standard error, level INFO, warnings included."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
        _blot_event,
    ]
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if config["how"] == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared[:-1], _blot_event],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _blot_event, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("django.server").setLevel(logging.WARNING)
    for name in _TOO_LARGE:
        logger = logging.getLogger(f"django.security.{name}")
        logger.filters[:] = [as_warning]
    logging.captureWarnings(True)
