"""What the app logs, as the operator would see it."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import structlog

from potluck.core.logging import Format, Level, configure


class LogStream:
    """Everything written since `captured` began."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def events(self) -> list[dict[str, Any]]:
        """The lines, each of which must be one JSON object."""
        return [json.loads(line) for line in self.text.splitlines()]


@contextmanager
def captured(
    level: Level = "info", format: Format = "json", *, stream: TextIO | None = None
) -> Iterator[LogStream]:
    """Logging as in production, into memory or into `stream`; afterwards all is as it was."""
    root = logging.getLogger()
    handlers, root_level = root.handlers, root.level
    levels = {
        name: logger.level
        for name, logger in logging.root.manager.loggerDict.items()
        if isinstance(logger, logging.Logger)
    }
    settings = structlog.get_config() if structlog.is_configured() else None
    log = LogStream()
    configure(level, format, stream=stream or log.stream)
    try:
        yield log
    finally:
        root.handlers, root.level = handlers, root_level
        for name, logger in logging.root.manager.loggerDict.items():
            if isinstance(logger, logging.Logger):
                logger.setLevel(levels.get(name, logging.NOTSET))
        structlog.reset_defaults()
        if settings is not None:
            structlog.configure(**settings)
