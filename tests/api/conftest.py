"""People and recipes that the tests of the API share."""

import httpx2
import pytest

from potluck.models import User
from tests.conftest import As
from tests.factories import Factories, Make


@pytest.fixture
async def ada(make_user: Make[User]) -> User:
    """The owner of a household of her own."""
    return await make_user(display_name="Ada")


@pytest.fixture
async def as_ada(as_: As, ada: User) -> httpx2.AsyncClient:
    return await as_(ada)


@pytest.fixture
async def as_bob(as_: As, factories: Factories, ada: User) -> httpx2.AsyncClient:
    """An editor in Ada's household."""
    assert ada.default_household_id
    return await as_(await factories.member(ada.default_household_id, "editor"))


@pytest.fixture
async def as_eve(as_: As, make_user: Make[User]) -> httpx2.AsyncClient:
    """Somebody of another household."""
    return await as_(await make_user(display_name="Eve"))
