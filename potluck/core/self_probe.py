"""How an operator asks the running service what it sees of a request, and nobody else can.

Question and answer are signed with a key of the installation: a stranger is told nothing, and
what answers at an address is known to be this installation, not merely one that answers.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime

from potluck.core import base64url

#: The headers of the question and of the answer.
ASKED, SEEN = "Potluck-Asked", "Potluck-Seen"
LABEL = "self-probe"
#: A question that somebody kept is worth nothing soon. It would tell them of themselves alone.
VALID_S = 300


@dataclass(frozen=True)
class Seen:
    """What the service made of a request: the scheme, the host, and who sent it."""

    scheme: str
    host: str
    client: str


def ask(key: bytes, now: datetime) -> str:
    """A question of this moment."""
    asked = f"{int(now.timestamp())}.{secrets.token_hex(16)}"
    return f"{asked}.{_sign(key, 'asked', asked)}"


def answer(key: bytes, question: str, seen: Seen, now: datetime) -> str | None:
    """The signed answer; None for a question that is forged, old or of the future."""
    asked, _, signature = question.rpartition(".")
    at, _, _ = asked.partition(".")
    if not hmac.compare_digest(_sign(key, "asked", asked).encode(), signature.encode()):
        return None
    if abs(int(at) - now.timestamp()) > VALID_S:
        return None
    told = base64url.encode(json.dumps(asdict(seen)).encode())
    return f"{told}.{_sign(key, question, told)}"


def read(key: bytes, question: str, answered: str) -> Seen | None:
    """What the service saw; None when this installation did not answer this question."""
    told, _, signature = answered.partition(".")
    if not hmac.compare_digest(_sign(key, question, told).encode(), signature.encode()):
        return None
    return Seen(**json.loads(base64url.decode(told)))


def _sign(key: bytes, context: str, text: str) -> str:
    message = f"{context}\0{text}".encode("utf-8", "replace")
    return base64url.encode(hmac.digest(key, message, hashlib.sha256))
