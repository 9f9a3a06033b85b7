"""GET /media/{recipe_id}/{media_id}/{name}: the files of pictures, under the recipe's rights."""

import io
from uuid import uuid4

import httpx2
import pytest
from PIL import Image

from potluck.core.scopes import Scope
from potluck.models import User
from potluck.resources import Resources
from tests.api.recipe_calls import create, delete, patch, refusal
from tests.conftest import API, ORIGIN, As
from tests.factories import Factories
from tests.sent_pictures import picture, put_cover
from tests.web.browser import Browser
from tests.web.conftest import OpenBrowser


async def shown(client: httpx2.AsyncClient, width: int = 1600, **members: str) -> str:
    """The path of the picture of a new recipe."""
    recipe = await create(client, **members)
    answer = await put_cover(client, recipe["id"], picture(width, width * 3 // 4))
    url: str = answer.json()["image_url"]
    return url.removeprefix(ORIGIN)


def sized(path: str, name: str) -> str:
    return path.rpartition("/")[0] + f"/{name}"


class TestFiles:
    async def test_every_size_and_format_is_there(self, as_ada: httpx2.AsyncClient) -> None:
        path = await shown(as_ada)
        for width in (480, 800, 1200):
            for format, media_type in (("webp", "image/webp"), ("avif", "image/avif")):
                answer = await as_ada.get(sized(path, f"{width}.{format}"))
                if answer.status_code == 404:
                    assert format == "avif"
                    continue
                assert answer.headers["Content-Type"] == media_type
                assert Image.open(io.BytesIO(answer.content)).size == (width, width * 3 // 4)

    async def test_the_answered_address_is_the_largest(self, as_ada: httpx2.AsyncClient) -> None:
        for width, largest in ((1600, 1200), (600, 600)):
            path = await shown(as_ada, width)
            answer = await as_ada.get(path)
            named = await as_ada.get(sized(path, f"{largest}.webp"))
            assert answer.content == named.content
            assert answer.headers["ETag"] == named.headers["ETag"]

    @pytest.mark.parametrize(
        "name",
        [
            "100.webp", "1200.jpg", "1200", "cover.avif", "1200.WEBP", "..%2f1200.webp", "x",
            "01200.webp", "1200.webp%20", "%2e%2e",
        ],
    )  # fmt: skip
    async def test_any_other_name_is_404(self, as_ada: httpx2.AsyncClient, name: str) -> None:
        path = await shown(as_ada)
        answer = await as_ada.get(sized(path, name))
        assert refusal(answer) == (404, "not-found")

    async def test_a_small_picture_has_no_larger_file(self, as_ada: httpx2.AsyncClient) -> None:
        path = await shown(as_ada, 500)
        assert (await as_ada.get(sized(path, "800.webp"))).status_code == 404
        assert (await as_ada.get(sized(path, "480.webp"))).status_code == 200

    async def test_a_file_that_is_missing_is_404(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        path = await shown(as_ada)
        for file in resources.settings.media_dir.rglob("*.webp"):
            file.unlink()
        answer = await as_ada.get(path)
        assert refusal(answer) == (404, "not-found")


class TestHeaders:
    async def test_what_few_may_see_is_kept_by_the_browser_alone(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        answer = await as_ada.get(await shown(as_ada))
        wanted = {
            "Cache-Control": "private, max-age=31536000, immutable",
            "Content-Type": "image/webp",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Vary": "Authorization, Origin",
        }
        assert {name: answer.headers[name] for name in wanted} == wanted
        assert "Set-Cookie" not in answer.headers

    async def test_what_is_public_may_be_kept_by_others_for_an_hour(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient
    ) -> None:
        path = await shown(as_ada, visibility="public")
        for each in (client, as_ada):
            answer = await each.get(path)
            kept = "public, max-age=31536000, s-maxage=3600, immutable"
            assert answer.headers["Cache-Control"] == kept
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"

    async def test_one_that_is_known_is_304(self, as_ada: httpx2.AsyncClient) -> None:
        path = await shown(as_ada)
        first = await as_ada.get(path)
        known = {"If-None-Match": f'"other", W/{first.headers["ETag"]}'}
        again = await as_ada.get(path, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        other = await as_ada.get(sized(path, "480.webp"), headers=known)
        assert other.status_code == 200

    async def test_head_is_the_same_without_the_picture(self, as_ada: httpx2.AsyncClient) -> None:
        path = await shown(as_ada)
        whole, head = await as_ada.get(path), await as_ada.head(path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("Content-Length", "Content-Type", "ETag", "Cache-Control"):
            assert head.headers[name] == whole.headers[name]


class TestRights:
    async def test_h08_a_picture_is_seen_by_who_sees_the_recipe(
        self, as_: As, factories: Factories, ada: User, as_ada: httpx2.AsyncClient
    ) -> None:
        assert ada.default_household_id
        member = await as_(await factories.member(ada.default_household_id, "viewer"))
        other, stranger = await as_(await factories.user()), await as_(None)
        expected = {
            "private": (404, 404, 404),
            "household": (200, 404, 404),
            "instance": (200, 200, 404),
            "link": (200, 404, 404),
            "public": (200, 200, 200),
        }
        for visibility, statuses in expected.items():
            path = await shown(as_ada, visibility=visibility)
            found = tuple(
                [(await each.get(path)).status_code for each in (member, other, stranger)]
            )
            assert found == statuses, visibility
            assert (await as_ada.get(path)).status_code == 200

    async def test_h08_drafts_and_what_lies_in_the_trash_are_hidden(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient
    ) -> None:
        path = await shown(as_ada, visibility="public", status="draft")
        id = path.split("/")[2]
        assert (await client.get(path)).status_code == 404
        await patch(as_ada, id, status="published")
        assert (await client.get(path)).status_code == 200
        await delete(as_ada, id)
        for each in (client, as_ada):
            assert (await each.get(path)).status_code == 404

    async def test_h08_whoever_leaves_the_household_sees_no_more_at_the_next_request(
        self, as_: As, factories: Factories, ada: User, as_ada: httpx2.AsyncClient,
        open_browser: OpenBrowser,
    ) -> None:  # fmt: skip
        home = ada.default_household_id
        assert home
        bob = await factories.member(home, "editor")
        as_bob, bobs = await as_(bob), await open_browser(bob)
        path = await shown(as_ada)
        assert (await as_bob.get(path)).status_code == 200
        assert (await bobs.client.get(path)).status_code == 200
        await as_ada.delete(f"{API}/households/{home}/members/{bob.id}")
        assert (await as_bob.get(path)).status_code == 404
        assert (await bobs.client.get(path)).status_code == 404

    async def test_h02_another_households_picture_under_my_recipe_is_404(
        self, as_: As, factories: Factories, as_ada: httpx2.AsyncClient
    ) -> None:
        as_eve = await as_(await factories.user())
        theirs, mine = await shown(as_ada), await shown(as_eve)
        _, _, my_recipe, my_media, name = mine.split("/")
        _, _, their_recipe, their_media, _ = theirs.split("/")
        crossed = (
            f"/media/{my_recipe}/{their_media}/{name}",
            f"/media/{their_recipe}/{my_media}/{name}",
            f"/media/{their_recipe}/{their_media}/{name}",
            f"/media/{my_recipe}/{uuid4()}/{name}",
            f"/media/{uuid4()}/{my_media}/{name}",
        )
        answers = [await as_eve.get(path) for path in crossed]
        assert [refusal(answer) for answer in answers] == [(404, "not-found")] * 5
        assert len({answer.json()["detail"] for answer in answers}) == 1
        assert (await as_eve.get(mine)).status_code == 200

    async def test_the_address_of_a_picture_before_is_404(self, as_ada: httpx2.AsyncClient) -> None:
        path = await shown(as_ada)
        await put_cover(as_ada, path.split("/")[2])
        assert (await as_ada.get(path)).status_code == 404


class TestCredentials:
    async def test_a_browser_shows_its_cookie(
        self, as_ada: httpx2.AsyncClient, adas: Browser, browser: Browser
    ) -> None:
        path = await shown(as_ada)
        assert (await adas.client.get(path)).status_code == 200
        assert (await browser.client.get(path)).status_code == 404

    async def test_a_token_needs_the_scope_of_reading(
        self, as_: As, ada: User, as_ada: httpx2.AsyncClient
    ) -> None:
        path = await shown(as_ada)
        reader = await as_(ada, frozenset({Scope.RECIPES_READ}))
        writer = await as_(ada, frozenset(Scope) - {Scope.RECIPES_READ})
        assert (await reader.get(path)).status_code == 200
        answer = await writer.get(path)
        assert refusal(answer) == (403, "insufficient-scope")
        assert answer.json()["needs"] == ["recipes:read"]

    async def test_a_personal_token_will_do(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient
    ) -> None:
        path = await shown(as_ada)
        body = {"name": "frame", "scopes": ["recipes:read"]}
        token = (await as_ada.post(f"{API}/auth/tokens", json=body)).json()["token"]
        answer = await client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200

    async def test_a_bad_token_is_401_also_for_what_is_public(
        self, as_ada: httpx2.AsyncClient, client: httpx2.AsyncClient
    ) -> None:
        path = await shown(as_ada, visibility="public")
        answer = await client.get(path, headers={"Authorization": "Bearer forged"})
        assert refusal(answer) == (401, "invalid-token")


class TestCost:
    async def test_is_one_statement_beside_the_look_up_of_the_caller(
        self, as_ada: httpx2.AsyncClient, adas: Browser, client: httpx2.AsyncClient,
        statements: list[str],
    ) -> None:  # fmt: skip
        path = await shown(as_ada, visibility="public")
        for caller, expected in ((as_ada, 2), (adas.client, 2), (client, 1)):
            statements.clear()
            assert (await caller.get(path)).status_code == 200
            assert len(statements) == expected
