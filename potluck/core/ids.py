"""Identifiers of everything we store."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562, 5.7): ordered by the time it was made, so indexes stay compact."""
    return uuid7()
