"""One page to one reply, whatever the libraries throw."""

import time
from pathlib import Path

from potluck.core.errors import NoRecipeFound
from potluck.services.children.frames import Reply
from potluck.services.page_reading import frames
from potluck.services.page_reading.reader import read

#: A page that cost more processor seconds or memory than these leaves a process that is better
#: replaced: the dearest of 90 real pages took 1.5 s and 160 MB.
DEAR_S = 5.0
DEAR_KB = 400_000


def answer(request: bytes) -> Reply:
    """The reply for a page; a page that breaks something has no recipe, and wears the child out."""
    start = time.process_time()
    html, url = frames.read_request(request)
    try:
        recipe = read(html, url).to_plain()
    except NoRecipeFound as refusal:
        return Reply(frames.reply(refused=refusal.detail), _is_worn(start))
    except Exception:  # noqa: BLE001  libraries throw anything at hostile pages
        return Reply(frames.reply(refused="The page could not be understood."), is_worn=True)
    return Reply(frames.reply(recipe=recipe), _is_worn(start))


def _is_worn(start: float) -> bool:
    return time.process_time() - start > DEAR_S or _peak_kb() > DEAR_KB


def _peak_kb() -> int:
    """The most memory this process has had, in KiB; 0 where nobody tells.

    Not getrusage(2): its figure outlives execve(2), so that of a large parent would be ours.
    """
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:
        return 0
    peak = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0")
    return int(peak.split()[1])
