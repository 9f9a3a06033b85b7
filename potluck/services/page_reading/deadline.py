"""A limit in processor time on code that we cannot make linear ourselves."""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

#: An exception in a destructor is lost; so the signal comes again.
_AGAIN_S = 0.5


class Overrun(BaseException):
    """Raised inside the limited code; no Exception, so that no library swallows it."""


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Ends its block after `seconds` of processor time; what follows the block goes on.

    Without effect where there is no such signal (Windows) or outside the main thread; the
    process's own limit holds there.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGPROF, _overrun)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN_S)
    try:
        yield
    except Overrun:
        pass
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


def _overrun(_number: int, _frame: FrameType | None) -> None:
    raise Overrun
