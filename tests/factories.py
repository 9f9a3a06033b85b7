"""Makes real rows for tests, through the app's own services and crud."""

from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from potluck.models import User
from potluck.resources import Resources
from potluck.schemas.user import UserCreate
from potluck.services import accounts

#: Hashing costs 20 ms of CPU; every test account has this password and this hash of it.
PASSWORD = "correct horse battery staple"

T_co = TypeVar("T_co", covariant=True)


class Make(Protocol[T_co]):
    """A factory: `await make_user(display_name="Ada")`."""

    async def __call__(self, **options: Any) -> T_co: ...


@dataclass
class Factories:
    """Counts up, so that every row has words of its own."""

    resources: Resources
    password_hash: str
    count: int = field(default=0)

    async def user(self, **options: Any) -> User:
        """An account with a household of its own, as signing up makes it."""
        self.count += 1
        data = UserCreate(
            email=options.pop("email", f"cook{self.count}@example.org"),
            password=PASSWORD,
            display_name=options.pop("display_name", f"Cook {self.count}"),
        )
        async with self.resources.database.transaction() as session:
            return await accounts.create(
                session, data, self.password_hash, now=self.resources.clock.now(), **options
            )
