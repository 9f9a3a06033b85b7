"""What a caller asks of a list: how many, and where the last page ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from potluck.core.cursor import Cursors


@dataclass(frozen=True)
class PageRequest:
    """`limit` items after `cursor`, which is valid only together with `binding`.

    `binding` is the text of all other parameters, so that a cursor of one list cannot be used
    in another.
    """

    limit: int
    cursor: str | None
    cursors: Cursors
    binding: str

    def after(self) -> list[str | int | None] | None:
        """The sort key of the last item of the page before, None on the first page.

        Raises `InvalidCursor` when it was tampered with or belongs to another list.
        """
        if self.cursor is None:
            return None
        return self.cursors.decode(self.cursor, self.binding)

    def next_cursor(self, key: Sequence[str | int | None]) -> str:
        """The cursor of the page that follows the item with this sort key."""
        return self.cursors.encode(list(key), self.binding)
