"""The message that the next page shows once, carried by a cookie that only we can have written."""

import hashlib
import hmac
import json

from potluck.core import base64url
from potluck.web.templating import Flash

_MAC_BYTES = 16


def seal(key: bytes, session_id: str, flash: Flash) -> str:
    """The cookie's value; only someone with the same session is shown the message."""
    members = {"text": flash.text, "kind": flash.kind, "undo_path": flash.undo_path}
    payload = json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()
    return base64url.encode(_mac(key, session_id, payload) + payload)


def unseal(key: bytes, session_id: str, value: str) -> Flash | None:
    """The message that `seal` was given for this session, None for anything else."""
    try:
        data = base64url.decode(value)
    except ValueError:
        return None
    mac, payload = data[:_MAC_BYTES], data[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, session_id, payload)):
        return None
    return Flash(**json.loads(payload))


def _mac(key: bytes, session_id: str, payload: bytes) -> bytes:
    """The session's id is hashed to a fixed length: it cannot run into the payload."""
    bound = hashlib.sha256(session_id.encode()).digest()
    message = b"potluck/flash/v1\0" + bound + payload
    return hmac.digest(key, message, hashlib.sha256)[:_MAC_BYTES]
