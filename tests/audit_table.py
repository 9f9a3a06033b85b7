"""How each action of the audit is done through HTTP or a command, a row for each.

A new action of `domain.audit.Action` needs a row, here or in `audit_ways`; the test compares.
"""

from datetime import timedelta
from typing import Any

import httpx2

from potluck.domain.audit import Action
from potluck.services import setup
from potluck.worker import deletions, runner
from tests.api.auth_calls import LOGIN, LOGOUT, SIGNUP, refresh, reread, signed_in
from tests.api.job_calls import make_job
from tests.audit_stage import NEW_PASSWORD, Stage, ok, row
from tests.conftest import API
from tests.factories import PASSWORD


@row(Action.SIGNED_UP)
async def signed_up(stage: Stage) -> Any:
    body = {"email": "new@example.org", "password": NEW_PASSWORD, "display_name": "New"}
    return lambda: ok(stage.stranger.post(SIGNUP, json=body), 201)


@row(Action.SIGNED_IN)
async def signs_in(stage: Stage) -> Any:
    form = {"username": stage.owner.email, "password": PASSWORD}
    return lambda: ok(stage.stranger.post(LOGIN, data=form))


@row(Action.SIGN_IN_REFUSED)
async def is_refused(stage: Stage) -> Any:
    form = {"username": stage.owner.email, "password": "not the right password"}
    return lambda: ok(stage.stranger.post(LOGIN, data=form), 401)


@row(Action.SIGNED_OUT)
async def signs_out(stage: Stage) -> Any:
    pair = await signed_in(stage.stranger, stage.owner)
    body = {"refresh_token": pair["refresh_token"]}
    return lambda: ok(stage.stranger.post(LOGOUT, json=body), 204)


@row(Action.REFRESH_REUSED)
async def reuses(stage: Stage) -> Any:
    pair = await signed_in(stage.stranger, stage.owner)
    await ok(refresh(stage.stranger, pair["refresh_token"]))
    stage.clock.advance(timedelta(minutes=1))
    return lambda: ok(refresh(stage.stranger, pair["refresh_token"]), 401)


@row(Action.SESSION_ENDED)
async def ends_a_session(stage: Stage) -> Any:
    listed = await ok(stage.client.get(f"{API}/auth/sessions"))
    id = listed["items"][0]["id"]
    return lambda: ok(stage.client.delete(f"{API}/auth/sessions/{id}"), 204)


@row(Action.OTHER_SESSIONS_ENDED)
async def ends_others(stage: Stage) -> Any:
    return lambda: ok(stage.client.post(f"{API}/auth/sessions/end-others"), 204)


@row(Action.ALL_SESSIONS_ENDED)
async def an_administrator_ends_all(stage: Stage) -> Any:
    theirs = await stage.as_(await stage.factories.user(is_instance_admin=True))
    path = f"{API}/admin/users/{stage.owner.id}/sessions"
    return lambda: ok(theirs.delete(path), 204)


@row(Action.PASSWORD_CHANGED)
async def changes_the_password(stage: Stage) -> Any:
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    return lambda: ok(stage.client.post(f"{API}/auth/password", json=body))


@row(Action.TOKEN_CREATED)
async def makes_a_token(stage: Stage) -> Any:
    body = {"name": "Script", "scopes": ["recipes:read"]}
    return lambda: ok(stage.client.post(f"{API}/auth/tokens", json=body), 201)


@row(Action.TOKEN_REVOKED)
async def revokes_a_token(stage: Stage) -> Any:
    made = await (await makes_a_token(stage))()
    return lambda: ok(stage.client.delete(f"{API}/auth/tokens/{made['id']}"), 204)


@row(Action.HOUSEHOLD_CREATED)
async def makes_a_household(stage: Stage) -> Any:
    return lambda: ok(stage.client.post(f"{API}/households", json={"name": "Cabin"}), 201)


@row(Action.HOUSEHOLD_CHANGED)
async def changes_a_household(stage: Stage) -> Any:
    headers = {"If-Match": "*"}
    return lambda: ok(stage.client.patch(stage.path, json={"name": "Cabin"}, headers=headers))


@row(Action.MEMBER_ADDED)
async def adds_a_member(stage: Stage) -> Any:
    friend = await stage.factories.user()
    body = {"email": friend.email, "role": "editor"}
    return lambda: ok(stage.client.post(f"{stage.path}/members", json=body), 201)


@row(Action.MEMBER_ROLE_CHANGED)
async def changes_a_role(stage: Stage) -> Any:
    member = await stage.factories.member(stage.household.id, "editor")
    path = f"{stage.path}/members/{member.id}"
    return lambda: ok(stage.client.patch(path, json={"role": "viewer"}))


@row(Action.MEMBER_REMOVED)
async def removes_a_member(stage: Stage) -> Any:
    member = await stage.factories.member(stage.household.id, "editor")
    return lambda: ok(stage.client.delete(f"{stage.path}/members/{member.id}"), 204)


@row(Action.MEMBER_LEFT)
async def leaves(stage: Stage) -> Any:
    member = await stage.factories.member(stage.household.id, "editor")
    theirs = await stage.as_(member)
    return lambda: ok(theirs.delete(f"{stage.path}/members/{member.id}"), 204)


@row(Action.INVITATION_CREATED)
async def invites(stage: Stage) -> Any:
    return lambda: ok(stage.client.post(f"{stage.path}/invitations", json={"role": "editor"}), 201)


@row(Action.INVITATION_REVOKED)
async def withdraws(stage: Stage) -> Any:
    made = await (await invites(stage))()
    return lambda: ok(stage.client.delete(f"{stage.path}/invitations/{made['id']}"), 204)


@row(Action.INVITATION_ACCEPTED)
async def joins(stage: Stage) -> Any:
    made = await (await invites(stage))()
    token = httpx2.URL(made["url"]).params["token"]
    friend = await stage.as_(await stage.factories.user())
    return lambda: ok(friend.post(f"{API}/invitations/accept", json={"token": token}))


@row(Action.ACCOUNT_CREATED)
async def the_operator_makes_an_account(stage: Stage) -> Any:
    words = ("user", "create", "made@example.org", "--password-stdin")
    return lambda: stage.ran(*words, input=f"{NEW_PASSWORD}\n")


@row(Action.PASSWORD_RESET)
async def the_operator_resets(stage: Stage) -> Any:
    words = ("user", "reset-password", stage.owner.email, "--password-stdin")
    return lambda: stage.ran(*words, input=f"{NEW_PASSWORD}\n")


@row(Action.RESET_ASKED)
async def an_administrator_starts_a_reset(stage: Stage) -> Any:
    root = await stage.as_(await stage.factories.user(is_instance_admin=True))
    path = f"{API}/admin/users/{stage.owner.id}/password-reset"
    return lambda: ok(root.post(path), 202)


@row(Action.JOB_RETRIED)
async def an_administrator_repeats_a_job(stage: Stage) -> Any:
    path = f"{await a_job(stage)}/retry"
    root = await stage.as_(await stage.factories.user(is_instance_admin=True))
    await ok(root.post(path.replace("retry", "cancel")))
    return lambda: ok(root.post(path))


@row(Action.JOB_CANCELLED)
async def an_administrator_cancels_a_job(stage: Stage) -> Any:
    path = f"{await a_job(stage)}/cancel"
    root = await stage.as_(await stage.factories.user(is_instance_admin=True))
    return lambda: ok(root.post(path))


async def a_job(stage: Stage) -> str:
    """The path of a job that the owner has asked for."""
    id = await make_job(stage.factories.resources, stage.owner)
    return f"{API}/admin/jobs/{id}"


def by_command(action: Action, *words: str, before: tuple[str, ...] = ()) -> None:
    """A row that is one command about the owner, after others."""

    async def prepare(stage: Stage) -> Any:
        if before:
            await stage.ran(*before, stage.owner.email)
        return lambda: stage.ran(*words, stage.owner.email)

    row(action)(prepare)


by_command(Action.ACCOUNT_DISABLED, "user", "disable")
by_command(Action.ACCOUNT_ENABLED, "user", "enable", before=("user", "disable"))
by_command(Action.ACCOUNT_PROMOTED, "user", "promote")
by_command(Action.ACCOUNT_UNBLOCKED, "user", "unblock")


@row(Action.ACCOUNT_DEMOTED)
async def the_operator_demotes(stage: Stage) -> Any:
    other = await stage.factories.user(is_instance_admin=True)
    await stage.factories.user(is_instance_admin=True)
    return lambda: stage.ran("user", "demote", other.email)


@row(Action.DELETION_SCHEDULED)
async def asks_to_be_deleted(stage: Stage) -> Any:
    headers = {"If-Match": "*"}
    return lambda: ok(stage.client.delete(f"{API}/auth/me", headers=headers), 204)


@row(Action.DELETION_UNDONE)
async def stays_after_all(stage: Stage) -> Any:
    await (await asks_to_be_deleted(stage))()
    theirs = await stage.as_(await reread(stage.factories.resources, stage.owner))
    return lambda: ok(theirs.post(f"{API}/auth/me/restore"))


@row(Action.ACCOUNT_DELETED)
async def is_deleted(stage: Stage) -> Any:
    await (await asks_to_be_deleted(stage))()
    stage.clock.advance(timedelta(days=8))
    return lambda: deletions.finish(stage.factories.resources.database, stage.clock)


@row(Action.EXPORT_ASKED)
async def asks_for_an_archive(stage: Stage) -> Any:
    return lambda: ok(stage.client.post(f"{API}/auth/me/exports"), 202)


@row(Action.EXPORT_DOWNLOADED)
async def downloads_an_archive(stage: Stage) -> Any:
    job = await (await asks_for_an_archive(stage))()
    await runner.run_due(stage.factories.resources)
    return lambda: stage.client.get(f"{API}/auth/me/exports/{job['id']}/file")


@row(Action.SET_UP)
async def sets_up(stage: Stage) -> Any:
    resources = stage.factories.resources
    async with resources.database.transaction() as session:
        secret = await setup.renew_secret(session, resources.clock)
    body = {"email": "first@example.org", "password": NEW_PASSWORD, "display_name": "First"}
    return lambda: ok(stage.stranger.post(f"{API}/auth/setup", json=body | {"secret": secret}), 201)


@row(Action.KEYS_ROTATED)
async def rotates(stage: Stage) -> Any:
    return lambda: stage.ran("keys", "rotate")
