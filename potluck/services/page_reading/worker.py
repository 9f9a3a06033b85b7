"""The child process: reads one page after another from standard input until that ends.

It starts with nothing but Python's own library, puts limits on itself, and only then imports what
parses. What libraries print goes nowhere: the pipe to the parent is moved out of their reach.
"""

import logging
import os
import signal
import sys
import time
from typing import BinaryIO

from potluck.services.page_reading import frames

if sys.platform != "win32":
    import resource

#: The libraries need 60 MB of addresses; the rest is for the page.
MEMORY_BYTES = 1 << 30
#: Processor seconds for one page; the parent's wall limit is the first to strike.
PROCESSOR_S = 20
OPEN_FILES = 64


def main() -> None:
    """Serves requests; returns when the parent closes the pipe."""
    incoming, outgoing = sys.stdin.buffer, _take_stdout()
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    from potluck.services.page_reading.answer import answer  # noqa: PLC0415  takes two seconds

    limit_process()
    _send(outgoing, frames.reply(ready=True))
    while (payload := _receive(incoming)) is not None:
        limit_processor()
        html, url = frames.read_request(payload)
        _send(outgoing, answer(html, url))


def _take_stdout() -> BinaryIO:
    """The pipe to the parent; standard output and error point at nothing from here on."""
    private = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.close(nothing)
    return private


def limit_process() -> None:
    """Memory, files and core dumps of this process; systems without a limit go without it."""
    if sys.platform == "win32":
        return
    for kind, amount in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_DATA, MEMORY_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        _lower(kind, amount)


def _lower(kind: int, amount: int) -> None:
    _, hard = resource.getrlimit(kind)
    highest = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    try:
        resource.setrlimit(kind, (highest, highest))
    except (OSError, ValueError):  # macOS knows RLIMIT_AS and refuses to set it
        return


def limit_processor() -> None:
    """Ends this process when the next page takes more than its share of processor time."""
    if sys.platform != "win32":
        used = int(time.process_time()) + 1
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (used + PROCESSOR_S, hard))


def _receive(incoming: BinaryIO) -> bytes | None:
    header = incoming.read(frames.HEADER.size)
    if len(header) < frames.HEADER.size:
        return None
    (size,) = frames.HEADER.unpack(header)
    payload = incoming.read(size)
    return payload if len(payload) == size else None


def _send(outgoing: BinaryIO, payload: bytes) -> None:
    remaining = memoryview(frames.pack(payload))
    while remaining:
        remaining = remaining[outgoing.write(remaining) or 0 :]


if __name__ == "__main__":
    main()
