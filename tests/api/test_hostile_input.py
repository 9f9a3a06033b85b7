"""Hostile values in every place of every operation, read from the OpenAPI document."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.api.conftest import ClientFor
from tests.api.hostile_bodies import Place, places
from tests.api.operations import BODIES, QUERIES, Json, Operation, World
from tests.api.recipe_calls import create
from tests.conftest import API, As

#: As JSON: what text may not hold, for a database or for whoever reads it.
UNFIT_TEXT = [r'"a\u0000b"', r'"\ud800"', r'"\udc00\ud800"', r'"\u001b[31m"', r'"a\u0085"']
#: As JSON: what is beyond every bound, and what is no number of JSON's.
UNFIT_NUMBERS = ["NaN", "Infinity", "-1e400", "1e400", "9" * 5000, "18446744073709551616"]
#: Strings that are compared or read and never kept, with how they are refused.
LOOKED_UP = {
    "/refresh_token": {204, 401},
    "/secret": {401},
    "/password": {401, 403, 404},
    "/current_password": {403, 422},
    "/token": {404},
    "/html": {422},
    "/url": {422},
}
#: The edges of what computers count with.
EDGES = [0, -1, 2**31 - 1, 2**31, 2**53 - 1, 2**53, 2**63 - 1, 2**63, 2**64, -(2**63) - 1]
#: Full text and LIKE have a meaning for these.
SYNTAX = [
    "%",
    "_",
    "*",
    '"',
    "'",
    "\\",
    "NEAR(",
    "a NEAR/2 b",
    "soup OR 1=1",
    "title:",
    "^a",
    "(",
    "-",
]
SYNTAX += ["!", "&", "a:*", "{a}", "'; DROP TABLE recipe; --", "\\%", "a AND", "+", "%%%", "__"]


def bodies(
    every: list[Operation], document: Json, *kinds: str
) -> Iterator[tuple[Operation, Place]]:
    for each in every:
        if each.body:
            for place in places(each.body, document):
                if place.kind in kinds:
                    yield each, place


async def send(client: httpx2.AsyncClient, world: World, to: Operation, body: bytes) -> Any:
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    return await client.request(
        to.method, to.path.format(**world.ids), content=body, headers=headers
    )


def pointers(answer: httpx2.Response) -> list[str]:
    return [error["pointer"] for error in answer.json().get("errors", ())]


def named_in(answer: httpx2.Response, place: Place) -> bool:
    """Whether the place, or what it is part of, is refused."""
    return any(place.pointer.startswith(pointer) for pointer in pointers(answer))


class TestBodies:
    async def test_there_are_places_to_look_at(
        self, every: list[Operation], document: Json
    ) -> None:
        found = [place for _, place in bodies(every, document, "string", "integer", "array")]
        assert len(found) > 300
        assert {
            operation.name for operation, _ in bodies(every, document, "string")
        } == BODIES.keys() - {"update_account"}  # it has no string

    async def test_i03_no_string_takes_what_is_no_text(
        self, every: list[Operation], document: Json, world: World, client_for: ClientFor
    ) -> None:
        taken = {}
        for number, (operation, place) in enumerate(bodies(every, document, "string")):
            value = UNFIT_TEXT[number % len(UNFIT_TEXT)]
            answer = await send(client_for(operation), world, operation, place.with_value(value))
            is_refused = answer.status_code == 422 and named_in(answer, place)
            if not is_refused and answer.status_code not in LOOKED_UP.get(place.pointer, ()):
                taken[f"{operation} {place.pointer}"] = (
                    value,
                    answer.status_code,
                    answer.text[-300:],
                )
        assert taken == {}

    async def test_i02_s06_no_number_takes_what_is_beyond_its_bounds(
        self, every: list[Operation], document: Json, world: World, client_for: ClientFor
    ) -> None:
        taken = {}
        for number, (operation, place) in enumerate(bodies(every, document, "integer", "number")):
            value = UNFIT_NUMBERS[number % len(UNFIT_NUMBERS)]
            answer = await send(client_for(operation), world, operation, place.with_value(value))
            if answer.status_code not in {400, 422}:
                taken[f"{operation} {place.pointer}"] = (
                    value,
                    answer.status_code,
                    answer.text[-300:],
                )
        assert taken == {}

    async def test_i02_s06_the_edges_of_counting_break_nothing(
        self, every: list[Operation], document: Json, world: World, client_for: ClientFor
    ) -> None:
        broken = {}
        for number, (operation, place) in enumerate(bodies(every, document, "integer", "number")):
            value = str(EDGES[number % len(EDGES)])
            answer = await send(client_for(operation), world, operation, place.with_value(value))
            if answer.status_code >= 500:
                broken[f"{operation} {place.pointer}"] = (value, answer.text[-300:])
        assert broken == {}

    async def test_n01_no_list_takes_ten_thousand(
        self, every: list[Operation], document: Json, world: World, client_for: ClientFor
    ) -> None:
        taken = {}
        for operation, place in bodies(every, document, "array"):
            body = place.with_value(json.dumps([None] * 10_000))
            answer = await send(client_for(operation), world, operation, body)
            if answer.status_code != 422 or not named_in(answer, place):
                taken[f"{operation} {place.pointer}"] = (answer.status_code, answer.text[-300:])
        assert taken == {}

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(b"[" * 10_000 + b"]" * 10_000, id="deep"),
            pytest.param(b'{"a":' * 300 + b"1" + b"}" * 300, id="300-deep"),
            pytest.param(b'{"title": "a", "title": "b"}', id="twice"),
            pytest.param('{"title": "a"}'.encode("utf-16"), id="utf-16"),
            pytest.param('{"title": "a"}'.encode("utf-16-le"), id="utf-16-le"),
            pytest.param('{"title": "a"}'.encode("utf-32"), id="utf-32"),
            pytest.param(b'\xef\xbb\xbf{"title": "a"}', id="bom"),
            pytest.param(b'{"title": "\xed\xa0\x80"}', id="surrogate-bytes"),
            pytest.param(b'{"title": "\xff"}', id="latin-1"),
            pytest.param(b'{"title": ' + b"9" * 100_000 + b"}", id="long-number"),
            pytest.param(b'{"title": NaN}', id="nan"),
        ],
    )
    async def test_i04_s02_what_can_be_read_in_two_ways_is_400_everywhere(
        self, every: list[Operation], world: World, client_for: ClientFor, body: bytes
    ) -> None:
        statuses = {
            str(each): (await send(client_for(each), world, each, body)).status_code
            for each in every
            if each.body
        }
        assert statuses == dict.fromkeys(statuses, 400)

    async def test_s02_a_million_members_are_one_refusal(self, world: World, as_: As) -> None:
        client = await as_(world.ada)
        body = json.dumps({f"k{number}": 1 for number in range(80_000)})
        answer = await client.post(
            f"{API}/recipes", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code in {413, 422}
        assert len(answer.content) < 20_000


class TestParameters:
    async def test_i05_every_scalar_of_a_query_is_taken_once(
        self, every: list[Operation], document: Json, world: World, client_for: ClientFor
    ) -> None:
        let_in = {}
        for each in every:
            for name in each.query:
                if is_list(document, each, name):
                    continue
                path = f"{each.path.format(**world.ids)}?{name}=1&{name}=2"
                answer = await client_for(each).request(each.method, path)
                codes = [fault["code"] for fault in answer.json().get("errors", ())]
                if answer.status_code != 422 or "repeated" not in codes:
                    let_in[f"{each} {name}"] = (answer.status_code, answer.text[-300:])
        assert let_in == {}

    async def test_i02_i03_s06_no_query_takes_what_is_beyond_its_bounds(
        self, every: list[Operation], world: World, client_for: ClientFor
    ) -> None:
        broken = {}
        values = [
            "1e400",
            "NaN",
            "9" * 5000,
            "a\x00b",
            "0000-00-00T00:00:00Z",
            "99999-01-01T00:00:00Z",
        ]
        for number, each in enumerate(every):
            for name in each.query:
                for value in [*map(str, EDGES), *values][number % 4 :: 4]:
                    query = QUERIES.get(each.name, {}) | {name: value}
                    answer = await world.call(client_for(each), each, query=query, body=None)
                    if answer.status_code >= 500:
                        broken[f"{each} {name}"] = (value, answer.text[-300:])
        assert broken == {}

    @pytest.mark.parametrize("name", ["limit", "max_results"])
    @pytest.mark.parametrize("value", ["1000000000", "0", "-1", "1e3", "NaN", "1.5", str(2**63)])
    async def test_n01_pages_have_their_bounds(
        self, every: list[Operation], world: World, client_for: ClientFor, name: str, value: str
    ) -> None:
        asked = [each for each in every if name in each.query]
        assert asked
        for each in asked:
            answer = await world.call(client_for(each), each, query={name: value})
            assert (answer.status_code, pointers(answer)) == (422, [f"/{name}"])

    async def test_s06_no_path_takes_what_is_no_id(
        self, every: list[Operation], world: World, client_for: ClientFor
    ) -> None:
        broken = {}
        values = [*map(str, EDGES), "9" * 5000, "%00", "%ED%A0%80", "1e400", "NaN", "a%2Fb", "%25"]
        for number, each in enumerate(every):
            for name in world.ids:
                if f"{{{name}}}" not in each.path:
                    continue
                for value in values[number % 3 :: 3]:
                    answer = await world.call(client_for(each), each, ids={name: value})
                    if not 400 <= answer.status_code < 500 and (name, value) != ("number", "1"):
                        broken[f"{each} {name}"] = (value, answer.status_code)
        assert broken == {}

    @pytest.mark.parametrize(
        "cursor", ["", "A", "A" * 5000, "é", "%00", "9223372036854775808", "-1"]
    )
    async def test_s06_no_list_takes_a_made_up_cursor(
        self, every: list[Operation], world: World, client_for: ClientFor, cursor: str
    ) -> None:
        lists = [each for each in every if "cursor" in each.query]
        statuses = {
            (await world.call(client_for(each), each, query={"cursor": cursor})).status_code
            for each in lists
        }
        assert statuses <= {400, 422}


def is_list(document: Json, operation: Operation, name: str) -> bool:
    described = document["paths"][operation.path][operation.method.lower()]["parameters"]
    return "array" in json.dumps(next(each for each in described if each["name"] == name))


class TestSearch:
    @pytest.mark.parametrize("typed", SYNTAX)
    async def test_i06_signs_with_a_meaning_for_databases_have_none_here(
        self, world: World, as_: As, typed: str
    ) -> None:
        client = await as_(world.ada)
        await create(client, title="Bread")
        found = await client.get(f"{API}/recipes/search", params={"keyword": typed})
        listed = await client.get(f"{API}/recipes", params={"q": typed})
        assert found.status_code in {200, 422}
        assert listed.status_code in {200, 422}
        if not any(sign.isalnum() for sign in typed):
            assert "Bread" not in found.text + listed.text

    @pytest.mark.parametrize("typed", ["%", "_", "%read", "*read", "_read"])
    async def test_i06_a_wildcard_of_like_matches_only_itself(
        self, world: World, as_: As, typed: str
    ) -> None:
        client = await as_(world.ada)
        await create(client, title="Bread")
        listed = await client.get(f"{API}/recipes", params={"q": typed})
        assert "Bread" not in listed.text

    @pytest.mark.parametrize("words", [1000, 1001])
    async def test_n01_a_thousand_words_are_answered(
        self, world: World, as_: As, words: int
    ) -> None:
        client = await as_(world.ada)
        typed = " ".join(f"w{number}" for number in range(words))[:7000]
        for path, name in (("recipes/search", "keyword"), ("recipes", "q")):
            answer = await client.get(f"{API}/{path}", params={name: typed})
            assert answer.status_code == 422
