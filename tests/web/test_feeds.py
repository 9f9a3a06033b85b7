"""The feed of a household: whom it names, what it holds, and for whom there is none."""

from datetime import timedelta
from uuid import UUID
from xml.etree.ElementTree import Element

import httpx2
import pytest

from potluck.models import User
from potluck.web import feeds
from tests.api.recipe_calls import create, delete, patch
from tests.conftest import ORIGIN, As
from tests.doubles import FakeClock
from tests.factories import Factories
from tests.recipe_bodies import full_body
from tests.web.feed_reader import ATOM, atom_faults, read_xml
from tests.web.html_reader import read
from tests.web.payloads import PAYLOADS
from tests.web.test_payloads import poisoned
from tests.web.test_sitemaps import HIDDEN, second


@pytest.fixture
def path(ada: User) -> str:
    """Of Ada's household."""
    return f"/households/{ada.default_household_id}/recipes.atom"


async def feed(client: httpx2.AsyncClient, path: str) -> Element:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/atom+xml"
    found = read_xml(answer.content)
    assert atom_faults(found) == []
    return found


def texts(element: Element, *names: str) -> list[str | None]:
    return [element.findtext(ATOM + name) for name in names]


def links(element: Element) -> dict[str | None, str | None]:
    return {each.get("rel"): each.get("href") for each in element.findall(f"{ATOM}link")}


def titles(found: Element) -> list[str | None]:
    return [each.findtext(f"{ATOM}title") for each in found.findall(f"{ATOM}entry")]


class TestFeed:
    async def test_is_the_households(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, ada: User, path: str
    ) -> None:
        recipe = await create(as_ada, visibility="public")
        found = await feed(client, path)
        assert texts(found, "id", "title", "updated") == [
            f"urn:uuid:{ada.default_household_id}",
            "Ada's kitchen",
            second(recipe),
        ]
        assert links(found) == {"self": ORIGIN + path, "alternate": f"{ORIGIN}/"}

    async def test_an_entry_tells_the_recipe(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, path: str
    ) -> None:
        shown = {"visibility": "public", "status": "published"}
        recipe = await create(as_ada, **full_body() | shown)
        (entry,) = (await feed(client, path)).findall(f"{ATOM}entry")
        names = ("id", "title", "summary", "published", "updated", f"author/{ATOM}name")
        assert texts(entry, *names) == [
            f"urn:uuid:{recipe['id']}",
            "Apple cake",
            "Moist for days.",
            second(recipe),
            second(recipe),
            "Grandma",
        ]
        assert links(entry) == {
            "alternate": f"{ORIGIN}/recipes/{recipe['id']}/apple-cake",
            "via": recipe["source"]["url_original"],
        }
        assert [each.get("term") for each in entry.findall(f"{ATOM}category")] == ["Dessert"]
        assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"

    async def test_the_content_is_ingredients_and_steps(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, path: str
    ) -> None:
        groups = [{"name": "Dough", "lines": [{"original_text": "2 eggs & <b>1</b> yolk"}]}]
        sections = [{"name": "Then", "steps": [{"title": "Mix", "text": "Mix *well*."}]}]
        await create(as_ada, visibility="public", ingredient_groups=groups, sections=sections)
        (entry,) = (await feed(client, path)).findall(f"{ATOM}entry")
        assert entry.findtext(f"{ATOM}content") == (
            "<h3>Dough</h3><ul><li>2 eggs &amp; &lt;b&gt;1&lt;/b&gt; yolk</li></ul>"
            "<h3>Then</h3><ol><li><strong>Mix</strong><p>Mix *well*.</p></li></ol>"
        )

    async def test_newest_first_and_no_more_than_fifty(
        self,
        client: httpx2.AsyncClient,
        as_ada: httpx2.AsyncClient,
        path: str,
        clock: FakeClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        assert feeds.MOST_RECIPES == 50
        monkeypatch.setattr(feeds, "MOST_RECIPES", 3)
        made = []
        for number in range(4):
            clock.advance(timedelta(seconds=1))
            made.append(await create(as_ada, title=f"Cake {number}", visibility="public"))
        clock.advance(timedelta(seconds=1))
        changed = await patch(as_ada, made[1]["id"], title="Better cake")
        found = await feed(client, path)
        assert titles(found) == ["Cake 3", "Cake 2", "Better cake"]
        assert texts(found, "updated") == [second(changed)]

    async def test_a_long_recipe_is_named_without_its_content(
        self,
        client: httpx2.AsyncClient,
        as_ada: httpx2.AsyncClient,
        path: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(feeds, "LONGEST_DOCUMENT", 2000)
        steps = [{"text": "Stir. " * 400}]
        await create(as_ada, title="Long", visibility="public", sections=[{"steps": steps}])
        await create(as_ada, title="Short", visibility="public")
        entries = (await feed(client, path)).findall(f"{ATOM}entry")
        contents = {each.findtext(f"{ATOM}title"): each.find(f"{ATOM}content") for each in entries}
        assert contents["Long"] is None
        assert contents["Short"] is not None

    async def test_takes_one_statement(
        self,
        client: httpx2.AsyncClient,
        as_ada: httpx2.AsyncClient,
        path: str,
        statements: list[str],
    ) -> None:
        for number in range(3):
            tags = [{"name": f"Tag {number}"}]
            await create(as_ada, title=f"Cake {number}", visibility="public", tags=tags)
        statements.clear()
        await client.get(path)
        assert len(statements) == 1

    async def test_any_cache_may_keep_it_for_a_while(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, path: str
    ) -> None:
        recipe = await create(as_ada, visibility="public")
        answer = await client.get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert "Set-Cookie" not in answer.headers
        known = {"If-None-Match": answer.headers["ETag"]}
        assert (await client.get(path, headers=known)).status_code == 304
        await patch(as_ada, recipe["id"], title="Better cake")
        assert (await client.get(path, headers=known)).status_code == 200


class TestPrivacy:
    @pytest.mark.parametrize("hidden", HIDDEN)
    async def test_h08_holds_nothing_that_is_not_public(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, path: str, hidden: str
    ) -> None:
        await create(as_ada, title="Cake", visibility="public")
        await create(as_ada, title="Marker", summary="Marker", **HIDDEN[hidden])
        trashed = await create(as_ada, title="Marker in the trash", visibility="public")
        await delete(as_ada, trashed["id"])
        for reader in (client, as_ada):
            answer = await reader.get(path)
            assert "Marker" not in answer.text
            assert titles(read_xml(answer.content)) == ["Cake"]

    @pytest.mark.parametrize("hidden", HIDDEN)
    async def test_h08_a_household_without_public_recipes_is_like_none(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, path: str, hidden: str
    ) -> None:
        await create(as_ada, **HIDDEN[hidden])
        nobodys = f"/households/{UUID(int=1)}/recipes.atom"
        answers = [await client.get(each) for each in (path, nobodys)]
        said = [
            {
                name: text
                for name, text in each.json().items()
                if name not in {"request_id", "instance"}
            }
            for each in answers
        ]
        assert [each.status_code for each in answers] == [404, 404]
        assert said[0] == said[1]

    async def test_holds_nothing_of_another_household(
        self,
        client: httpx2.AsyncClient,
        as_ada: httpx2.AsyncClient,
        path: str,
        as_: As,
        factories: Factories,
    ) -> None:
        await create(as_ada, title="Ours", visibility="public")
        await create(await as_(await factories.user()), title="Theirs", visibility="public")
        assert titles(await feed(client, path)) == ["Ours"]

    async def test_names_no_account(
        self, client: httpx2.AsyncClient, as_: As, factories: Factories, ada: User, path: str
    ) -> None:
        assert ada.default_household_id
        bo = await factories.member(
            ada.default_household_id, "editor", display_name="Bo Secret", email="bo@secret.example"
        )
        household = str(ada.default_household_id)
        await create(await as_(bo), visibility="public", household_id=household)
        answer = await client.get(path)
        (entry,) = read_xml(answer.content).findall(f"{ATOM}entry")
        assert texts(entry, f"author/{ATOM}name") == ["Ada's kitchen"]
        for secret in ("Bo Secret", "secret.example", str(bo.id), str(ada.id), "ada@example.org"):
            assert secret not in answer.text


class TestHostileText:
    @pytest.mark.parametrize("texts_", [PAYLOADS[start::6] for start in range(6)], ids=range(6))
    async def test_j01_is_text_in_a_feed(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, path: str, texts_: list[str]
    ) -> None:
        for text in texts_:
            await create(as_ada, **poisoned(text))
        found = await feed(client, path)
        assert sorted(map(str, titles(found))) == sorted(text.strip() for text in texts_)
        for entry in found.findall(f"{ATOM}entry"):
            inside = read(entry.findtext(f"{ATOM}content") or "").inside
            assert {each.tag for each in inside} <= {"h3", "ul", "ol", "li", "strong", "p"}
            assert [each.attributes for each in inside if each.attributes] == []

    @pytest.mark.parametrize("character", ["\ufffe", "\uffff", "\U0001f370"])
    async def test_what_xml_cannot_hold_is_left_out(
        self, client: httpx2.AsyncClient, as_ada: httpx2.AsyncClient, path: str, character: str
    ) -> None:
        title = f"Apple{character}cake"
        await create(as_ada, title=title, visibility="public", tags=[{"name": title}])
        kept = title if character == "\U0001f370" else "Applecake"
        (entry,) = (await feed(client, path)).findall(f"{ATOM}entry")
        assert texts(entry, "title") == [kept]
        assert [each.get("term") for each in entry.findall(f"{ATOM}category")] == [kept]
