"""A bad token is refused everywhere in the API, also where no token is needed."""

import httpx2
import pytest

from tests.api.auth_calls import LOGIN, LOGOUT, REFRESH, SETUP, SIGNUP
from tests.conftest import API
from tests.factories import PASSWORD

NEW = {"email": "ada@example.org", "password": PASSWORD, "display_name": "Ada"}
NEED_NO_TOKEN = [
    pytest.param("POST", SIGNUP, {"json": NEW}, id="signup"),
    pytest.param("POST", SETUP, {"json": NEW | {"secret": "x"}}, id="setup"),
    pytest.param("POST", LOGIN, {"data": {"username": "a", "password": "b"}}, id="login"),
    pytest.param("POST", REFRESH, {"json": {"refresh_token": "x"}}, id="refresh"),
    pytest.param("POST", LOGOUT, {"json": {"refresh_token": "x"}}, id="logout"),
    pytest.param("GET", f"{API}/recipes", {}, id="list_recipes"),
]


@pytest.mark.parametrize(("method", "path", "body"), NEED_NO_TOKEN)
class TestBadToken:
    async def test_is_refused_where_none_is_needed(
        self, client: httpx2.AsyncClient, method: str, path: str, body: dict[str, object]
    ) -> None:
        bad = {"Authorization": "Bearer no-token-of-ours"}

        answer = await client.request(method, path, headers=bad, **body)  # type: ignore[arg-type]

        assert answer.status_code == 401
        assert answer.json()["type"].endswith("/problems/invalid-token")
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'

    async def test_another_scheme_is_no_token(
        self, client: httpx2.AsyncClient, method: str, path: str, body: dict[str, object]
    ) -> None:
        """Browsers and the API page send `Basic` on their own account."""
        other = {"Authorization": "Basic OnA="}

        answer = await client.request(method, path, headers=other, **body)  # type: ignore[arg-type]

        assert "invalid-token" not in answer.text or path == REFRESH
