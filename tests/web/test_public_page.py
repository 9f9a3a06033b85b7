"""What the page of a recipe tells search engines, share cards and other programs."""

import json
from fractions import Fraction
from typing import Any

import httpx2
import pytest

from potluck.models import User
from potluck.services.page_reading import reader
from tests.api.recipe_calls import create, delete
from tests.conftest import ORIGIN
from tests.recipe_bodies import full_body
from tests.sent_pictures import put_cover
from tests.web import schema_org
from tests.web.browser import Browser
from tests.web.html_reader import Element
from tests.web.payloads import PAYLOADS
from tests.web.test_payloads import poisoned
from tests.web.test_sitemaps import HIDDEN

Json = dict[str, Any]
PUBLIC = {"visibility": "public", "status": "published"}


def meta(page: Element) -> dict[str, str]:
    """What the head says, by property or name."""
    return {
        each.attributes.get("property") or each.attributes["name"]: each.attributes["content"]
        for each in page.find("meta")
        if "charset" not in each.attributes
    }


def links(page: Element) -> dict[str, str]:
    wanted = {"canonical", "alternate"}
    found = [each.attributes for each in page.find("link")]
    return {each["rel"]: each["href"] for each in found if each["rel"] in wanted}


def told(page: Element) -> Json:
    (script,) = page.find("script", type="application/ld+json")
    found: Json = json.loads(script.text)
    return found


async def shown(browser: Browser, recipe: Json) -> Element:
    page = await browser.open(f"/recipes/{recipe['id']}")
    assert browser.answer.status_code == 200
    return page


class TestPublic:
    async def test_head_says_what_a_share_card_shows(
        self, browser: Browser, as_ada: httpx2.AsyncClient, ada: User
    ) -> None:
        recipe = await create(as_ada, **full_body() | PUBLIC | {"language": "de-AT"})
        page = await shown(browser, recipe)
        address = f"{ORIGIN}/recipes/{recipe['id']}/apple-cake"
        expected = {
            "description": "Moist for days.",
            "og:title": "Apple cake",
            "og:type": "article",
            "og:url": address,
            "og:site_name": "Potluck",
            "og:locale": "de_AT",
            "og:description": "Moist for days.",
            "og:image": "https://example.org/cake.jpg",
            "og:image:alt": "Apple cake",
            "twitter:card": "summary_large_image",
        }
        said = meta(page)
        assert {name: said.get(name) for name in expected} == expected
        assert links(page) == {
            "canonical": address,
            "alternate": f"/households/{ada.default_household_id}/recipes.atom",
        }
        assert "X-Robots-Tag" not in browser.answer.headers

    async def test_json_ld_is_a_recipe_of_schema_org(
        self, browser: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, **full_body() | PUBLIC)
        found = told(await shown(browser, recipe))
        schema_org.Recipe.model_validate(found)
        assert found["url"] == f"{ORIGIN}/recipes/{recipe['id']}/apple-cake"
        assert found["author"] == {"@type": "Person", "name": "Grandma"}
        assert found["publisher"]["name"] == "Ada's kitchen"

    async def test_our_own_picture_is_named_in_every_size(
        self, browser: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, **full_body() | PUBLIC)
        answer = await put_cover(as_ada, recipe["id"])
        folder = answer.json()["image_url"].rpartition("/")[0]
        page = await shown(browser, recipe)
        said, found = meta(page), told(page)
        schema_org.Recipe.model_validate(found)
        assert found["image"] == [f"{folder}/640.webp", f"{folder}/480.webp"]
        names = ("og:image", "og:image:width", "og:image:height")
        assert [said[name] for name in names] == [f"{folder}/640.webp", "640", "480"]
        for address in found["image"]:
            picture = await browser.client.get(address)
            assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/webp")

    async def test_every_step_that_json_ld_names_is_there(
        self, browser: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        steps = [{"steps": [{"text": "Mix."}]}, {"name": "Then", "steps": [{"text": "Bake."}]}]
        page = await shown(browser, await create(as_ada, sections=steps, **PUBLIC))
        first, section = told(page)["recipeInstructions"]
        anchors = [each["url"].partition("#")[2] for each in (first, *section["itemListElement"])]
        texts = [page.find("li", id=anchor)[0].find("p")[0].text for anchor in anchors]
        assert texts == ["Mix.", "Bake."]

    async def test_a_title_alone_has_a_sound_head(
        self, browser: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        page = await shown(browser, await create(as_ada, **PUBLIC))
        schema_org.Recipe.model_validate(told(page))
        said = meta(page)
        assert said["og:description"] == "A recipe from Ada's kitchen"
        assert said["twitter:card"] == "summary"
        assert "og:image" not in said

    async def test_members_see_the_same_head(
        self, browser: Browser, adas: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, **full_body() | PUBLIC)
        pages = [await shown(each, recipe) for each in (browser, adas)]
        assert meta(pages[0]) == meta(pages[1])
        assert told(pages[0]) == told(pages[1])

    async def test_costs_strangers_two_statements(
        self, browser: Browser, as_ada: httpx2.AsyncClient, statements: list[str]
    ) -> None:
        recipe = await create(as_ada, **full_body() | PUBLIC | {"image_url": None})
        statements.clear()
        await browser.open(f"/recipes/{recipe['id']}/apple-cake")
        assert len(statements) == 2, "the recipe, the household's name"


class TestHidden:
    @pytest.mark.parametrize("hidden", HIDDEN)
    async def test_h08_what_is_not_public_tells_programs_nothing_more(
        self, adas: Browser, as_ada: httpx2.AsyncClient, hidden: str
    ) -> None:
        recipe = await create(as_ada, **full_body() | HIDDEN[hidden])
        page = await shown(adas, recipe)
        assert adas.answer.headers["X-Robots-Tag"] == "noindex"
        assert links(page) == {}
        assert not {"og:url", "og:image", "og:description", "twitter:card"} & set(meta(page))
        assert not {"url", "image", "publisher"} & set(told(page))

    @pytest.mark.parametrize("hidden", HIDDEN)
    async def test_h08_strangers_meet_its_title_nowhere(
        self, browser: Browser, as_ada: httpx2.AsyncClient, hidden: str
    ) -> None:
        public = await create(as_ada, title="Soup for all", **PUBLIC)
        marked = [await create(as_ada, title="Secret soup", **HIDDEN[hidden])]
        marked.append(await create(as_ada, title="Secret soup of old", **PUBLIC))
        await delete(as_ada, marked[1]["id"])
        for path in (
            *("/", "/?q=soup", "/?q=soup&sort=title", "/robots.txt", "/sitemap.xml"),
            *("/sitemap-1.xml", f"/households/{public['household_id']}/recipes.atom"),
            *(f"/recipes/{each['id']}" for each in (public, *marked)),
        ):
            said = (await browser.client.get(path, follow_redirects=True)).text.lower()
            assert "secret" not in said, path

    async def test_pages_that_are_no_recipe_are_not_listed(
        self, browser: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        await create(as_ada, **PUBLIC)
        for path in ("/login", "/signup", "/?q=cake", "/?sort=title", "/nope", "/problems/stale"):
            await browser.open(path)
            assert browser.answer.headers["X-Robots-Tag"] == "noindex", path
        page = await browser.open("/")
        assert "X-Robots-Tag" not in browser.answer.headers
        assert links(page) == {"canonical": f"{ORIGIN}/"}


class TestHostileText:
    @pytest.mark.parametrize("texts", [PAYLOADS[start::6] for start in range(6)], ids=range(6))
    async def test_j04_is_text_in_the_head(
        self, browser: Browser, as_ada: httpx2.AsyncClient, texts: list[str]
    ) -> None:
        for text in texts:
            recipe = await create(as_ada, **poisoned(text))
            page = await shown(browser, recipe)
            said, found = meta(page), told(page)
            assert said["og:title"] == said["og:description"] == recipe["title"]
            assert found["name"] == found["recipeInstructions"][0]["name"] == recipe["title"]
            assert found["recipeIngredient"][0] == text


def as_read_again(recipe: Json) -> Json:
    """What the vocabulary can hold of a recipe, to be compared with what our importer reads."""
    times = {name: (each or {}).get("max_s") for name, each in recipe["times"].items()}
    return {
        "title": recipe["title"],
        "summary": recipe["summary"],
        "language": recipe["language"],
        "author": recipe["source"]["author"],
        "image": recipe["image_url"],
        "groups": [
            (each["name"], [line["original_text"] for line in each["lines"]])
            for each in recipe["ingredient_groups"]
        ],
        "sections": [
            (each["name"], [(step["title"], step["text"]) for step in each["steps"]])
            for each in recipe["sections"]
        ],
        "times": {name: times[name] for name in ("prep", "cook", "total")},
        "tags": sorted((tag["kind"], tag["name"]) for tag in recipe["tags"]),
        "equipment": recipe["equipment"],
        "nutrition": {
            code: (value["amount"], value["unit"])
            for code, value in recipe["nutrition"]["values"].items()
        },
    }


ROUND: Json = PUBLIC | {
    "title": "Apple cake",
    "summary": "Moist for days.",
    "language": "en",
    "tags": [
        {"name": "Dessert", "kind": "course"},
        {"name": "Danish", "kind": "cuisine"},
        {"name": "Gluten Free", "kind": "diet"},
        {"name": "Baking", "kind": "method"},
        {"name": "Autumn"},
        {"name": "Quick"},
    ],
    "ingredient_groups": [
        {
            "name": "For the dough",
            "lines": [
                {"original_text": "200 g butter, soft"},
                {"original_text": "1 1/2 cups flour"},
                {"original_text": "3 eggs"},
            ],
        },
        {
            "name": "For the topping",
            "lines": [{"original_text": "4 sour apples"}, {"original_text": "2 tbsp sugar"}],
        },
    ],
    "sections": [
        {
            "name": "Dough",
            "steps": [
                {"text": "Beat the butter with the sugar until it is pale."},
                {"text": "Stir in the eggs, one after the other.", "title": "The eggs"},
            ],
        },
        {
            "name": "Topping",
            "steps": [
                {"text": "Slice the apples and lay them on the dough."},
                {"text": "Bake at 180 °C for 50 minutes."},
            ],
        },
    ],
    "times": {
        "prep": {"min_s": 1500},
        "cook": {"min_s": 3000},
        "total": {"min_s": 4500},
    },
    "yields": {"servings": 8, "amount": 1, "noun": "cake"},
    "source": {"author": "Grandma", "url_original": "https://example.org/cake"},
    "image_url": "https://example.org/cake.jpg",
    "equipment": ["26 cm tin", "Mixer"],
    "nutrition": {
        "basis": "per_serving",
        "source": "manual",
        "values": {
            "energy": {"amount": "731.5", "unit": "kcal"},
            "fat": {"amount": "12", "unit": "g"},
            "sodium": {"amount": "90", "unit": "mg"},
        },
    },
}


class TestRoundTrip:
    async def test_our_importer_reads_the_recipe_back_from_our_page(
        self, browser: Browser, as_ada: httpx2.AsyncClient
    ) -> None:
        recipe = await create(as_ada, **ROUND)
        await shown(browser, recipe)
        address = f"{ORIGIN}/recipes/{recipe['id']}/apple-cake"
        found = reader.read(browser.answer.text, address)
        assert found.method == "json-ld"
        assert found.canonical_url == address
        assert found.yields is not None
        assert (found.yields.servings, found.yields.amount) == (Fraction(8), Fraction(1))
        assert found.yields.noun == "cake"
        assert found.nutrition is not None
        assert found.nutrition.basis == "per_serving"
        assert {
            "title": found.title,
            "summary": found.summary,
            "language": found.language,
            "author": found.author,
            "image": found.image_url,
            "groups": [(name, list(lines)) for name, lines in found.groups],
            "sections": [
                (name, [(step.title, step.text) for step in steps])
                for name, steps in found.sections
            ],
            "times": {
                name: getattr(getattr(found.times, name), "max_s", None)
                for name in ("prep", "cook", "total")
            },
            "tags": sorted(found.tags),
            "equipment": list(found.equipment),
            "nutrition": found.nutrition.values,
        } == as_read_again(recipe)
