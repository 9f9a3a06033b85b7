"""The address that people use: whether this installation answers there, and what it believes."""

from dataclasses import replace

import httpx2
import pytest

from potluck.core import self_probe
from potluck.core.self_probe import Seen
from potluck.resources import Resources
from potluck.services.doctor import address
from potluck.services.doctor.finding import Patient
from tests.clients.http_server import ScriptedServer, answer, redirect
from tests.doubles import FakeClock
from tests.services.doctor.conftest import found

HOME = "https://recipes.example.org"


def sentences(asked: str, seen: Seen, public_url: str = HOME) -> list[str]:
    return [each.what for each in address.compared(asked, seen, public_url)]


class TestCompared:
    @pytest.mark.parametrize("host", ["recipes.example.org", "recipes.example.org:443"])
    def test_what_arrives_as_it_was_sent_is_all_right(self, host: str) -> None:
        assert sentences(HOME, Seen("https", host, "203.0.113.9")) == [
            f"This installation answers at {HOME}, to requests from 203.0.113.9."
        ]

    @pytest.mark.parametrize(
        ("seen", "what"),
        [
            (Seen("http", "recipes.example.org", "a"), "A request by https arrives as http."),
            (
                Seen("https", "127.0.0.1:8000", "a"),
                "A request for recipes.example.org arrives as one for 127.0.0.1:8000.",
            ),
        ],
    )
    def test_what_a_proxy_leaves_out_is_told(self, seen: Seen, what: str) -> None:
        assert sentences(HOME, seen) == [what]

    def test_an_address_that_links_do_not_lead_to_is_told(self) -> None:
        seen = Seen("http", "nas:8000", "a")
        assert sentences("http://nas:8000", seen) == [
            f"The service answers at http://nas:8000, and its links lead to {HOME}."
        ]


class TestAsking:
    async def test_nothing_is_asked_without_an_address(self, patient: Patient) -> None:
        assert await found(address.look, patient) == []

    async def test_an_address_where_nothing_answers_is_told(self, patient: Patient) -> None:
        ((level, what),) = await found(address.look, replace(patient, address="http://127.0.0.1:1"))
        assert level == "error"
        assert what.startswith("Nothing answers at http://127.0.0.1:1: ")

    @pytest.mark.parametrize(
        ("reply", "says"),
        [
            (answer(b"{}"), "200"),
            (answer(Potluck_Seen="e30.AAAA"), "200"),
            (redirect("https://other.example/"), "302 and leads to https://other.example/"),
        ],
    )
    async def test_something_else_that_answers_is_told(
        self, patient: Patient, reply: bytes, says: str
    ) -> None:
        async with ScriptedServer() as server:
            server.answers["/health/live"] = reply
            asked = f"http://127.0.0.1:{server.port}"
            told = await found(address.look, replace(patient, address=asked))
        assert told == [
            ("error", f"What answers at {asked} is not this installation: it says {says}.")
        ]


class TestService:
    async def test_tells_the_operator_what_it_saw(
        self, client: httpx2.AsyncClient, clock: FakeClock, resources: Resources
    ) -> None:
        key = resources.master_key.derive(self_probe.LABEL)
        question = self_probe.ask(key, clock.now())
        got = await client.get("/health/live", headers={self_probe.ASKED: question})
        assert got.json() == {"status": "ok"}
        seen = self_probe.read(key, question, got.headers[self_probe.SEEN])
        assert seen == Seen(scheme="http", host="potluck.test", client="127.0.0.1")

    @pytest.mark.parametrize("question", ["", "x", "1.2.3"])
    async def test_tells_nobody_else_anything(
        self, client: httpx2.AsyncClient, question: str
    ) -> None:
        plain = await client.get("/health/live")
        asked = await client.get("/health/live", headers={self_probe.ASKED: question})
        assert self_probe.SEEN not in asked.headers
        assert asked.content == plain.content
