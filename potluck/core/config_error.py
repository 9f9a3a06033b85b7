"""The error of a service that cannot start as it is configured."""


class ConfigError(Exception):
    """One or more settings, secrets or folders are not as they must be.

    `problems` are whole sentences for the operator, each saying what to do. They never contain a
    secret. The command line prints all of them and exits with 78 (EX_CONFIG of sysexits.h).
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
