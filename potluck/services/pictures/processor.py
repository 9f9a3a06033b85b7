"""The parent's side: pictures go to child processes, files come back."""

import hashlib

from anyio import to_thread

from potluck.services.children import ChildPool, PoolLimits, WorkBroke, WorkOverran
from potluck.services.pictures import frames
from potluck.services.pictures.picture import ProcessedPicture, UnusablePicture, unreadable

PROGRAM = "potluck.services.pictures.worker"
#: A child for each picture: it takes 0.2 s to start, leaves no memory in use between two pictures,
#: and what breaks one picture's child never sees another's.
LIMITS = PoolLimits(children=1, waiting=8, queue_s=60.0, wall_s=15.0, tasks_per_child=1)


class PictureProcessor(ChildPool):
    """Makes covers of pictures, each in a limited child process of its own.

    An async context manager. `max_pixels` is the most that a picture may have; what a child may
    take of memory grows with it.
    """

    def __init__(self, max_pixels: int = 40_000_000, limits: PoolLimits = LIMITS) -> None:
        super().__init__(PROGRAM, str(max_pixels), what="pictures", limits=limits)

    async def process(self, data: bytes) -> ProcessedPicture:
        """The files of a picture, whatever its name or declared type said.

        Raises UnusablePicture for every failure of the picture; Unavailable when too many wait,
        or too long, or the processor is closed.
        """
        # Ours, not the child's: the files are stored under it.
        digest = await to_thread.run_sync(lambda: hashlib.sha256(data).hexdigest())
        try:
            return frames.read(await self.ask(data), digest=digest)
        except WorkOverran as overrun:
            detail = "The picture took too long to read; save it smaller, and send that."
            raise UnusablePicture("unreadable_picture", detail) from overrun
        except (WorkBroke, ValueError, TypeError, KeyError) as failure:
            raise unreadable() from failure
