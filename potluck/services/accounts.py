"""Making accounts, and what people change about their own."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from potluck import crud, schemas
from potluck.core import passwords
from potluck.core.actor import Actor
from potluck.core.errors import Forbidden, Invalid
from potluck.core.passwords import PasswordHasher
from potluck.domain.context_words import is_made_of_names
from potluck.domain.email_address import email_key
from potluck.models import User
from potluck.schemas.household import HouseholdCreate
from potluck.schemas.mail import WelcomeMail
from potluck.schemas.user import UserCreate, UserInDB, UserUpdate
from potluck.services import households, mails
from potluck.services.preconditions import check_match, etag_of_answer

KITCHEN = "{}'s kitchen"
HOUSEHOLD_NAME_MAX = 100
_WHY = {
    "password_too_short": "Use at least {} characters; a few words make a good password.",
    "password_too_long": "Use at most 256 characters.",
    "password_contextual": (
        "Add words that are not in the name, the address or the household of the account,"
        " nor the name of this service."
    ),
    "password_breached": (
        "This one is on a list of leaked passwords; a few words of your own make a good password."
    ),
}


def names_of(data: UserCreate) -> list[str]:
    """The names that the password of a new account is not to be made of."""
    return [*data.email.split("@"), data.display_name, KITCHEN.format(data.display_name)]


async def names_of_account(session: AsyncSession, user: User) -> list[str]:
    """The names that a new password of this account is not to be made of."""
    memberships = await crud.user.memberships(session, Actor(user_id=user.id))
    households = [household.name for _, household in memberships]
    return [*user.email.split("@"), user.display_name, *households]


async def check_new_password(
    password: str, minimum: int, names: Collection[str], *, member: str = "password"
) -> None:
    """Raises `Invalid` for a password that has fewer than `minimum` or too many characters, is
    made of nothing but `names` and the product's, or is on the list of leaked ones.

    `member` is what the caller calls it. Reads the list in a thread.
    """
    code = passwords.check_length(password, minimum)
    if code is None and is_made_of_names(password, names):
        code = "password_contextual"
    if code is None and await to_thread.run_sync(passwords.is_leaked, password):
        code = "password_breached"
    if code is not None:
        raise Invalid.member(f"/{member}", code, _WHY[code].format(minimum))


async def hash_new_password(
    password: str, minimum: int, names: Collection[str], hasher: PasswordHasher
) -> str:
    """Check as `check_new_password` and hash, before any transaction.

    Raises `Invalid`, `Unavailable`.
    """
    await check_new_password(password, minimum, names)
    return await hasher.hash(password)


async def create(
    session: AsyncSession,
    data: UserCreate,
    password_hash: str,
    *,
    now: datetime,
    is_instance_admin: bool = False,
) -> User:
    """An account with a household of its own, whose owner it is. Raises `EmailTaken`."""
    stored = UserInDB(
        email=data.email,
        email_key=email_key(data.email),
        display_name=data.display_name,
        password_hash=password_hash,
        is_instance_admin=is_instance_admin,
    )
    user = await crud.user.create(session, stored, now=now)
    room = HOUSEHOLD_NAME_MAX - len(KITCHEN.format(""))
    kitchen = HouseholdCreate(name=KITCHEN.format(data.display_name[:room].rstrip()))
    household = await households.found(session, user, kitchen, now=now)
    await crud.user.update(session, user, {"default_household_id": household.id}, now=now)
    return user


async def welcome(session: AsyncSession, user: User, *, now: datetime) -> None:
    """Greet a new account by mail, in the background."""
    mail = WelcomeMail(name=user.display_name)
    await mails.send_later(session, mail, to=user.email, locale=user.locale, now=now)


async def profile(session: AsyncSession, actor: Actor, user: User) -> schemas.User:
    """The account as its owner sees it, with the households and the role in each.

    With a token for one household there are no others.
    """
    rows = await crud.user.memberships(session, actor)
    memberships = [
        {"household_id": household.id, "name": household.name, "role": membership.role}
        for membership, household in rows
    ]
    default = households.default_of(actor, user)
    is_mine = any(household.id == default for _, household in rows)
    columns = {column: getattr(user, column) for column in _ANSWERED_COLUMNS}
    return schemas.User.model_validate(
        columns | {"memberships": memberships, "default_household_id": default if is_mine else None}
    )


_ANSWERED_COLUMNS = set(schemas.User.model_fields) - {"memberships", "default_household_id"}


async def update_profile(
    session: AsyncSession,
    actor: Actor,
    data: UserUpdate,
    *,
    if_match: str | None,
    now: datetime,
) -> schemas.User:
    """Change the members sent. Raises `PreconditionRequired`, `Stale`, `Invalid`, `Forbidden`."""
    assert actor.user_id is not None  # noqa: S101 - the dependency let no stranger in
    user = await crud.user.get_for_update(session, actor, actor.user_id)
    before = await profile(session, actor, user)
    check_match(if_match, etag_of_answer(before))
    changes: dict[str, Any] = data.changes()
    wanted = changes.get("default_household_id")
    if wanted is not None and actor.household_id is not None:
        raise Forbidden("A token for one household does not choose among all of them.")
    if wanted is not None and wanted not in {each.household_id for each in before.memberships}:
        raise Invalid.member(
            "/default_household_id", "not_a_member", "Choose one of your own households."
        )
    await crud.user.update(session, user, changes, now=now)
    return await profile(session, actor, user)
