"""What a start tells the one who started it."""

import contextlib
import fcntl
import ipaddress
import socket
import sqlite3
import struct
from collections.abc import Iterator

from potluck import __version__
from potluck.core.config import Settings

#: Asks for the address of an interface (Linux, netdevice(7)); elsewhere it is refused.
SIOCGIFADDR = 0x8915
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound


def greeting(settings: Settings) -> Iterator[str]:
    """Where to go, where the data are, and what to know before strangers come."""
    yield f"Potluck {__version__}, data in {settings.data_dir.resolve()}"
    yield f"Database {settings.database_url}" + _library(settings)
    for address in addresses(settings):
        yield f"Open {address}"
    if settings.signup.mode == "open" and not is_loopback(settings.server.host):
        yield (
            "Warning: anyone who reaches this address can make an account."
            " POTLUCK_SIGNUP__MODE=closed ends that."
        )


def addresses(settings: Settings) -> list[str]:
    """The addresses people can type; for 0.0.0.0 those of this machine."""
    server = settings.server
    if settings.base_url is not None or server.host not in EVERYWHERE:
        return [settings.public_url]
    hosts = ["127.0.0.1", *own_addresses()]
    return [f"http://{host}:{server.port}{server.root_path}" for host in hosts]


def own_addresses() -> list[str]:
    """The IPv4 addresses of this machine's network interfaces, without loopback.

    Its own name is no help: on most distributions it resolves to loopback.
    """
    hosts = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            with contextlib.suppress(OSError):
                answer = fcntl.ioctl(asking.fileno(), SIOCGIFADDR, request)
                hosts.add(socket.inet_ntoa(answer[20:24]))
    return sorted(host for host in hosts if not ipaddress.ip_address(host).is_loopback)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a listener on `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _library(settings: Settings) -> str:
    is_sqlite = settings.database_url.engine == "sqlite"
    return f" (SQLite {sqlite3.sqlite_version})" if is_sqlite else ""
