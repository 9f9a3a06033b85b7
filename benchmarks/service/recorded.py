"""One answer of the product to each scenario, kept for the raw limit to send the same bytes."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.service import load

if TYPE_CHECKING:
    from benchmarks.service.scenarios import Scenario

_CONTENT_TYPE = re.compile(rb"\r\ncontent-type: ([^\r]*)\r\n")


@dataclass(frozen=True)
class Answer:
    """What went over the wire, of which the body is UTF-8 text."""

    status: int
    content_type: str | None
    body: str


async def answer(port: int, scenario: "Scenario") -> Answer:
    """Ask once."""
    status, head, body = await load.ask(port, next(scenario.requests()))
    found = _CONTENT_TYPE.search(head)
    return Answer(status, found[1].decode() if found else None, body.decode())


def write(file: Path, answers: Mapping[str, Answer]) -> None:
    """The answers by the names of their scenarios."""
    named = {name: asdict(each) for name, each in answers.items()}
    file.write_text(json.dumps(named), encoding="utf-8")


def read(file: Path) -> dict[str, Answer]:
    """What `write` wrote."""
    answers = json.loads(file.read_text(encoding="utf-8"))
    return {name: Answer(**each) for name, each in answers.items()}
