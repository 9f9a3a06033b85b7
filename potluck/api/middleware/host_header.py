"""Which `Host` headers are ours (RFC 9110 7.2, RFC 9112 3.2)."""

import re
from functools import lru_cache
from ipaddress import ip_address

from potluck.core.errors import MalformedRequest, UnknownHost

#: A name or an IPv4 address, or an IPv6 address in brackets; perhaps a port. RFC 3986 allows more
#: in a host (percent escapes, an empty port), which no client sends and parsers disagree about.
_HOST = re.compile(
    rb"(?:(?P<name>[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\.?|\[(?P<six>[0-9A-Fa-f]*:[0-9A-Fa-f:.]{1,44})\])"
    rb"(?::[0-9]{1,5})?"
)
_LONGEST = 255


def check_host(sent: list[bytes], own: frozenset[str]) -> None:
    """Refuse a request whose `Host` headers are `sent`; `own` are our names, empty for any.

    Literal addresses and localhost are always ours: an attacker's page that rebinds its name to
    our address (DNS rebinding) still asks for its own name, and browsers ask no server for names
    below localhost (RFC 6761 6.3). Raises `MalformedRequest`, `UnknownHost`.
    """
    if len(sent) != 1:
        raise MalformedRequest("Send one Host header, not none and not several.")
    name = _name_in(sent[0])
    if name is None:
        raise MalformedRequest("The Host header must be a name or an address, perhaps with a port.")
    if own and name and name not in own and not f".{name}".endswith(".localhost"):
        raise UnknownHost(
            "Potluck is not known by this name. The setting POTLUCK_SERVER__HOSTS lists its names"
            " besides that of POTLUCK_BASE_URL."
        )


@lru_cache(maxsize=256)
def _name_in(host: bytes) -> str | None:
    """The name in lower case, empty for a literal address, None for what is no host."""
    match = _HOST.fullmatch(host) if len(host) <= _LONGEST else None
    if match is None:
        return None
    name = (match["name"] or b"").decode().lower()
    try:
        ip_address(name or match["six"].decode())
    except ValueError:
        return name or None
    return ""
