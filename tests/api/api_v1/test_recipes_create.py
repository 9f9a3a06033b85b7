"""`POST /recipes`: what is answered, where it goes, ids and tags."""

from uuid import UUID, uuid4

import httpx2

from potluck.models import User
from potluck.resources import Resources
from tests.api.recipe_calls import URL, create, faults, line, one_line, refusal, step
from tests.conftest import API
from tests.factories import Factories
from tests.recipe_bodies import (
    BAKING,
    EGGS,
    FLOUR,
    MARGARINE,
    full_body,
)


class TestAnswer:
    async def test_a_title_is_enough_and_every_member_has_its_default(
        self, as_ada: httpx2.AsyncClient, ada: User
    ) -> None:
        answer = await as_ada.post(URL, json={"title": "  Apple\n cake "})

        assert answer.status_code == 201
        made = answer.json()
        UUID(made["id"])
        assert made == {
            "id": made["id"],
            "household_id": str(ada.default_household_id),
            "author_id": str(ada.id),
            "slug": "apple-cake",
            "version": 1,
            "revision": 1,
            "imported_via": None,
            "created_at": "2026-03-01T12:00:00Z",
            "updated_at": "2026-03-01T12:00:00Z",
            "title": "Apple\n cake",
            "summary": None,
            "language": "en",
            "status": "published",
            "visibility": "household",
            "tags": [],
            "ingredient_groups": [],
            "sections": [],
            "times": {"prep": None, "cook": None, "rest": None, "total": None},
            "yields": {"servings": None, "amount": None, "noun": None, "original_text": None},
            "source": {
                "url_original": None,
                "url_canonical": None,
                "site": None,
                "author": None,
                "licence_note": None,
            },
            "image_url": None,
            "equipment": [],
            "nutrition": None,
            "notes": [],
        }

    async def test_is_the_recipe_as_it_is_read_at_its_location(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        answer = await as_ada.post(URL, json=full_body())

        assert answer.headers["Location"] == f"{URL}/{answer.json()['id']}"
        assert answer.headers["Content-Type"] == "application/json"
        found = await as_ada.get(answer.headers["Location"])
        assert found.json() == answer.json()
        assert found.headers["ETag"] == answer.headers["ETag"]

    async def test_says_everything_that_was_sent(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada, **full_body())

        flour, eggs, margarine = made["ingredient_groups"][0]["lines"]
        assert flour == {
            "id": FLOUR,
            "kind": "ingredient",
            "quantity": {"kind": "range", "min": {"n": 3, "d": 2}, "max": {"n": 2, "d": 1}},
            "unit_text": "cup",
            "unit_id": None,
            "food_text": "flour",
            "food_id": None,
            "package": None,
            "plus": [],
            "preparation": "sifted",
            "note": None,
            "optional": False,
            "alt_group": None,
            "alt_rank": None,
            "scaling": {"kind": "linear", "step": None},
            "original_text": "1 1/2-2 cups flour, sifted",
            "parse": None,
        }
        assert (eggs["id"], eggs["alt_group"], eggs["alt_rank"]) == (EGGS, 1, 0)
        assert eggs["scaling"] == {"kind": "stepped", "step": {"n": 1, "d": 1}}
        assert margarine["id"] == MARGARINE
        assert margarine["original_text"] == "  or 2 (90\u00a0g) tubs  cre\u0300me  "
        assert margarine["food_text"] == "cr\u00e8me"
        assert margarine["package"] == {"size": {"n": 90, "d": 1}, "unit_text": "g"}
        assert margarine["plus"] == [{"amount": {"n": 1, "d": 2}, "unit_text": "tsp"}]
        assert margarine["parse"] is None
        made_step = made["sections"][0]["steps"][0]
        assert made_step.pop("id")
        assert made_step == {
            "title": "Bake",
            "text": f"{{{{line:{FLOUR}}}}}, bake {{{{timer:{BAKING}}}}} {{{{7*7}}}}",
            "ingredients": [
                {"line_id": FLOUR, "share": {"n": 1, "d": 2}},
                {"line_id": EGGS, "share": {"n": 1, "d": 1}},
            ],
            "timers": [
                {"id": BAKING, "label": "oven", "min_s": 1800, "max_s": 1800, "source": "typed"}
            ],
            "active_s": 600,
            "passive_s": 1800,
        }
        assert made["times"] == {
            "prep": {"min_s": 600, "max_s": 600, "original_text": None},
            "cook": {"min_s": 1800, "max_s": 2400, "original_text": "30-40 min"},
            "rest": {"min_s": None, "max_s": None, "original_text": "a good while"},
            "total": None,
        }
        assert made["yields"] == {
            "servings": {"n": 8, "d": 1},
            "amount": {"n": 1, "d": 1},
            "noun": "cake",
            "original_text": "1 cake",
        }
        assert made["nutrition"] == {
            "basis": "per_serving",
            "source": "manual",
            "values": {"energy": {"amount": "731.50", "unit": "kcal"}},
            "coverage": {"lines": "0.75", "mass": None},
        }
        tag = made["tags"][0]
        assert tag == {"id": tag["id"], "kind": "course", "name": "Dessert"}
        assert (made["status"], made["visibility"]) == ("draft", "private")
        assert made["source"]["url_original"] == "https://example.org/cake?a=1#x"
        assert made["equipment"] == ["26 cm tin"]


class TestHousehold:
    async def test_gives_language_and_visibility(
        self, as_ada: httpx2.AsyncClient, ada: User
    ) -> None:
        settings = {"locale": "de-CH", "default_visibility": "instance"}
        path = f"{API}/households/{ada.default_household_id}"
        await as_ada.patch(path, json=settings, headers={"If-Match": "*"})

        made = await create(as_ada)

        assert (made["language"], made["visibility"]) == ("de-CH", "instance")

    async def test_may_be_named(
        self, as_ada: httpx2.AsyncClient, ada: User, factories: Factories
    ) -> None:
        cabin = await factories.household(ada)
        assert (await create(as_ada, household_id=str(cabin.id)))["household_id"] == str(cabin.id)

    async def test_must_be_one_of_the_callers(self, as_eve: httpx2.AsyncClient, ada: User) -> None:
        for id in (str(ada.default_household_id), str(uuid4())):
            answer = await as_eve.post(URL, json={"title": "Cake", "household_id": id})
            assert faults(answer) == [("/household_id", "no_household")]

    async def test_without_a_default_it_must_be_named(
        self, as_eve: httpx2.AsyncClient, resources: Resources
    ) -> None:
        me = (await as_eve.get(f"{API}/auth/me")).json()
        household = me["default_household_id"]
        async with resources.database.transaction() as session:
            user = await session.get_one(User, UUID(me["id"]))
            user.default_household_id = None

        answer = await as_eve.post(URL, json={"title": "Cake"})

        assert faults(answer) == [("/household_id", "no_household")]
        assert (await create(as_eve, household_id=household))["household_id"] == household


class TestIds:
    async def test_are_kept_when_chosen_and_made_when_not(self, as_ada: httpx2.AsyncClient) -> None:
        chosen = [str(uuid4()) for _ in range(6)]
        group, a_line, section, a_step, timer, note = chosen
        body = {
            "ingredient_groups": [
                {"id": group, "lines": [{"id": a_line.upper(), "food_text": "flour"}]},
                {"lines": [{"food_text": "salt"}]},
            ],
            "sections": [
                {
                    "id": section,
                    "steps": [
                        {
                            "id": a_step,
                            "text": f"{{{{line:{a_line.upper()}}}}} {{{{timer:{timer}}}}}",
                            "timers": [{"id": timer, "min_s": 1}, {"min_s": 2}],
                        }
                    ],
                }
            ],
            "notes": [{"id": note, "text": "x"}, {"text": "y"}],
        }
        made = await create(as_ada, **body)
        groups, made_section = made["ingredient_groups"], made["sections"][0]
        made_step = made_section["steps"][0]
        assert [groups[0]["id"], groups[0]["lines"][0]["id"]] == [group, a_line]
        assert [made_section["id"], made_step["id"], made_step["timers"][0]["id"]] == [
            section, a_step, timer,
        ]  # fmt: skip
        assert made["notes"][0]["id"] == note
        assert made_step["text"] == f"{{{{line:{a_line}}}}} {{{{timer:{timer}}}}}"
        others = [
            groups[1]["id"], groups[1]["lines"][0]["id"], made_step["timers"][1]["id"],
            made["notes"][1]["id"],
        ]  # fmt: skip
        assert len({*chosen, *others}) == 10

    async def test_two_recipes_may_use_the_same(self, as_ada: httpx2.AsyncClient) -> None:
        body = line(id=FLOUR, food_text="flour")
        first, second = await create(as_ada, **body), await create(as_ada, **body)
        assert one_line(first)["id"] == one_line(second)["id"] == FLOUR

    async def test_braces_that_are_no_token_are_text(self, as_ada: httpx2.AsyncClient) -> None:
        text = "{{temp:180C}} {{ line:x }} {{food:1}} {line:2} {{}} }}{{"
        made = await create(as_ada, **step(text=text))
        assert made["sections"][0]["steps"][0]["text"] == text


class TestTags:
    async def test_are_found_without_regard_to_case_and_accents_or_made(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        first = await create(as_ada, tags=[{"name": "Crème"}, {"name": "Soup", "kind": "course"}])
        second = await create(
            as_ada, tags=[{"name": "soup", "kind": "course"}, {"name": "CREME"}, {"name": "soup"}]
        )
        creme, soup = first["tags"]
        assert second["tags"][:2] == [soup, creme]
        assert second["tags"][2]["kind"] == "free"
        assert second["tags"][2]["id"] not in {creme["id"], soup["id"]}
        names = (await as_ada.get(f"{API}/tags")).json()["items"]
        assert [each["name"] for each in names] == ["Crème", "Soup", "soup"]

    async def test_an_answered_tag_may_be_sent_back_and_its_id_decides(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        tag = (await create(as_ada, tags=[{"name": "Soup"}]))["tags"][0]
        made = await create(as_ada, tags=[tag | {"name": "Other", "kind": "diet"}, tag])
        assert made["tags"] == [tag]

    async def test_of_another_household_do_not_exist(
        self, as_ada: httpx2.AsyncClient, as_eve: httpx2.AsyncClient
    ) -> None:
        tag = (await create(as_ada, tags=[{"name": "Soup"}]))["tags"][0]
        answer = await as_eve.post(URL, json={"title": "Cake", "tags": [{"id": tag["id"]}]})
        assert faults(answer) == [("/tags/0/id", "no_such_tag")]


class TestRights:
    async def test_strangers_sign_in_first(self, client: httpx2.AsyncClient) -> None:
        answer = await client.post(URL, json={"title": "Cake"})
        assert refusal(answer) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
