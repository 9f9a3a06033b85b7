"""Bodies and query strings are taken exactly as declared, or refused."""

import time
from collections.abc import AsyncIterator

import httpx2
import pytest

from potluck.api import json_body
from tests.api.test_edge import toy

ITEM = "/api/things/item/0198f3a2-7b1c-7d0e-9a54-3c2f6e8d1b07"
FORM = "application/x-www-form-urlencoded"


async def send(
    client: httpx2.AsyncClient,
    body: bytes,
    *types: str,
    method: str = "POST",
    path: str = "/api/things",
) -> httpx2.Response:
    """Send bytes with exactly these Content-Type headers."""
    request = httpx2.Request(method, f"{toy.BASE_URL}{path}", content=body)
    request.headers = httpx2.Headers(
        [*request.headers.multi_items(), *(("Content-Type", value) for value in types)]
    )
    return await client.send(request)


def slug(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


class TestContentType:
    @pytest.mark.parametrize(("method", "path"), [("POST", ""), ("PUT", ITEM), ("PATCH", ITEM)])
    @pytest.mark.parametrize(
        "types",
        [
            (),
            ("text/plain",),
            (FORM,),
            ("multipart/form-data; boundary=x",),
            ("application/merge-patch+json",),
            ("application/vnd.api+json",),
            ("text/json",),
            ("application/json; charset=utf-16",),
            ("application/json", "text/plain"),
            ("nonsense",),
            ("",),
        ],
    )
    async def test_c07_json_operations_take_json_only(
        self, client: httpx2.AsyncClient, method: str, path: str, types: tuple[str, ...]
    ) -> None:
        path = path or "/api/things"
        answer = await send(client, b'{"title": "a"}', *types, method=method, path=path)
        assert (answer.status_code, slug(answer)) == (415, "unsupported-media-type")
        assert answer.json()["detail"] == "Send the body as application/json."

    @pytest.mark.parametrize(
        "media_type",
        [
            "application/json",
            "APPLICATION/JSON",
            "application/json;charset=UTF-8",
            'application/json ; charset="utf-8"',
        ],
    )
    async def test_json_may_be_written_in_several_ways(
        self, client: httpx2.AsyncClient, media_type: str
    ) -> None:
        assert (await send(client, b'{"title": "a"}', media_type)).status_code == 201

    async def test_no_body_needs_no_type(self, client: httpx2.AsyncClient) -> None:
        assert (await send(client, b"")).status_code == 422
        assert (await send(client, b"", "text/plain")).status_code == 422

    async def test_a_body_of_unknown_length_needs_a_type(self, client: httpx2.AsyncClient) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            yield b'{"title": "a"}'

        answer = await client.post("/api/things", content=chunks())
        assert answer.status_code == 415

    @pytest.mark.parametrize("media_type", ["application/json", "multipart/form-data; boundary=x"])
    async def test_form_operations_take_forms_only(
        self, client: httpx2.AsyncClient, media_type: str
    ) -> None:
        answer = await send(client, b"username=ada", media_type, path="/api/things/login")
        assert answer.status_code == 415
        assert answer.json()["detail"] == f"Send the body as {FORM}."
        answer = await send(client, b"username=ada", FORM, path="/api/things/login")
        assert answer.json() == "ada"

    async def test_operations_without_a_body_do_not_look(self, client: httpx2.AsyncClient) -> None:
        answer = await send(client, b"anything", "text/plain", path="/api/things/ignore")
        assert answer.status_code == 200


class TestJson:
    @pytest.mark.parametrize(
        ("body", "detail"),
        [
            (b"{", "The body is not valid JSON: see line 1, column 2."),
            (b"{'title': 1}", "The body is not valid JSON: see line 1, column 2."),
            (b'{"title": "a"} x', "The body is not valid JSON: see line 1, column 16."),
            (b'{"title": "\xff"}', "The body is not valid UTF-8."),
            ('{"title": "a"}'.encode("utf-16"), "The body is not valid UTF-8."),
            (b'\xef\xbb\xbf{"title": "a"}', "The body is not valid JSON: see line 1, column 1."),
            (b'{"count": NaN}', "JSON has no NaN and no Infinity."),
            (b'{"count": -Infinity}', "JSON has no NaN and no Infinity."),
            (b'{"title": "a", "title": "b"}', "An object in the body has the same name twice."),
            (b"[" * 10_000, "The body is nested deeper than 64 levels."),
            (b"[" * 200_000, "The body is nested deeper than 64 levels."),
            (b"[" * 65 + b"]" * 65, "The body is nested deeper than 64 levels."),
            (b'{"a":' * 65 + b"1" + b"}" * 65, "The body is nested deeper than 64 levels."),
            (b'{"count": ' + b"9" * 5000 + b"}", "The body has a number that is too long."),
        ],
    )
    async def test_i04_what_cannot_be_read_in_one_way_is_malformed(
        self, client: httpx2.AsyncClient, body: bytes, detail: str
    ) -> None:
        answer = await send(client, body, "application/json")
        assert (answer.status_code, slug(answer)) == (400, "malformed-body")
        assert answer.json()["detail"] == detail

    async def test_utf_16_without_a_mark_is_no_utf_8_json(self, client: httpx2.AsyncClient) -> None:
        body = '{"title": "a"}'.encode("utf-16-le")
        assert (await send(client, body, "application/json")).status_code == 400

    @pytest.mark.parametrize(
        "body", [b"[" * 10_000, b"[" * 500_000 + b"]" * 500_000, b"[[]," * 200_000]
    )
    def test_i04_deep_bodies_are_refused_at_once(self, body: bytes) -> None:
        started_s = time.process_time()
        with pytest.raises(ValueError, match="body"):
            json_body.parse(body)
        assert time.process_time() - started_s < 0.05

    def test_sixty_four_levels_are_read(self) -> None:
        assert json_body.parse(b"[" * 64 + b"]" * 64)

    def test_many_shallow_objects_are_read(self) -> None:
        assert len(json_body.parse(b"[" + b"{}," * 999 + b"{}]")) == 1000

    def test_other_values_are_as_python_reads_them(self) -> None:
        assert json_body.parse(b' {"a": [1, 2.5, null, true, "\\u00e9"]} ') == {
            "a": [1, 2.5, None, True, "é"]
        }


class TestQuery:
    async def test_declared_parameters_are_taken(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/api/things?limit=3&tag=a&tag=b&q=x&lang=de")
        assert answer.json() == [3]

    @pytest.mark.parametrize("path", ["/api/things", "/api/things/filtered", "/api/things/page"])
    async def test_an_unknown_parameter_is_refused(
        self, client: httpx2.AsyncClient, path: str
    ) -> None:
        answer = await client.get(f"{path}?nope=1")
        assert (answer.status_code, slug(answer)) == (422, "invalid")
        error = answer.json()["errors"][0]
        assert (error["in"], error["pointer"]) == ("query", "/nope")
        assert error["code"] == "extra_forbidden"

    async def test_the_python_name_of_an_aliased_parameter_is_unknown(
        self, client: httpx2.AsyncClient
    ) -> None:
        assert (await client.get("/api/things?match=x")).status_code == 422

    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("/api/things?limit=3&limit=3", "limit"),
            ("/api/things?q=a&tag=x&q=b", "q"),
            ("/api/things?lang=de&lang=en", "lang"),
            ("/api/things/filtered?limit=1&limit=2", "limit"),
        ],
    )
    async def test_i05_a_scalar_given_twice_is_refused(
        self, client: httpx2.AsyncClient, path: str, name: str
    ) -> None:
        answer = await client.get(path)
        assert answer.status_code == 422
        assert answer.json()["errors"] == [
            {
                "in": "query",
                "pointer": f"/{name}",
                "code": "repeated",
                "detail": "Send this parameter once.",
            }
        ]

    async def test_a_list_may_be_given_often(self, client: httpx2.AsyncClient) -> None:
        assert (await client.get("/api/things/filtered?tag=a&tag=b")).status_code == 200

    async def test_all_faults_of_a_query_come_at_once(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/api/things?limit=0&nope=1&q=a&q=b")
        found = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
        assert found == [
            ("/limit", "greater_than_equal"),
            ("/nope", "extra_forbidden"),
            ("/q", "repeated"),
        ]

    async def test_a_parameter_without_a_value_counts(self, client: httpx2.AsyncClient) -> None:
        assert (await client.get("/api/things?nope")).status_code == 422
        assert (await client.get("/api/things?")).status_code == 200

    async def test_thousands_of_parameters_are_refused_briefly(
        self, client: httpx2.AsyncClient
    ) -> None:
        query = "&".join(f"p{number}=1" for number in range(1000))
        answer = await client.get(f"/api/things?{query}")
        assert len(answer.json()["errors"]) == 100
