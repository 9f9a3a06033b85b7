"""From the bytes of a picture to files in the store, a few at a time.

What is sent waits on the disk until its turn comes, so many uploads at once cost no more memory
than `AT_ONCE` of them.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import anyio

from potluck.clients.media_store import MediaStore, checksums_key, media_key
from potluck.core.errors import Unavailable
from potluck.services.pictures import PictureProcessor, ProcessedPicture

#: One in the child that decodes, one read and ready for it.
AT_ONCE = 2
#: The longest wait for a turn. A picture of 12 megapixels takes two seconds on a small machine, so
#: the sixteenth in the queue still gets its turn.
QUEUE_S = 40.0


class Processor(Protocol):
    """What `PictureProcessor` does for us."""

    async def process(self, data: bytes) -> ProcessedPicture:
        """The files of a picture. Raises UnusablePicture, Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of a picture whose files are stored; see `potluck.models.Media`."""

    digest: str
    width: int
    height: int
    widths: str
    formats: str
    byte_size: int
    colour: str
    focus_x: int
    focus_y: int


class PictureIntake:
    """Processes pictures and stores their files. No row refers to them yet."""

    def __init__(
        self,
        processor: PictureProcessor | Processor,
        store: MediaStore,
        *,
        queue_s: float = QUEUE_S,
    ) -> None:
        self._processor = processor
        self._store = store
        self._queue_s = queue_s
        self._turns = anyio.Semaphore(AT_ONCE)

    async def take_in(self, read: Callable[[], Awaitable[bytes]]) -> Picture:
        """The picture that `read` gives, durably stored in all sizes.

        Raises UnusablePicture for what is none, Unavailable when others take too long or the disk
        is full.
        """
        try:
            with anyio.fail_after(self._queue_s):
                await self._turns.acquire()
        except TimeoutError:
            message = "Other pictures are being read; try again shortly."
            raise Unavailable(message, retry_after_s=10) from None
        try:
            processed = await self._processor.process(await read())
            for file in processed.files:
                await self._store.put(
                    media_key(processed.digest, file.width, file.format), file.content
                )
            await self._store.put(checksums_key(processed.digest), checksums(processed))
        finally:
            self._turns.release()
        return _picture(processed)


def checksums(processed: ProcessedPicture) -> bytes:
    """One line for each file: `sha256sum --check` in its folder tells which was damaged since."""
    lines = []
    for file in processed.files:
        name = media_key(processed.digest, file.width, file.format).rpartition("/")[2]
        lines.append(f"{hashlib.sha256(file.content).hexdigest()}  {name}\n")
    return "".join(lines).encode()


def _picture(processed: ProcessedPicture) -> Picture:
    return Picture(
        digest=processed.digest,
        width=processed.width,
        height=processed.height,
        widths=" ".join(map(str, processed.widths)),
        formats=" ".join(processed.formats),
        byte_size=processed.byte_size,
        colour=processed.colour,
        focus_x=processed.focus_x,
        focus_y=processed.focus_y,
    )
