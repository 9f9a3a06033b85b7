"""The text of recipes, and the bodies it travels in."""

import json
import unicodedata

import httpx2
import pytest

from tests.api.recipe_calls import (
    URL,
    create,
    faults,
    line,
    one_line,
    read,
    refusal,
)


class TestText:
    async def test_is_trimmed_and_composed_but_original_text_is_not(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        text = " cre\u0300me\tbru\u0302le\u0301e \n"
        made = await create(
            as_ada,
            title=text,
            summary="   ",
            ingredient_groups=[{"name": "", "lines": [{"original_text": text}]}],
            yields={"original_text": text},
        )
        assert made["title"] == unicodedata.normalize("NFC", text.strip())
        assert made["summary"] is None
        assert made["ingredient_groups"][0]["name"] is None
        assert one_line(made)["original_text"] == text
        assert made["yields"]["original_text"] == text

    @pytest.mark.parametrize("character", ["\x00", "\x07", "\r", "\x7f", "\x85", "\ud800"])
    async def test_holds_no_control_characters_and_no_half_characters(
        self, as_ada: httpx2.AsyncClient, character: str
    ) -> None:
        body = line(original_text=f"a{character}b") | {"title": f"a{character}b"}
        # Escaped to ASCII: a lone surrogate has no UTF-8.
        answer = await as_ada.post(
            URL, content=json.dumps(body), headers={"Content-Type": "application/json"}
        )
        assert faults(answer) == [
            ("/ingredient_groups/0/lines/0/original_text", "text_not_allowed"),
            ("/title", "text_not_allowed"),
        ]

    async def test_is_data_whatever_it_looks_like(self, as_ada: httpx2.AsyncClient) -> None:
        hostile = "'; DROP TABLE recipe;-- {{7*7}} ${x} {0.__class__} <script>%s</script> \\"
        made = await create(as_ada, title=hostile, sections=[{"steps": [{"text": hostile}]}])
        found = (await read(as_ada, made["id"])).json()
        assert (found["title"], found["sections"][0]["steps"][0]["text"]) == (hostile, hostile)

    async def test_lengths_count_code_points(self, as_ada: httpx2.AsyncClient) -> None:
        assert (await create(as_ada, title="🥧" * 300))["title"] == "🥧" * 300
        answer = await as_ada.post(URL, json={"title": "🥧" * 301})
        assert faults(answer) == [("/title", "string_too_long")]


class TestBody:
    async def test_i04_that_cannot_be_read_is_400(self, as_ada: httpx2.AsyncClient) -> None:
        for content in (b"{", b'{"title": "a", "title": "b"}', b'{"title": NaN}', b"\xff", b""):
            answer = await as_ada.post(
                URL, content=content, headers={"Content-Type": "application/json"}
            )
            expected = (422, "invalid") if content == b"" else (400, "malformed-body")
            assert refusal(answer) == expected, content

    async def test_of_another_type_is_415(self, as_ada: httpx2.AsyncClient) -> None:
        for type in (
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=latin-1",
        ):
            answer = await as_ada.post(
                URL, content=b'{"title": "Cake"}', headers={"Content-Type": type}
            )
            assert refusal(answer) == (415, "unsupported-media-type")
        assert refusal(await as_ada.post(URL, content=b'{"title": "Cake"}')) == (
            415, "unsupported-media-type",
        )  # fmt: skip

    async def test_above_1_mib_is_413(self, as_ada: httpx2.AsyncClient) -> None:
        headers = {"Content-Type": "application/json"}
        room = 1024 * 1024 - len('{"title":""}')
        answer = await as_ada.post(URL, content=f'{{"title":"{"x" * room}"}}', headers=headers)
        assert faults(answer) == [("/title", "string_too_long")]
        answer = await as_ada.post(
            URL, content=f'{{"title":"{"x" * (room + 1)}"}}', headers=headers
        )
        assert refusal(answer) == (413, "body-too-large")

    async def test_unknown_query_parameters_are_refused(self, as_ada: httpx2.AsyncClient) -> None:
        answer = await as_ada.post(f"{URL}?dry_run=true", json={"title": "Cake"})
        assert answer.json()["errors"][0]["in"] == "query"
        assert faults(answer) == [("/dry_run", "extra_forbidden")]
