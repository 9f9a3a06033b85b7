"""base64url without padding (RFC 4648 section 5), one spelling per value.

The standard library's decoder skips foreign characters and ignores surplus bits at the end, so
many texts decode to the same bytes. Credentials must not have second spellings.
"""

import base64
import re

_TEXT = re.compile(r"[A-Za-z0-9_-]*+")


def encode(data: bytes) -> str:
    """The unpadded base64url text of `data`."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """The bytes of which `text` is *the* encoding.

    Raises ValueError for padding, foreign characters, impossible lengths and surplus bits.
    """
    if len(text) % 4 == 1 or not _TEXT.fullmatch(text):
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(data) != text:
        raise ValueError("not the canonical base64url text")
    return data
