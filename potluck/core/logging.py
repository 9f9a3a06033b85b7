"""Logs: one event per line, for machines or for people, without secrets.

Our own events and those of every library (uvicorn's included) take the same way: a timestamp in
UTC, the request's id and who sent it, secrets replaced, and characters that could forge a line or
drive a terminal written as escapes (CWE-117).
"""

import json
import logging
import re
import sys
from functools import lru_cache
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from potluck.core.request_context import current_fields

REDACTED = "[redacted]"

#: A value under such a name is never written, whatever it is.
_SECRET_NAME = re.compile(
    r"passw|passphrase|secret|token|authorization|cookie|credential|(api|master|private)_?key",
    re.IGNORECASE,
)
#: What a secret looks like inside other text. Group 1, where there is one, is kept.
_SECRET_TEXTS = (
    re.compile(r"\bp(?:pt|rt|ss|st)_[\w-]+"),
    re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*)*"),
    re.compile(r"(\bBearer\s+)[^\s\"',]+", re.IGNORECASE),
    re.compile(r"(://[^\s/:@]*:)[^\s/]+(?=@)"),
    re.compile(
        r"((?:passw\w{0,30}|secret|token|api_?key)['\"]?[=:]\s?['\"]?)[^\s&,;'\"}]+", re.IGNORECASE
    ),
)
#: They tell at INFO or DEBUG of every address and statement, or what our access log tells already.
_CHATTY = (
    "aiosqlite", "asyncio", "httpcore2", "httpx2", "potluck.db.pools", "procrastinate",
    "uvicorn.access",
)  # fmt: skip
_UVICORN = ("uvicorn", "uvicorn.access", "uvicorn.asgi", "uvicorn.error")

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["json", "console"]


def configure(level: Level, format: Format, *, stream: TextIO | None = None) -> None:
    """Send all logs of this process from `level` up to `stream` (standard error by default).

    May be called again. Start uvicorn with `log_config=None`, or it installs handlers of its own.
    """
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_context,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _redact,
                structlog.processors.JSONRenderer() if format == "json" else _for_people,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _UVICORN:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def redact(value: Any, *, name: str = "") -> Any:
    """`value` without secrets: whole when `name` says that it is one, else inside its texts.

    Goes into mappings, lists and tuples; numbers, booleans and None are left as they are.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if name and _is_secret_name(name):
        return REDACTED
    if isinstance(value, dict):
        return {key: redact(item, name=str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact(item) for item in value]
    text = value if isinstance(value, str) else str(value)
    for pattern in _SECRET_TEXTS:
        text = pattern.sub(
            lambda found: (found.group(1) if found.re.groups else "") + REDACTED, text
        )
    return text


@lru_cache(maxsize=1024)
def _is_secret_name(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None


def _add_context(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for name, value in current_fields().items():
        event.setdefault(name, value)
    return event


def _redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: redact(value, name=key) for key, value in event.items()}


def _for_people(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """One line, then the lines of a traceback, each with a bar that nothing logged can imitate."""
    first = [event.pop(key, "-") for key in ("timestamp", "level", "logger", "event")]
    trace = event.pop("exception", None)
    pairs = [f"{_visible(key)}={_quoted(value)}" for key, value in event.items()]
    line = " ".join([*(_visible(str(part)) for part in first), *pairs])
    if trace is None:
        return line
    return "\n".join([line, *(f"    | {_visible(part)}" for part in str(trace).split("\n"))])


def _visible(text: str) -> str:
    """`text` with everything that is no visible character written as an escape (ESC as x1b)."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def _quoted(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    is_plain = isinstance(value, str) and re.search(r'[\s="]', text) is None
    return (
        _visible(text)
        if is_plain or not isinstance(value, str)
        else _visible(json.dumps(text, ensure_ascii=False))
    )
