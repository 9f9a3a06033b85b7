"""The failure of a job that trying again cannot change."""


class GivenUp(Exception):
    """`reason` is one word for the administrator's list, like `fetch-refused`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
