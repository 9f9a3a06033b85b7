"""What uvicorn is told of the world around us."""

from typing import Any

import pytest

from tests.limits import believing

FORGED = [(b"x-forwarded-for", b"203.0.113.9, 198.51.100.7"), (b"x-forwarded-proto", b"https")]


async def seen_from(peer: str, trusted: list[str]) -> tuple[str, str]:
    """Client and scheme that the app sees of a request that came from `peer`."""
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)

    scope = {"type": "http", "scheme": "http", "client": (peer, 1), "headers": FORGED}
    await believing(app, trusted)(scope, None, None)  # type: ignore[arg-type]
    return seen["client"][0], seen["scheme"]


class TestForwarded:
    @pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.0.1", "203.0.113.1"])
    async def test_b06_nobody_is_believed_by_default(self, peer: str) -> None:
        assert await seen_from(peer, []) == (peer, "http")

    async def test_b06_of_a_named_proxy_the_last_hop_that_is_no_proxy_counts(self) -> None:
        assert await seen_from("10.0.0.1", ["10.0.0.0/8"]) == ("198.51.100.7", "https")

    async def test_b06_others_are_not_believed_beside_it(self) -> None:
        assert await seen_from("127.0.0.1", ["10.0.0.0/8"]) == ("127.0.0.1", "http")
