"""The tip of the day through HTTP."""

from datetime import timedelta

from potluck.models import User
from tests.conftest import API, As
from tests.doubles import FakeClock
from tests.factories import Make

URL = f"{API}/tips/today"


class TestTipOfToday:
    async def test_answers_the_day_and_the_tip(self, as_: As, make_user: Make[User]) -> None:
        client = await as_(await make_user())

        answer = await client.get(URL)

        assert answer.status_code == 200
        assert answer.json() == {
            "day": "2026-03-01",
            "text": "Salt the water for pasta until it tastes like soup.",
        }

    async def test_tomorrow_has_another_one(
        self, as_: As, make_user: Make[User], clock: FakeClock
    ) -> None:
        client = await as_(await make_user())
        today = (await client.get(URL)).json()

        clock.advance(timedelta(days=1))
        client = await as_(await make_user())
        tomorrow = (await client.get(URL)).json()

        assert tomorrow["day"] == "2026-03-02"
        assert tomorrow["text"] != today["text"]

    async def test_strangers_are_turned_away(self, as_: As) -> None:
        answer = await (await as_(None)).get(URL)

        assert answer.status_code == 401
        assert answer.json()["type"].endswith("/problems/unauthenticated")
