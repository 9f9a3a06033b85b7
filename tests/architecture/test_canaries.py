"""The watch over stored-only values does bark."""

from sqlalchemy.ext.asyncio import AsyncSession

from potluck.models import User
from tests.canaries import Recorder
from tests.factories import Make


class TestRecorder:
    async def test_h05_a_password_hash_in_an_answer_is_a_leak(
        self, session: AsyncSession, make_user: Make[User]
    ) -> None:
        user = await make_user()
        recorder = Recorder()
        recorder.write(f'{{"user": "{user.password_hash}"}}')

        assert await recorder.leaks(session) == ["User.password_hash"]

    async def test_h05_silence_is_none(self, session: AsyncSession, make_user: Make[User]) -> None:
        await make_user()

        assert await Recorder().leaks(session) == []
