"""More rows of the table of the audit, and other ways to events that have a row."""

from typing import Any

from potluck.core.master_key import MasterKey
from potluck.domain.audit import Action
from potluck.services import master_key_change
from tests.api.auth_calls import SIGNUP
from tests.api.link_calls import links_in, reset, reset_token, token_in, verifying
from tests.audit_stage import NEW_PASSWORD, OTHER_WAYS, Stage, ok, other_way, row
from tests.audit_table import makes_a_token
from tests.conftest import API
from tests.factories import PASSWORD

STEP_UP, EMAIL_CHANGE = f"{API}/auth/step-up", f"{API}/auth/email-change"
OTHER_KEY = MasterKey(bytes(range(5, 37)))


@row(Action.CONFIRMED)
async def confirms(stage: Stage) -> Any:
    return lambda: ok(stage.client.post(STEP_UP, json={"password": PASSWORD}))


@row(Action.CONFIRMATION_REFUSED)
async def fails_to_confirm(stage: Stage) -> Any:
    return lambda: ok(stage.client.post(STEP_UP, json={"password": "not it, not at all"}), 403)


@other_way(Action.CONFIRMATION_REFUSED)
async def fails_to_change_the_password(stage: Stage) -> Any:
    body = {"current_password": "not it, not at all", "new_password": NEW_PASSWORD}
    return lambda: ok(stage.client.post(f"{API}/auth/password", json=body), 403)


@row(Action.HOUSEHOLD_TRANSFERRED)
async def hands_a_household_on(stage: Stage) -> Any:
    member = await stage.factories.member(stage.household.id, "editor")
    body = {"user_id": str(member.id)}
    return lambda: ok(stage.client.post(f"{stage.path}/transfer", json=body))


@row(Action.HOUSEHOLD_DELETED)
async def deletes_a_household(stage: Stage) -> Any:
    return lambda: ok(stage.client.delete(stage.path, headers={"If-Match": "*"}), 204)


@row(Action.HOUSEHOLD_RESTORED)
async def restores_a_household(stage: Stage) -> Any:
    await (await deletes_a_household(stage))()
    return lambda: ok(stage.client.post(f"{stage.path}/restore"))


@row(Action.RESET_LINK_MADE)
async def has_forgotten_the_password(stage: Stage) -> Any:
    body = {"email": stage.owner.email}
    await ok(stage.stranger.post(f"{API}/auth/password-reset", json=body), 202)
    return stage.outbox


@other_way(Action.RESET_LINK_MADE)
async def the_operator_makes_a_link(stage: Stage) -> Any:
    return lambda: stage.ran("user", "reset-link", stage.owner.email)


@row(Action.RESET_BY_LINK)
async def chooses_another_password(stage: Stage) -> Any:
    token = await reset_token(stage.factories.resources, stage.owner)
    return lambda: ok(reset(stage.stranger, token), 204)


@row(Action.EMAIL_CHANGE_ASKED)
async def asks_for_another_address(stage: Stage) -> Any:
    body = {"email": "lovelace@example.org"}
    return lambda: ok(stage.client.post(EMAIL_CHANGE, json=body), 202)


@row(Action.EMAIL_CHANGED)
async def confirms_another_address(stage: Stage) -> Any:
    await (await asks_for_another_address(stage))()
    [link] = links_in((await stage.outbox())[-1], "/email-change")
    body = {"token": token_in(link)}
    return lambda: ok(stage.stranger.post(f"{EMAIL_CHANGE}/confirm", json=body), 204)


@row(Action.EMAIL_CHANGE_CANCELLED)
async def keeps_the_address(stage: Stage) -> Any:
    await (await asks_for_another_address(stage))()
    [link] = links_in((await stage.outbox())[-2], "/email-change/cancel")
    body = {"token": token_in(link)}
    return lambda: ok(stage.stranger.post(f"{EMAIL_CHANGE}/cancel", json=body), 204)


@other_way(Action.SIGNED_UP)
async def signs_up_where_addresses_are_verified(stage: Stage) -> Any:
    body = {"email": "new@example.org", "password": NEW_PASSWORD, "display_name": "New"}
    with verifying(stage.app, stage.factories.resources):
        await ok(stage.stranger.post(SIGNUP, json=body), 202)
    [link] = links_in((await stage.outbox())[-1], "/verify")
    body = {"token": token_in(link)}
    return lambda: ok(stage.stranger.post(f"{API}/auth/verify-email", json=body), 204)


@other_way(Action.SESSION_ENDED)
async def an_administrator_ends_a_session(stage: Stage) -> Any:
    theirs = await stage.as_(await stage.factories.user(is_instance_admin=True))
    path = f"{API}/admin/users/{stage.owner.id}/sessions"
    id = (await ok(theirs.get(path)))["items"][0]["id"]
    return lambda: ok(theirs.delete(f"{path}/{id}"), 204)


@other_way(Action.TOKEN_REVOKED)
async def an_administrator_revokes_a_token(stage: Stage) -> Any:
    made = await (await makes_a_token(stage))()
    theirs = await stage.as_(await stage.factories.user(is_instance_admin=True))
    path = f"{API}/admin/users/{stage.owner.id}/tokens/{made['id']}"
    return lambda: ok(theirs.delete(path), 204)


def by_an_administrator(action: Action, **changes: bool) -> None:
    """Another way that is a change of the owner's account."""

    async def prepare(stage: Stage) -> Any:
        if action in {Action.ACCOUNT_ENABLED, Action.ACCOUNT_DEMOTED}:
            words = "disable" if action == Action.ACCOUNT_ENABLED else "promote"
            await stage.ran("user", words, stage.owner.email)
        theirs = await stage.as_(await stage.factories.user(is_instance_admin=True))
        path = f"{API}/admin/users/{stage.owner.id}"
        return lambda: ok(theirs.patch(path, json=changes, headers={"If-Match": "*"}))

    OTHER_WAYS[f"an_administrator_{action.value}"] = action, prepare


by_an_administrator(Action.ACCOUNT_DISABLED, is_disabled=True)
by_an_administrator(Action.ACCOUNT_ENABLED, is_disabled=False)
by_an_administrator(Action.ACCOUNT_PROMOTED, is_instance_admin=True)
by_an_administrator(Action.ACCOUNT_DEMOTED, is_instance_admin=False)


@row(Action.KEYS_REWRAPPED)
async def changes_the_master_key(stage: Stage) -> Any:
    resources = stage.factories.resources

    async def act() -> None:
        async with resources.database.transaction() as session:
            now = resources.clock.now()
            await master_key_change.rewrap(session, resources.master_key, OTHER_KEY, now=now)

    return act
