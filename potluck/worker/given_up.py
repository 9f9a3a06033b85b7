"""How a job says that it failed: for good, or for now."""


class GivenUp(Exception):
    """What trying again cannot change.

    `reason` is one word for the administrator's list, like `fetch-refused`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotYet(Exception):
    """What is to be tried again, and is no fault of ours; `slug` is the word for the list."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug
