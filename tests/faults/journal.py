"""What clients meant to do and what they were told: the only witness of an experiment.

A line is written before a request leaves and another when its answer is here, each with one
write(2) at the end of the file, so that a client that dies loses nothing of what it knew.
"""

import json
import os
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class Journal:
    """Appends lines of JSON to a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def intend(self, key: str, kind: str, **more: Any) -> None:
        """Before a request: `key` is its own, `kind` is what it does."""
        self._write({"at": "intent", "key": key, "kind": kind, **more})

    def answered(self, key: str, status: int, **more: Any) -> None:
        """After a request; `status` 0 when the connection broke and nobody knows."""
        self._write({"at": "answer", "key": key, "status": status, **more})

    def _write(self, entry: dict[str, Any]) -> None:
        os.write(self._file, json.dumps(entry).encode() + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._file)


@dataclass
class Attempt:
    """One thing that a client wanted, and every answer that it got for it."""

    key: str
    kind: str
    wanted: dict[str, Any] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def acknowledged(self) -> dict[str, Any] | None:
        """The answer that said it is done."""
        return next((each for each in self.answers if 200 <= each["status"] < 300), None)

    @property
    def is_refused(self) -> bool:
        """Whether every answer said that nothing was done."""
        return bool(self.answers) and all(each["status"] >= 400 for each in self.answers)


def attempts(path: Path) -> list[Attempt]:
    """What a journal tells, in the order of the first intents."""
    found: dict[str, Attempt] = {}
    answers: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        key, at = entry.pop("key"), entry.pop("at")
        if at == "answer":
            answers[key].append(entry)
        else:
            found.setdefault(key, Attempt(key, entry.pop("kind"), entry))
    for key, attempt in found.items():
        attempt.answers = answers[key]
    return list(found.values())
