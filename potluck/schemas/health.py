"""Answers of the health endpoints."""

from typing import Literal

from potluck.schemas.base import Out


class Live(Out):
    """The process runs."""

    status: Literal["ok"]


class Ready(Out):
    """Ready to serve."""

    status: Literal["ready"]
    checks: dict[str, str]
