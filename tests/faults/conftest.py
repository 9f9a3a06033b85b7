"""A place for the experiments of this test process, with a PostgreSQL that may be broken."""

from collections.abc import Iterator

import pytest

from tests.faults.own_postgres import own_postgres
from tests.faults.places import Place


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with own_postgres() as postgres:
        place = Place(tmp_path_factory.mktemp("faults"), postgres)
        yield place
        place.close()
