"""What a recipe may hold: the bounds of its members and the rules between them."""

from uuid import uuid4

import httpx2

from tests.api.recipe_calls import (
    READ_ONLY,
    URL,
    Refusals,
    create,
    faults,
    line,
    read,
    refused_otherwise,
    step,
)


class TestBounds:
    async def test_a_recipe_at_its_bounds_is_taken(self, as_ada: httpx2.AsyncClient) -> None:
        long_line = {"original_text": "x" * 1000, "food_text": "y" * 1000, "unit_text": "u" * 500}
        body = {
            "title": "t" * 300,
            "summary": "s" * 2000,
            "tags": [{"name": f"{n:0100}"} for n in range(50)],
            "ingredient_groups": [
                {"name": "n" * 200, "lines": [long_line | {"preparation": "p" * 500}]}
            ]
            + [{"lines": [{"food_text": "salt"}] * 11} for _ in range(45)]
            + [{"lines": [{"food_text": "salt"}]} for _ in range(4)],
            "sections": [{"name": "n" * 200, "steps": [{"text": "x" * 10_000, "title": "t" * 200}]}]
            + [{"steps": [{"text": "Stir."}] * 6} for _ in range(49)],
            "times": {"total": {"min_s": 0, "max_s": 2_592_000}},
            "yields": {"servings": {"n": 1, "d": 2**53 - 1}, "noun": "n" * 100},
            "source": {"url_original": "https://e.org/" + "x" * 2034, "site": "s" * 300},
            "image_url": "http://e.org/" + "x" * 2035,
            "equipment": ["e" * 200] * 50,
            "notes": [{"title": "t" * 200, "text": "x" * 10_000}] * 20,
        }
        made = await create(as_ada, **body)
        assert len(made["tags"]) == 50
        assert sum(len(group["lines"]) for group in made["ingredient_groups"]) == 500
        assert (await read(as_ada, made["id"])).json() == made

    async def test_i11_beyond_them_it_is_refused_with_pointers(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        many_lines = [{"lines": [{"food_text": "x"}] * 251}] * 2
        many_steps = [{"steps": [{"text": "x"}] * 151}] * 2
        rows: Refusals = {
            "no title": ({}, ("/title", "missing")),
            "blank title": ({"title": " \n "}, ("/title", "string_too_short")),
            "title null": ({"title": None}, ("/title", "string_type")),
            "summary": ({"summary": "x" * 2001}, ("/summary", "string_too_long")),
            "language": ({"language": "english!"}, ("/language", "not_a_language_tag")),
            "language null": ({"language": None}, ("/language", "null_not_allowed")),
            "status": ({"status": "public"}, ("/status", "literal_error")),
            "visibility": ({"visibility": "all"}, ("/visibility", "literal_error")),
            "tags": ({"tags": [{"name": f"{n}"} for n in range(51)]}, ("/tags", "too_long")),
            "tag empty": ({"tags": [{"name": " "}]}, ("/tags/0/name", "string_too_short")),
            "tag nameless": ({"tags": [{}]}, ("/tags/0", "tag_without_name")),
            "tag kind": ({"tags": [{"name": "a", "kind": "x"}]}, ("/tags/0/kind", "literal_error")),
            "groups": ({"ingredient_groups": [{}] * 51}, ("/ingredient_groups", "too_long")),
            "lines": ({"ingredient_groups": many_lines}, ("/ingredient_groups", "too_many_lines")),
            "sections": ({"sections": [{}] * 51}, ("/sections", "too_long")),
            "steps": ({"sections": many_steps}, ("/sections", "too_many_steps")),
            "section name": (
                {"sections": [{"name": "x" * 201}]},
                ("/sections/0/name", "string_too_long"),
            ),
            "time below": (
                {"times": {"prep": {"min_s": -1}}},
                ("/times/prep/min_s", "greater_than_equal"),
            ),
            "time above": (
                {"times": {"prep": {"min_s": 2_592_001}}},
                ("/times/prep/min_s", "less_than_equal"),
            ),
            "time disorder": (
                {"times": {"cook": {"min_s": 2, "max_s": 1}}},
                ("/times/cook", "min_above_max"),
            ),
            "time part": ({"times": {"cook": {"min_s": 1.5}}}, ("/times/cook/min_s", "int_type")),
            "time unread": (
                {"times": {"cook": {"min_s": None, "max_s": None}}},
                ("/times/cook", "time_without_min"),
            ),
            "servings 0": ({"yields": {"servings": 0}}, ("/yields/servings", "not_positive")),
            "amount 0": ({"yields": {"amount": "0"}}, ("/yields/amount", "not_positive")),
            "noun": ({"yields": {"noun": "x" * 101}}, ("/yields/noun", "string_too_long")),
            "yield words": (
                {"yields": {"original_text": "x" * 201}},
                ("/yields/original_text", "string_too_long"),
            ),
            "url scheme": (
                {"source": {"url_original": "ftp://e.org/a"}},
                ("/source/url_original", "not_a_web_url"),
            ),
            "script": ({"image_url": "javascript:alert(1)"}, ("/image_url", "not_a_web_url")),
            "url length": (
                {"source": {"url_canonical": "https://e.org/" + "x" * 2035}},
                ("/source/url_canonical", "string_too_long"),
            ),
            "site": ({"source": {"site": "x" * 301}}, ("/source/site", "string_too_long")),
            "equipment": ({"equipment": ["a"] * 51}, ("/equipment", "too_long")),
            "equipment empty": ({"equipment": [" "]}, ("/equipment/0", "string_too_short")),
            "notes": ({"notes": [{"text": "a"}] * 21}, ("/notes", "too_long")),
            "note text": ({"notes": [{"text": ""}]}, ("/notes/0/text", "string_too_short")),
            "nutrient": (
                {
                    "nutrition": {
                        "basis": "per_serving",
                        "source": "manual",
                        "values": {"luck": {"amount": "1", "unit": "g"}},
                    }
                },
                ("/nutrition/values/luck", "literal_error"),
            ),
            "nutrient amount": (
                {
                    "nutrition": {
                        "basis": "per_serving",
                        "source": "manual",
                        "values": {"fat": {"amount": 1.5, "unit": "g"}},
                    }
                },
                ("/nutrition/values/fat/amount", "not_exact"),
            ),
        }
        titled = {
            name: (body if "title" in body or name == "no title" else {"title": "Cake"} | body, w)
            for name, (body, w) in rows.items()
        }
        assert await refused_otherwise(as_ada, titled) == {}

    async def test_i11_lines_and_steps_obey_the_rules_between_their_members(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        at, in_step = "/ingredient_groups/0/lines/0", "/sections/0/steps/0"
        flour = {"food_text": "flour"}
        stranger = str(uuid4())
        rows: Refusals = {
            "line without words": (line(note="x"), (at, "line_without_text")),
            "blank words": (line(original_text=" "), (f"{at}/original_text", "string_too_short")),
            "line kind": (line(**flour, kind="sub_recipe"), (f"{at}/kind", "literal_error")),
            "text with quantity": (
                line(original_text="x", kind="text", quantity={"min": 1}),
                (at, "text_line_with_parts"),
            ),
            "text with unit": (
                line(original_text="x", kind="text", unit_text="g"),
                (at, "text_line_with_parts"),
            ),
            "text with food": (
                line(original_text="x", kind="text", **flour),
                (at, "text_line_with_parts"),
            ),
            "unit id": (line(**flour, unit_id=stranger), (f"{at}/unit_id", "none_required")),
            "food id": (line(**flour, food_id=stranger), (f"{at}/food_id", "none_required")),
            "plus": (
                line(**flour, plus=[{"amount": 1, "unit_text": "g"}] * 6),
                (f"{at}/plus", "too_long"),
            ),
            "half an alternative": (line(**flour, alt_group=1), (at, "alternative_incomplete")),
            "alternative rank": (
                line(**flour, alt_group=1, alt_rank=100),
                (f"{at}/alt_rank", "less_than_equal"),
            ),
            "alternative without a first": (
                line(**flour, alt_group=1, alt_rank=1),
                (f"{at}/alt_rank", "alternative_without_first"),
            ),
            "step of linear scaling": (
                line(**flour, scaling={"kind": "linear", "step": 1}),
                (f"{at}/scaling", "scaling_not_consistent"),
            ),
            "stepped without step": (
                line(**flour, scaling={"kind": "stepped"}),
                (f"{at}/scaling", "scaling_not_consistent"),
            ),
            "step of 0": (
                line(**flour, scaling={"kind": "stepped", "step": 0}),
                (f"{at}/scaling/step", "not_positive"),
            ),
            "optional in words": (line(**flour, optional="yes"), (f"{at}/optional", "bool_type")),
            "empty step": (step(text=" "), (f"{in_step}/text", "string_too_short")),
            "long step": (step(text="x" * 10_001), (f"{in_step}/text", "string_too_long")),
            "timer 0": (
                step(timers=[{"min_s": 0}]),
                (f"{in_step}/timers/0/min_s", "greater_than_equal"),
            ),
            "timer disorder": (
                step(timers=[{"min_s": 2, "max_s": 1}]),
                (f"{in_step}/timers/0", "min_above_max"),
            ),
            "timer label": (
                step(timers=[{"min_s": 2, "label": "x" * 101}]),
                (f"{in_step}/timers/0/label", "string_too_long"),
            ),
            "share 0": (
                step(ingredients=[{"line_id": stranger, "share": 0}]),
                (f"{in_step}/ingredients/0/share", "not_a_share"),
            ),
            "share above 1": (
                step(ingredients=[{"line_id": stranger, "share": "3/2"}]),
                (f"{in_step}/ingredients/0/share", "not_a_share"),
            ),
            "unknown line": (
                step(ingredients=[{"line_id": stranger}]),
                (f"{in_step}/ingredients/0/line_id", "unknown_line"),
            ),
            "unknown line token": (
                step(text=f"Mix {{{{line:{stranger}}}}}."),
                (f"{in_step}/text", "unknown_line"),
            ),
            "unknown timer token": (
                step(text=f"Wait {{{{timer:{stranger}}}}}."),
                (f"{in_step}/text", "unknown_timer"),
            ),
            "repeated id": (
                {"title": "Cake", "notes": [{"id": stranger, "text": "a"}] * 2},
                ("/notes/1/id", "id_not_unique"),
            ),
        }
        assert await refused_otherwise(as_ada, rows) == {}

    async def test_members_that_nobody_may_set_are_refused(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        """H-04: nothing in a body makes a recipe somebody else's, older, or imported."""
        for member in {*READ_ONLY} - {"household_id"} | {"deleted_at", "search_text", "owner"}:
            answer = await as_ada.post(URL, json={"title": "Cake", member: None})
            assert faults(answer) == [(f"/{member}", "extra_forbidden")]
        nested = line(food_text="flour", position=1) | {"yields": {"portions": 2}}
        assert faults(await as_ada.post(URL, json=nested)) == [
            ("/ingredient_groups/0/lines/0/position", "extra_forbidden"),
            ("/yields/portions", "extra_forbidden"),
        ]
