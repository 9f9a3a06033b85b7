"""The child's main loop: one task after another from standard input until that ends.

A child starts with nothing but Python's own library, loads what its program needs, and puts limits
on itself before it reads a byte that came from outside. What libraries print goes nowhere: the
pipe to the parent is moved out of their reach.
"""

import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import BinaryIO

from potluck.services.children import frames
from potluck.services.children.frames import Reply
from potluck.services.children.process_limits import (
    ProcessLimits,
    limit_process,
    limit_processor,
)

Answer = Callable[[bytes], Reply]


def serve(load: Callable[[], Answer], limits: ProcessLimits) -> None:
    """Answers requests; returns when the parent closes the pipe.

    `load` imports the libraries and gives the function that answers one request. An exception out
    of that function ends the process, and the parent sees that it broke.
    """
    _close_inherited()
    incoming, outgoing = sys.stdin.buffer, _take_stdout()
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    answer = load()
    limit_process(limits)
    _send(outgoing, Reply(b""))
    while (request := _receive(incoming)) is not None:
        limit_processor(limits)
        _send(outgoing, answer(request))


def _close_inherited() -> None:
    """Closes all but the three standard files: uvloop leaves copies of these and others open."""
    with contextlib.suppress(OSError):
        for descriptor in map(int, os.listdir("/dev/fd")):  # noqa: PTH208  numbers, not paths
            if descriptor > 2:
                with contextlib.suppress(OSError):  # the listing's own is gone by now
                    os.close(descriptor)


def _take_stdout() -> BinaryIO:
    """The pipe to the parent; standard output and error point at nothing from here on."""
    private = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.close(nothing)
    return private


def _receive(incoming: BinaryIO) -> bytes | None:
    header = incoming.read(frames.HEADER.size)
    if len(header) < frames.HEADER.size:
        return None
    (size,) = frames.HEADER.unpack(header)
    request = incoming.read(size)
    return request if len(request) == size else None


def _send(outgoing: BinaryIO, reply: Reply) -> None:
    payload = frames.pack_reply(reply)
    for part in (frames.header(payload), payload):
        remaining = memoryview(part)
        while remaining:
            remaining = remaining[outgoing.write(remaining) or 0 :]
