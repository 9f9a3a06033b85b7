"""A network namespace that holds nothing but loopback, so that nothing sent from it gets anywhere.

`entered()` starts the running command again inside one; the command that comes back is in it.
Linux alone has these, and a container may forbid them; then the caller says so and goes on
without a door: `tests.fuzz.closed_potluck` serves with a fetcher that dials nobody.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence

MARK = "TESTS_IN_OWN_NAMESPACE"
#: linux/sockios.h and linux/if.h
_SIOCSIFFLAGS, _IFF_UP, _IFF_RUNNING = 0x8914, 0x1, 0x40
#: As root; else as the same user in a user namespace, since PostgreSQL does not start as root.
_WAYS: tuple[tuple[str, ...], ...] = (
    ("unshare", "--net"),
    ("unshare", "--user", "--map-current-user", "--keep-caps", "--net"),
)


def way_in() -> tuple[str, ...] | None:
    """The command that opens a namespace on this machine; None when none does."""
    if shutil.which("unshare") is None:
        return None
    probe = "from tests.fuzz.namespace import raise_loopback; raise_loopback()"
    for way in _WAYS:
        tried = subprocess.run(
            [*way, sys.executable, "-c", probe], capture_output=True, check=False, timeout=30
        )
        if tried.returncode == 0:
            return way
    return None


def raise_loopback() -> None:
    """Switch on the loopback of a new namespace; OSError when that is not allowed."""
    request = struct.pack("16sh14x", b"lo", _IFF_UP | _IFF_RUNNING)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)


def entered(module: str, arguments: Sequence[str]) -> bool:
    """Whether this process is in a namespace of its own; restarts `python -m module` to get there.

    Returns False only where the machine does not allow one.
    """
    if os.environ.pop(MARK, None):
        raise_loopback()
        return True
    if way := way_in():
        command = [*way, sys.executable, "-m", module, *arguments]
        os.execvpe(way[0], command, os.environ | {MARK: "1"})  # noqa: S606
    return False
