"""Messages between a child and its parent: a length in four bytes, then that many bytes.

A reply begins with a byte that says whether the child wants to be replaced; what follows, and all
of a request, belongs to the program. Nothing is ever unpickled: hostile input touched it.
"""

import struct
from typing import NamedTuple

HEADER = struct.Struct(">I")
_WORN, _FRESH = b"\x01", b"\x00"


class Reply(NamedTuple):
    """What a child answered; `is_worn` when it is better replaced."""

    content: bytes
    is_worn: bool = False


def header(payload: bytes) -> bytes:
    """What goes before `payload`."""
    return HEADER.pack(len(payload))


def pack_reply(reply: Reply) -> bytes:
    """The payload of a reply."""
    return (_WORN if reply.is_worn else _FRESH) + reply.content


def unpack_reply(payload: bytes) -> Reply:
    """The reply in a payload; ValueError when it is none."""
    if payload[:1] not in {_WORN, _FRESH}:
        raise ValueError("A reply begins with a flag.")
    return Reply(payload[1:], payload[:1] == _WORN)
