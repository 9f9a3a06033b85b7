"""Reads the text of an address once, into the one object that is judged and then requested."""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass

import httpx2

from potluck.core.errors import FetchRefused

MAX_URL_CHARACTERS = 2_048
_DEFAULT_PORTS = {"http": 80, "https": 443}
#: Letters, digits, hyphens (RFC 1123) and the underscore that some hosts carry all the same.
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
#: A last label like this makes resolvers read a name as a number (WHATWG URL, "ends in a number").
_NUMERIC_LABEL = re.compile(r"\d+|0x[0-9a-f]*")


@dataclass(frozen=True)
class Target:
    """Where a request goes: `url` has no fragment and no user information, `host` is lower-case
    ASCII (IDNA 2008), an IPv6 address without brackets.

    `is_exception` says that the operator listed exactly this host and port: it may be any address.
    """

    url: httpx2.URL
    host: str
    port: int
    is_exception: bool = False

    @property
    def is_tls(self) -> bool:
        return self.url.scheme == "https"


def host_port(host: str, port: int) -> str:
    """The form in which exceptions are listed: `nas.local:8080`, `[fd00::1]:8080`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def read_target(address: str | httpx2.URL, *, allow: Collection[str] = ()) -> Target:
    """Parse `address` and hold it against the rules that need no look-up.

    `allow` holds the operator's exceptions as of `host_port`. Raises FetchRefused.
    """
    url = _parse(address)
    if url.scheme not in _DEFAULT_PORTS:
        raise FetchRefused("Only addresses that begin with http:// or https:// can be fetched.")
    if url.userinfo:
        raise FetchRefused("The address must not carry a user name or password.")
    host = url.raw_host.decode("ascii")
    if not _is_host(host):
        raise FetchRefused("The address has no valid host name.")
    port = _DEFAULT_PORTS[url.scheme] if url.port is None else url.port
    is_exception = host_port(host, port) in allow
    if port not in _DEFAULT_PORTS.values() and not is_exception:
        raise FetchRefused("Only the usual web ports can be fetched from.")
    return Target(url, host, port, is_exception)


def _parse(address: str | httpx2.URL) -> httpx2.URL:
    try:
        url = httpx2.URL(address).copy_with(fragment=None)
    except (httpx2.InvalidURL, ValueError) as error:
        raise FetchRefused("The address is not valid.") from error
    if len(str(url)) > MAX_URL_CHARACTERS:
        raise FetchRefused("The address is too long.")
    return url


def _is_host(host: str) -> bool:
    """A plain IP address, or a name that no resolver takes for a number."""
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        labels = host.split(".")
        is_name = len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
        return is_name and not _NUMERIC_LABEL.fullmatch(labels[-1])
    return not (isinstance(parsed, ipaddress.IPv6Address) and parsed.scope_id is not None)
