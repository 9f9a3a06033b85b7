"""P-01, P-03: each action leaves exactly one event, bound to all before it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError

from potluck.core.actor import Actor
from potluck.core.errors import InvalidCredentials
from potluck.domain.audit import RULES, Action, Outcome
from potluck.models import AuditEvent, AuditHead, Household, Instance, SigningKey, User
from potluck.resources import Resources
from potluck.services import audit, audit_chain, master_key_change, refused_sign_ins
from potluck.services.doctor import audit as doctor
from potluck.services.doctor.finding import Patient
from potluck.worker import housekeeping
from tests.api.auth_calls import login
from tests.audit_stage import OTHER_WAYS, TABLE, Prepare, Stage
from tests.audit_ways import OTHER_KEY
from tests.cli.conftest import Command, command, variables
from tests.conftest import API, As, Outbox, gather, recorder
from tests.doubles import FakeClock
from tests.factories import Factories, Make
from tests.services.doctor.conftest import found, patient, slip

__all__ = ["command", "patient", "variables"]

HOUSEHOLDS = f"{API}/households"


async def events(resources: Resources) -> list[AuditEvent]:
    async with resources.database.reading() as session:
        return list(await session.scalars(select(AuditEvent).order_by(AuditEvent.seq)))


@pytest.fixture
async def stage(
    client: httpx2.AsyncClient, as_: As, factories: Factories, clock: FakeClock, command: Command,
    app: FastAPI, outbox: Outbox,
) -> Stage:  # fmt: skip
    owner = await factories.user()
    household = await factories.household(owner)
    own = await as_(owner)
    return Stage(own, client, as_, factories, clock, command, owner, household, app, outbox)


@pytest.fixture
async def keys_stay(resources: Resources) -> AsyncIterator[None]:
    """Signing keys are kept from test to test, and what the master key seals."""
    async with resources.database.reading() as session:
        before = set(await session.scalars(select(SigningKey.kid)))
    yield
    async with resources.database.transaction() as session:
        instance = await session.get_one(Instance, 1)
        own = resources.master_key
        if instance.master_key_fingerprint == OTHER_KEY.fingerprint():
            await master_key_change.rewrap(session, OTHER_KEY, own, now=resources.clock.now())
        await session.execute(delete(SigningKey).where(SigningKey.kid.not_in(before)))
        for row in await session.scalars(select(SigningKey)):
            row.retired_at = None
        await session.flush()


WAYS = [pytest.param(action, TABLE[action], id=action.value) for action in Action] + [
    pytest.param(*way, id=name) for name, way in OTHER_WAYS.items()
]


class TestOneEventForEachAction:
    def test_p01_the_table_has_every_action(self) -> None:
        assert set(TABLE) == set(Action) == set(RULES)

    @pytest.mark.usefixtures("keys_stay")
    @pytest.mark.parametrize(("action", "prepare"), WAYS)
    async def test_p01_exactly_one(
        self, action: Action, prepare: Prepare, stage: Stage, resources: Resources
    ) -> None:
        act = await prepare(stage)
        before = len(await events(resources))
        await act()
        made = (await events(resources))[before:]
        assert [row.action for row in made] == [action]
        assert set(json.loads(made[0].detail)) == RULES[action].detail
        refused = {Action.SIGN_IN_REFUSED, Action.CONFIRMATION_REFUSED}
        expected = Outcome.REFUSED if action in refused else Outcome.DONE
        assert made[0].outcome == expected


class TestWhatAnEventSays:
    async def test_who_from_where_and_to_whom(
        self, stage: Stage, resources: Resources, clock: FakeClock
    ) -> None:
        act = await TABLE[Action.MEMBER_ADDED](stage)
        await act()
        row = (await events(resources))[-1]
        assert row.at == clock.now()
        assert (row.actor_id, row.credential_kind) == (stage.owner.id, "access-token")
        assert row.credential_id is not None
        assert (row.target_type, row.subject_id) == ("user", row.target_id)
        assert row.household_id == stage.household.id
        assert row.ip_prefix == "127.0.0.0/24"
        assert json.loads(row.detail) == {"role": "editor"}

    async def test_a_command_is_the_operators(self, stage: Stage, resources: Resources) -> None:
        await (await TABLE[Action.ACCOUNT_DISABLED](stage))()
        row = (await events(resources))[-1]
        assert (row.actor_id, row.credential_kind, row.request_id) == (None, "operator", None)
        assert row.subject_id == stage.owner.id

    async def test_the_log_has_a_line_for_it(self, stage: Stage, resources: Resources) -> None:
        recorder.clear()
        await (await TABLE[Action.TOKEN_CREATED](stage))()
        row = (await events(resources))[-1]
        lines = [json.loads(line) for line in recorder.getvalue().splitlines() if line[:1] == "{"]
        told = [line for line in lines if line["event"] == "audit"]
        assert [(line["seq"], line["hash"], line["request_id"]) for line in told] == [
            (row.seq, row.hash, row.request_id)
        ]

    async def test_undeclared_detail_is_a_mistake(
        self, make_user: Make[User], resources: Resources, clock: FakeClock
    ) -> None:
        user = await make_user()
        with pytest.raises(ValueError, match="declares no email"):
            async with resources.database.transaction() as session:
                audit.record(
                    session, Action.SIGNED_IN, actor=user, now=clock.now(), email="ada@example.org"
                )

    @pytest.mark.parametrize(
        ("host", "prefix"),
        [
            ("203.0.113.77", "203.0.113.0/24"),
            ("::ffff:203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1:2::3", "2001:db8:1::/48"),
            ("fe80::1%eth0", "fe80::/48"),
            ("testclient", None),
            (None, None),
        ],
    )
    def test_an_address_is_kept_as_its_network(self, host: str | None, prefix: str | None) -> None:
        assert audit.prefix_of(host) == prefix


class TestRefusedSignIns:
    async def test_for_no_account_there_is_one_as_well(
        self, client: httpx2.AsyncClient, resources: Resources
    ) -> None:
        assert (await login(client, "nobody@example.org")).status_code == 401
        [row] = await events(resources)
        assert (row.action, row.subject_id) == (Action.SIGN_IN_REFUSED, None)

    async def test_an_attack_does_not_fill_the_disk(
        self, resources: Resources, clock: FakeClock
    ) -> None:
        for number in range(105):
            with pytest.raises(InvalidCredentials):
                await refuse(resources, clock, f"nobody{number}@example.org")
        assert len(await events(resources)) == 100
        clock.advance(timedelta(hours=1))
        with pytest.raises(InvalidCredentials):
            await refuse(resources, clock, "nobody@example.org")
        assert len(await events(resources)) == 101

    async def test_that_it_cannot_be_recorded_changes_no_answer(
        self, client: httpx2.AsyncClient, resources: Resources, make_user: Make[User]
    ) -> None:
        user = await make_user()
        async with without_head(resources):
            answer = await login(client, user.email, "not the right password")
        assert answer.status_code == 401
        assert await events(resources) == []


async def refuse(resources: Resources, clock: FakeClock, email: str) -> None:
    """A wrong password, past the limits that slow it down."""
    async with refused_sign_ins.recorded(resources.throttle, email, clock.now()):
        raise InvalidCredentials


class TestChain:
    async def test_events_at_once_make_one_chain(
        self, stage: Stage, resources: Resources, clock: FakeClock, patient: Patient
    ) -> None:
        async def act(number: int) -> None:
            async with resources.database.transaction() as session:
                row = await session.get_one(Household, stage.household.id)
                for _ in range(number % 3 + 1):
                    audit.record(
                        session,
                        Action.HOUSEHOLD_CREATED,
                        actor=stage.owner,
                        target=row,
                        now=clock.now(),
                    )

        before = len(await events(resources))
        await gather(*(partial(act, number) for number in range(12)))
        assert [row.seq for row in await events(resources)] == list(range(1, before + 25))
        assert (await found(doctor.look, patient))[0][0] == "ok"

    async def test_what_is_rolled_back_leaves_nothing(
        self, stage: Stage, resources: Resources, clock: FakeClock
    ) -> None:
        before = len(await events(resources))
        with suppress(RuntimeError):
            async with resources.database.transaction() as session:
                audit.record(session, Action.SIGNED_IN, actor=stage.owner, now=clock.now())
                raise RuntimeError
        assert len(await events(resources)) == before

    @pytest.mark.parametrize(
        "statement",
        ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"],
    )
    async def test_p03_the_database_refuses(
        self, statement: str, stage: Stage, resources: Resources
    ) -> None:
        assert stage.household.id in {row.household_id for row in await events(resources)}
        with pytest.raises(DBAPIError, match="audit events are"):
            async with resources.database.transaction() as session:
                await session.execute(text(statement))

    async def test_what_cannot_be_recorded_is_not_done(
        self, stage: Stage, resources: Resources
    ) -> None:
        async with without_head(resources):
            answer = await stage.client.post(HOUSEHOLDS, json={"name": "Cabin"})
        assert answer.status_code == 503
        names = [each["name"] for each in (await stage.client.get(HOUSEHOLDS)).json()["items"]]
        assert "Cabin" not in names


@asynccontextmanager
async def without_head(resources: Resources) -> AsyncIterator[None]:
    """The chain has lost its end, as by an operator's slip."""
    async with resources.database.reading() as session:
        head = await session.get_one(AuditHead, 1)
    async with resources.database.transaction() as session:
        await session.execute(delete(AuditHead))
    yield
    async with resources.database.transaction() as session:
        session.add(AuditHead(**columns_of(head)))
        await session.flush()


def columns_of(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in set(row.__table__.columns.keys())}


async def forge(resources: Resources, patient: Patient, *statements: str) -> None:
    """What somebody does who owns the tables: past the guards."""
    is_sqlite = resources.database.url.engine == "sqlite"
    if is_sqlite:
        async with resources.database.reading() as session:
            names = ("audit_event_update", "audit_event_delete")
            found = "SELECT sql FROM sqlite_master WHERE name = :name"
            guards = [await session.scalar(text(found), {"name": name}) for name in names]
        for name in names:
            slip(patient, f"DROP TRIGGER {name}")
    else:
        slip(patient, "ALTER TABLE audit_event DISABLE TRIGGER USER")
    for statement in statements:
        slip(patient, statement)
    if is_sqlite:
        for guard in guards:
            slip(patient, str(guard))
    else:
        slip(patient, "ALTER TABLE audit_event ENABLE TRIGGER USER")


COPIED = """INSERT INTO audit_event SELECT {seq}, at, action, outcome, actor_id, credential_kind,
    credential_id, client, ip_prefix, request_id, target_type, target_id, subject_id,
    household_id, detail, prev_hash, hash FROM audit_event WHERE seq = 3"""


class TestDoctor:
    @pytest.fixture(autouse=True)
    async def five(self, stage: Stage, resources: Resources, clock: FakeClock) -> None:
        for _ in range(5 - len(await events(resources))):
            async with resources.database.transaction() as session:
                audit.record(session, Action.SIGNED_IN, actor=stage.owner, now=clock.now())

    async def test_a_whole_chain_is_told_by_its_end(
        self, resources: Resources, patient: Patient
    ) -> None:
        last = (await events(resources))[-1]
        what = f"5 events, the last is 5 with hash {last.hash}."
        assert await found(doctor.look, patient) == [("ok", what)]

    @pytest.mark.parametrize(
        ("statements", "fault"),
        [
            (
                ["UPDATE audit_event SET action = 'x' WHERE seq = 3"],
                "event 3 was changed or put in",
            ),
            (["UPDATE audit_event SET hash = prev_hash WHERE seq = 5"], "event 5 was changed or"),
            (["DELETE FROM audit_event WHERE seq = 3"], "event 3 is missing"),
            (["DELETE FROM audit_event WHERE seq = 5"], "event 5 is missing"),
            (["DELETE FROM audit_event WHERE seq = 1"], "event 1 is missing"),
            ([COPIED.format(seq=6)], "event 6 was changed or put in"),
            ([COPIED.format(seq=0)], "event 0 was put in"),
            (
                [
                    "DELETE FROM audit_event WHERE seq = 1",
                    """UPDATE audit_head SET pruned_seq = 1, pruned_hash =
                    (SELECT prev_hash FROM audit_event WHERE seq = 2)""",
                ],
                "events up to 1 were not removed by their age",
            ),
        ],
    )
    async def test_p03_names_the_first_that_does_not_fit(
        self, statements: list[str], fault: str, resources: Resources, patient: Patient
    ) -> None:
        await forge(resources, patient, *statements)
        [(level, what)] = await found(doctor.look, patient)
        assert level == "error"
        assert what.startswith(f"In the audit, {fault}")


class TestRetention:
    async def test_old_events_go_and_the_rest_still_holds(
        self, stage: Stage, resources: Resources, clock: FakeClock, patient: Patient
    ) -> None:
        old = len(await events(resources))
        assert old > 0
        clock.advance(timedelta(days=401))
        async with resources.database.transaction() as session:
            audit.record(session, Action.SIGNED_IN, actor=stage.owner, now=clock.now())
        await housekeeping.once(resources.database, resources.settings, clock)
        assert [row.seq for row in await events(resources)] == [old + 1]
        assert [level for level, _ in await found(doctor.look, patient)] == ["ok"]

    async def test_a_batch_at_a_time(
        self, resources: Resources, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(audit_chain, "BATCH", 1)
        async with resources.database.transaction() as session:
            for _ in range(3):
                audit.record(session, Action.SIGNED_IN, actor=Actor.system(), now=clock.now())
        clock.advance(timedelta(days=401))
        async with resources.database.transaction() as session:
            assert await audit_chain.remove_old(session, clock.now(), keep_days=400)
        assert [row.seq for row in await events(resources)] == [2, 3]
