from collections.abc import AsyncIterator, Iterator

import pytest

from tests.clients.http_server import ScriptedServer
from tests.clients.net import Net
from tests.dial_recorder import DialRecorder


@pytest.fixture(autouse=True)
def recorder() -> Iterator[DialRecorder]:
    """No test in this folder may open a connection that leaves the machine."""
    with DialRecorder() as dials:
        yield dials


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as running:
        yield running


@pytest.fixture
def net(server: ScriptedServer) -> Net:
    return Net(server.port)
