"""Whether this process is about to stop."""


class Lifecycle:
    """Signals are the process's, so this is, too: `PROCESS` is the one that counts."""

    def __init__(self) -> None:
        #: Set by SIGTERM: readiness turns red before the socket closes, so that a proxy looks
        #: elsewhere while this process still answers.
        self.is_draining = False


PROCESS = Lifecycle()
