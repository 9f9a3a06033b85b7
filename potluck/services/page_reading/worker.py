"""The program of a child that reads pages."""

from potluck.services.children.process_limits import ProcessLimits
from potluck.services.children.service import Answer, serve

#: The libraries need 60 MB of addresses; the rest is for the page. The parent's wall limit is the
#: first to strike.
LIMITS = ProcessLimits(memory_bytes=1 << 30, processor_s=20)


def main() -> None:
    """Serves pages; returns when the parent closes the pipe."""
    serve(_load, LIMITS)


def _load() -> Answer:
    from potluck.services.page_reading.answer import answer  # noqa: PLC0415  takes two seconds

    return answer
