"""The shipped app in a process of its own: `mortal_server.py MOMENT LATER_S`.

At the moment named it ends as by `kill -9`, the first time that a recipe is made; its clock is
ahead by LATER_S seconds. It prints the port that it listens on.
"""

import asyncio
import os
import signal
import socket
import sys
from datetime import datetime, timedelta
from typing import Any

import uvicorn
from sqlalchemy import event
from sqlalchemy.orm import Session

from potluck import backend_pre_start
from potluck.core import config_loading
from potluck.core.clock import SystemClock
from potluck.main import create_app
from potluck.models import Recipe


class LaterClock(SystemClock):
    """Goes as the system's, and is ahead of it."""

    def __init__(self, by: timedelta) -> None:
        super().__init__()
        self._by = by

    def now(self) -> datetime:
        return super().now() + self._by


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def note_recipe(session: Session, *_: object) -> None:
    if any(isinstance(row, Recipe) for row in session.new):
        session.info["makes a recipe"] = True


def die_at_the_commit(session: Session) -> None:
    if "makes a recipe" in session.info:
        die()


def dying_before_the_answer(app: Any) -> Any:
    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def last(message: Any) -> None:
            is_made = message.get("status") == 201 and scope["path"].endswith("/recipes")
            if message["type"] == "http.response.start" and is_made:
                die()
            await send(message)

        await app(scope, receive, last)

    return watched


def main(moment: str, later_s: str) -> None:
    settings = config_loading.load()
    backend_pre_start.prepare(settings, wait_s=5)
    app: Any = create_app(settings, clock=LaterClock(timedelta(seconds=int(later_s))))
    if moment == "before-the-commit":
        event.listen(Session, "after_flush", note_recipe)
        event.listen(Session, "before_commit", die_at_the_commit)
    if moment == "before-the-answer":
        app = dying_before_the_answer(app)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))

    async def serve() -> None:
        print("port", listening.getsockname()[1], flush=True)  # noqa: T201
        await server.serve(sockets=[listening])

    asyncio.run(serve())


if __name__ == "__main__":
    main(*sys.argv[1:])
