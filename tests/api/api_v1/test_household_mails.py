"""Who is written to about a change of their household: whom it concerns, and not who made it."""

from email.message import EmailMessage
from uuid import UUID

import httpx2
import pytest

from potluck.models import User
from potluck.resources import Resources
from tests.api.auth_calls import change
from tests.conftest import API, As, Outbox
from tests.factories import Factories


@pytest.fixture
def home(ada: User) -> UUID:
    assert ada.default_household_id is not None
    return ada.default_household_id


@pytest.fixture
def url(home: UUID) -> str:
    return f"{API}/households/{home}"


@pytest.fixture
async def bob(factories: Factories, home: UUID) -> User:
    return await factories.member(home, "viewer", display_name="Bob", email="bob@example.org")


def told(mails: list[EmailMessage]) -> list[tuple[str, str]]:
    return sorted((mail["To"], mail["Subject"]) for mail in mails)


def text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


class TestRole:
    async def test_the_member_learns_which_one_and_from_whom(
        self, as_ada: httpx2.AsyncClient, url: str, bob: User, outbox: Outbox
    ) -> None:
        await as_ada.patch(f"{url}/members/{bob.id}", json={"role": "admin"})
        [mail] = await outbox()
        assert told([mail]) == [(bob.email, "Your role in Ada's kitchen is another now")]
        assert "Ada has changed your role in the household Ada's kitchen: it is now admin." in text(
            mail
        )

    async def test_the_same_role_again_is_no_news(
        self, as_ada: httpx2.AsyncClient, url: str, bob: User, outbox: Outbox
    ) -> None:
        answer = await as_ada.patch(f"{url}/members/{bob.id}", json={"role": "viewer"})
        assert answer.status_code == 200
        assert await outbox() == []

    async def test_who_changes_their_own_is_not_told(
        self, as_ada: httpx2.AsyncClient, url: str, ada: User, home: UUID, factories: Factories,
        outbox: Outbox,
    ) -> None:  # fmt: skip
        await factories.member(home, "owner")
        answer = await as_ada.patch(f"{url}/members/{ada.id}", json={"role": "admin"})
        assert answer.status_code == 200
        assert await outbox() == []

    async def test_what_is_refused_is_told_to_nobody(
        self, as_: As, url: str, bob: User, ada: User, outbox: Outbox
    ) -> None:
        answer = await (await as_(bob)).patch(f"{url}/members/{ada.id}", json={"role": "viewer"})
        assert answer.status_code == 403
        assert await outbox() == []


class TestRemoved:
    async def test_who_was_removed_learns_by_whom(
        self, as_ada: httpx2.AsyncClient, url: str, bob: User, outbox: Outbox
    ) -> None:
        await as_ada.delete(f"{url}/members/{bob.id}")
        [mail] = await outbox()
        assert told([mail]) == [(bob.email, "You no longer belong to Ada's kitchen")]
        assert "Ada has taken you out of the household Ada's kitchen." in text(mail)

    async def test_who_leaves_knows(self, as_: As, url: str, bob: User, outbox: Outbox) -> None:
        assert (await (await as_(bob)).delete(f"{url}/members/{bob.id}")).status_code == 204
        assert await outbox() == []

    async def test_it_is_told_in_the_language_of_the_account(
        self, as_ada: httpx2.AsyncClient, resources: Resources, url: str, bob: User, outbox: Outbox
    ) -> None:
        await change(resources, bob, locale="de-AT")
        await as_ada.delete(f"{url}/members/{bob.id}")
        assert told(await outbox()) == [(bob.email, "Du gehörst nicht mehr zu Ada's kitchen")]

    async def test_a_disabled_account_is_not_written_to(
        self, as_ada: httpx2.AsyncClient, resources: Resources, url: str, bob: User, outbox: Outbox
    ) -> None:
        await change(resources, bob, disabled_at=resources.clock.now())
        assert (await as_ada.delete(f"{url}/members/{bob.id}")).status_code == 204
        assert await outbox() == []


class TestHandedOver:
    async def test_the_new_owner_is_told_and_the_old_one_did_it(
        self, as_ada: httpx2.AsyncClient, url: str, bob: User, outbox: Outbox
    ) -> None:
        answer = await as_ada.post(f"{url}/transfer", json={"user_id": str(bob.id)})
        assert answer.status_code == 200
        [mail] = await outbox()
        assert told([mail]) == [(bob.email, "Ada's kitchen has a new owner")]
        assert "Ada has handed the household Ada's kitchen over to Bob" in text(mail)


class TestDeleted:
    async def test_every_other_member_learns_until_when_it_can_come_back(
        self, as_ada: httpx2.AsyncClient, url: str, bob: User, home: UUID, factories: Factories,
        outbox: Outbox,
    ) -> None:  # fmt: skip
        kim = await factories.member(home, "owner", email="kim@example.org")
        await as_ada.delete(url, headers={"If-Match": "*"})
        mails = await outbox()
        subject = "Ada's kitchen was deleted"
        assert told(mails) == [(bob.email, subject), (kim.email, subject)]
        for mail in mails:
            assert "Until 31 March 2026, 12:00 UTC, its owners can bring it back" in text(mail)

    @pytest.mark.usefixtures("bob")
    async def test_a_stale_deletion_is_told_to_nobody(
        self, as_ada: httpx2.AsyncClient, url: str, outbox: Outbox
    ) -> None:
        answer = await as_ada.delete(url, headers={"If-Match": '"stale"'})
        assert answer.status_code == 412
        assert await outbox() == []
