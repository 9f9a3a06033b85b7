"""M-02 of every read that the document names."""

import httpx2
import pytest

from tests import validators
from tests.api.conftest import ClientFor
from tests.api.operations import QUERIES, Json, Operation, World, unknown_ids
from tests.conftest import API, As

#: Reads without an ETag, and why: these are asked to learn what is so now; the keys are kept for
#: five minutes and asked again whole; an archive is kept by nobody.
WITHOUT = {"get_live", "get_ready", "get_jwks", "get_export_file"}


def reads(every: list[Operation]) -> list[Operation]:
    return [each for each in every if each.method == "GET"]


class TestM02:
    @pytest.mark.parametrize("coding", ["identity", "gzip"])
    async def test_m02_get_and_head_agree_and_what_is_known_is_304(
        self, every: list[Operation], world: World, as_: As, coding: str
    ) -> None:
        as_ada = await as_(world.ada)
        wrong = {}
        for each in reads(every):
            await world.call(as_ada, each)  # ideas tell whether their sources were asked just now
            path, query = each.path.format(**world.ids), QUERIES.get(each.name, {})
            if found := await validators.faults(as_ada, path, coding, params=query):
                wrong[str(each)] = found
        assert wrong == {}

    async def test_m02_head_of_what_is_not_there_agrees_as_well(
        self, every: list[Operation], client_for: ClientFor
    ) -> None:
        for each in reads(every):
            if "{" in each.path:
                path = each.path.format(**unknown_ids())
                get, head = await client_for(each).get(path), await client_for(each).head(path)
                assert (head.status_code, head.content) == (get.status_code, b"") == (404, b"")

    async def test_m02_every_read_has_an_etag_but_those(
        self, every: list[Operation], world: World, client_for: ClientFor
    ) -> None:
        without = {
            each.name
            for each in reads(every)
            if "ETag" not in (await world.call(client_for(each), each)).headers
        }
        assert without == WITHOUT

    async def test_m02_the_etag_is_the_same_for_every_viewer(
        self, every: list[Operation], world: World, as_: As
    ) -> None:
        as_ada, as_bob = await as_(world.ada), await as_(world.bob)
        for name in ("get_recipe", "get_household", "get_tag"):
            each = next(one for one in every if one.name == name)
            first, second = [await world.call(client, each) for client in (as_ada, as_bob)]
            assert first.headers["ETag"] == second.headers["ETag"], name
            assert first.content == second.content

    async def test_m02_a_condition_about_what_may_not_be_seen_tells_nothing(
        self, every: list[Operation], world: World, as_: As
    ) -> None:
        """Else a 304 would say that it is there."""
        as_eve = await as_(world.eve)
        as_eve.headers["If-None-Match"] = "*"
        for each in reads(every):
            if "{" in each.path:
                expected = 403 if each.is_for_administrators else 404
                assert (await world.call(as_eve, each)).status_code == expected, each

    async def test_m02_a_changed_list_is_answered_anew(self, world: World, as_: As) -> None:
        as_ada = await as_(world.ada)
        before = await as_ada.get(f"{API}/tags")
        await as_ada.post(f"{API}/tags", json={"name": "Broth"})
        known = {"If-None-Match": before.headers["ETag"]}
        assert (await as_ada.get(f"{API}/tags", headers=known)).status_code == 200


class TestNegotiationM06:
    async def test_m06_an_operation_that_cannot_answer_what_is_asked_for_is_406(
        self, every: list[Operation], world: World, as_: As
    ) -> None:
        as_ada = await as_(world.ada)
        as_ada.headers["Accept"] = "text/csv, application/json;q=0"
        for each in every:
            if not each.changes:
                answer = await world.call(as_ada, each)
                assert answer.status_code == 406, each
                assert answer.json()["type"].endswith("/not-acceptable")

    @pytest.mark.parametrize("sent", ["text/plain", "application/xml", "multipart/mixed", None])
    async def test_m06_a_body_of_another_type_or_of_none_is_415(
        self, every: list[Operation], world: World, as_: As, document: Json, sent: str | None
    ) -> None:
        as_ada = await as_(world.ada)
        for each in every:
            if "requestBody" not in document["paths"][each.path][each.method.lower()]:
                continue
            answer = await as_ada.request(
                each.method,
                each.path.format(**world.ids),
                content=b"x",
                headers={"If-Match": "*"} | ({"Content-Type": sent} if sent else {}),
            )
            assert answer.status_code == 415, (each, answer.text)
            assert answer.json()["type"].endswith("/unsupported-media-type")

    async def test_m06_options_names_the_methods(
        self, every: list[Operation], world: World, as_: As
    ) -> None:
        """There is nothing to negotiate: refused like any other method that is not taken."""
        as_ada = await as_(world.ada)
        for path in sorted({each.path for each in every}):
            answer = await as_ada.request("OPTIONS", path.format(**world.ids))
            taken = {each.method for each in every if each.path == path}
            taken |= {"HEAD"} if "GET" in taken else set()
            assert answer.status_code == 405, path
            assert set(answer.headers["Allow"].split(", ")) == taken

    async def test_m06_trace_is_refused_and_repeats_nothing(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.request("TRACE", f"{API}/recipes", headers={"X-Secret": "hush"})
        assert answer.status_code == 405
        assert "hush" not in answer.text
