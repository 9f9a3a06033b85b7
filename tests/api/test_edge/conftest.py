from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from tests.api.test_edge import toy
from tests.doubles import FakeClock
from tests.log_capture import LogStream, captured


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def static(tmp_path: Path) -> Path:
    (tmp_path / "style.css").write_text("p {}")
    return tmp_path


@pytest.fixture
def app(clock: FakeClock, static: Path) -> FastAPI:
    """The toy behind the whole edge."""
    return toy.build(clock, static=static, origins=["https://app.test", "http://app.test:8080"])


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with toy.client_of(app) as client:
        yield client


@pytest.fixture(autouse=True)
def log() -> Iterator[LogStream]:
    with captured() as log:
        yield log
