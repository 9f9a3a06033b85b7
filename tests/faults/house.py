"""A Potluck under test: its data, its database, and the real processes that serve it."""

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.processes import ROOT, environment, free_port
from tests.serving import Server, launch

#: Settings that an operator of the harness may try out, as in POTLUCK_DATABASE__POOL_SIZE=3.
PASSED_ON = {
    name: text
    for name, text in os.environ.items()
    if name.startswith("POTLUCK_")
    and name not in {"POTLUCK_TEST_DATABASE_URL", "POTLUCK_VENV", "POTLUCK_ENV_FILE"}
}


@dataclass
class House:
    """One data folder and one database; any number of processes."""

    engine: str
    folder: Path
    database_url: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    servers: list[Server] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def sqlite_file(self) -> Path:
        return self.data / "potluck.db"

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """What its processes see: no setting of this machine but those that are passed on."""
        own = {
            "POTLUCK_DATA_DIR": str(self.data),
            "POTLUCK_LOG__LEVEL": "warning",
            # Tokens name the address: it is the same whichever process made them.
            "POTLUCK_BASE_URL": "http://127.0.0.1",
        }
        if self.database_url is not None:
            own["POTLUCK_DATABASE__URL"] = self.database_url
        return environment(ROOT, own | PASSED_ON | self.settings | dict(more or {}))

    def command(self, *arguments: str) -> list[str]:
        """Run with this Python."""
        return [sys.executable, "-m", "potluck", *arguments]

    def launch(
        self,
        *flags: str,
        port: int | None = None,
        more: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
        **options: Any,
    ) -> Server:
        """Start `BEFORE potluck serve` without waiting; by default it migrates first."""
        port = port or free_port()
        server = launch(
            [*before, *self.command("serve", "--port", str(port), *flags)],
            port=port,
            folder=self.folder,
            environment=self.environment(more),
            kept=self.folder / f"said-{len(self.servers)}",
            **options,
        )
        self.servers.append(server)
        return server

    def start(self, *flags: str, **options: Any) -> Server:
        """Start a server that migrates first, and wait until it is ready."""
        server = self.launch("--migrate", *flags, **options)
        server.wait_until_ready()
        return server

    def close(self) -> None:
        """End every process that is still there."""
        for server in self.servers:
            if server.process.poll() is None:
                server.kill()


@contextlib.contextmanager
def opened(house: House) -> Iterator[House]:
    """The house until the block ends, and nothing of it afterwards."""
    house.folder.mkdir(parents=True, exist_ok=True)
    try:
        yield house
    finally:
        house.close()
