from typing import Any

import pytest
from pydantic import BaseModel

from potluck.schemas import recipe as schema
from tests.recipe_bodies import Body, full_body
from tests.schemas.refusals import accepted, line_refused, refusals, refused

A = "0192f0a1-7c5e-7d3a-9b1c-0000000000aa"


class TestRequired:
    def test_the_title_is_the_only_member_that_is_required(self) -> None:
        assert refusals(schema.RecipeCreate, {}) == [("/title", "missing")]
        assert schema.RecipeCreate.model_json_schema()["required"] == ["title"]

    def test_what_is_left_out_takes_its_default(self) -> None:
        recipe = accepted()
        assert (recipe.language, recipe.status, recipe.visibility) == (None, None, None)
        assert recipe.household_id is None
        assert (recipe.tags, recipe.ingredient_groups, recipe.sections) == ([], [], [])
        assert (recipe.equipment, recipe.notes, recipe.nutrition) == ([], [], None)
        assert set(dict(recipe.times).values()) == {None}
        assert set(dict(recipe.yields).values()) == {None}
        assert set(dict(recipe.source).values()) == {None}

    def test_a_recipe_that_fills_in_everything_is_accepted(self) -> None:
        assert schema.RecipeCreate.model_validate(full_body()).title == "Apple cake"


class TestReadOnlyAndUnknownMembers:
    @pytest.mark.parametrize(
        "name",
        [
            "id", "author_id", "slug", "version", "revision", "imported_via", "created_at",
            "updated_at", "schema_version", "tag_ids", "colour",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("model", [schema.RecipeCreate, schema.RecipePut, schema.RecipeUpdate])
    def test_are_refused(self, model: type[BaseModel], name: str) -> None:
        assert (f"/{name}", "extra_forbidden") in refusals(model, {"title": "Cake", name: None})

    @pytest.mark.parametrize("model", [schema.RecipePut, schema.RecipeUpdate])
    def test_a_recipe_cannot_move_to_another_household(self, model: type[BaseModel]) -> None:
        body = {"title": "Cake", "household_id": A}
        assert refusals(model, body) == [("/household_id", "extra_forbidden")]

    @pytest.mark.parametrize(
        "members",
        [
            {"times": {"bake": None}},
            {"yields": {"pan": 1}},
            {"source": {"url": "https://example.org"}},
            {"notes": [{"text": "x", "by": "me"}]},
            {"tags": [{"name": "x", "colour": "red"}]},
            {"sections": [{"position": 1}]},
            {"sections": [{"steps": [{"text": "x", "media": []}]}]},
            {"ingredient_groups": [{"lines": [{"food_text": "x", "position": 1}]}]},
        ],
    )
    def test_are_refused_at_every_depth(self, members: Body) -> None:
        (error,) = refused(**members)
        assert error[1] == "extra_forbidden"


class TestNull:
    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("title", "string_type"),
            ("language", "null_not_allowed"),
            ("status", "null_not_allowed"),
            ("visibility", "null_not_allowed"),
            ("household_id", "null_not_allowed"),
            ("tags", "list_type"),
            ("ingredient_groups", "list_type"),
            ("sections", "list_type"),
            ("times", "model_type"),
            ("yields", "model_type"),
            ("source", "model_type"),
            ("equipment", "list_type"),
            ("notes", "list_type"),
        ],
    )
    def test_is_refused_where_it_means_nothing(self, name: str, code: str) -> None:
        assert refused(**{name: None}) == [(f"/{name}", code)]

    @pytest.mark.parametrize("name", ["summary", "image_url", "nutrition"])
    def test_is_taken_where_it_means_absent(self, name: str) -> None:
        assert getattr(accepted(**{name: None}), name) is None


class TestBounds:
    @pytest.mark.parametrize(
        ("pointer", "members", "longest"),
        [
            ("/title", lambda text: {"title": text}, 300),
            ("/summary", lambda text: {"summary": text}, 2000),
            ("/equipment/0", lambda text: {"equipment": [text]}, 200),
            ("/tags/0/name", lambda text: {"tags": [{"name": text}]}, 100),
            ("/notes/0/title", lambda text: {"notes": [{"text": "x", "title": text}]}, 200),
            ("/notes/0/text", lambda text: {"notes": [{"text": text}]}, 10_000),
            ("/yields/noun", lambda text: {"yields": {"noun": text}}, 100),
            ("/yields/original_text", lambda text: {"yields": {"original_text": text}}, 200),
            ("/source/site", lambda text: {"source": {"site": text}}, 300),
            ("/source/author", lambda text: {"source": {"author": text}}, 300),
            ("/source/licence_note", lambda text: {"source": {"licence_note": text}}, 300),
            ("/sections/0/name", lambda text: {"sections": [{"name": text}]}, 200),
            (
                "/sections/0/steps/0/text",
                lambda text: {"sections": [{"steps": [{"text": text}]}]},
                10_000,
            ),
            (
                "/sections/0/steps/0/title",
                lambda text: {"sections": [{"steps": [{"text": "x", "title": text}]}]},
                200,
            ),
            (
                "/ingredient_groups/0/name",
                lambda text: {"ingredient_groups": [{"name": text}]},
                200,
            ),
        ],
    )  # fmt: skip
    def test_i02_i03_texts_end_at_their_bound(
        self, pointer: str, members: Any, longest: int
    ) -> None:
        assert accepted(**members("x" * longest))
        assert refused(**members("x" * (longest + 1))) == [(pointer, "string_too_long")]
        (error,) = refused(**members("x\0"))
        assert error == (pointer, "text_not_allowed")

    @pytest.mark.parametrize(
        ("name", "longest"),
        [
            ("original_text", 1000),
            ("food_text", 1000),
            ("unit_text", 500),
            ("preparation", 500),
            ("note", 500),
        ],
    )
    def test_i02_i03_texts_of_a_line_end_at_their_bound(self, name: str, longest: int) -> None:
        line = {"food_text": "flour", name: "x" * longest}
        assert accepted(ingredient_groups=[{"lines": [line]}])
        assert line_refused(**{name: "x" * (longest + 1)}) == [(f"/{name}", "string_too_long")]
        assert line_refused(**{name: "x\r"}) == [(f"/{name}", "text_not_allowed")]

    @pytest.mark.parametrize(
        ("name", "item", "most"),
        [
            ("tags", {"name": "x"}, 50),
            ("ingredient_groups", {}, 50),
            ("sections", {}, 50),
            ("equipment", "tin", 50),
            ("notes", {"text": "x"}, 20),
        ],
    )
    def test_i02_lists_end_at_their_bound(self, name: str, item: Any, most: int) -> None:
        assert len(getattr(accepted(**{name: [item] * most}), name)) == most
        assert refused(**{name: [item] * (most + 1)}) == [(f"/{name}", "too_long")]

    def test_i11_lines_are_counted_across_groups(self) -> None:
        group = {"lines": [{"food_text": "x"}] * 250}
        assert accepted(ingredient_groups=[group] * 2)
        groups = [*[group] * 2, {"lines": [{}]}]
        assert refused(ingredient_groups=groups) == [("/ingredient_groups", "too_many_lines")]
        assert refusals(schema.RecipeUpdate, {"ingredient_groups": groups}) == [
            ("/ingredient_groups", "too_many_lines")
        ]

    def test_i11_steps_are_counted_across_sections(self) -> None:
        section = {"steps": [{"text": "x"}] * 150}
        assert accepted(sections=[section] * 2)
        sections = [*[section] * 2, {"steps": [{}]}]
        assert refused(sections=sections) == [("/sections", "too_many_steps")]

    def test_lines_and_steps_that_are_built_in_python_are_counted_too(self) -> None:
        lines = [schema.IngredientLineIn(food_text="x")] * 501
        assert refused(ingredient_groups=[schema.IngredientGroupIn(lines=lines)]) == [
            ("/ingredient_groups", "too_many_lines")
        ]

    @pytest.mark.parametrize("groups", ["x", {}, [1], [{"lines": 5}], [None], [{"lines": {}}]])
    def test_i02_groups_of_another_form_are_refused_where_they_are_wrong(self, groups: Any) -> None:
        (error,) = refused(ingredient_groups=groups)
        assert error[0].startswith("/ingredient_groups")
        assert error[1] in {"list_type", "model_type"}

    @pytest.mark.parametrize("name", ["url_original", "url_canonical"])
    def test_addresses_of_the_source_are_web_addresses(self, name: str) -> None:
        url = "HTTPS://Example.org/a/../b?x=1#y"
        assert getattr(accepted(source={name: url}).source, name) == url
        assert refused(source={name: "javascript:alert(1)"}) == [
            (f"/source/{name}", "not_a_web_url")
        ]

    @pytest.mark.parametrize("name", ["status", "visibility"])
    def test_words_that_are_not_known_are_refused(self, name: str) -> None:
        assert refused(**{name: "Public"}) == [(f"/{name}", "literal_error")]

    @pytest.mark.parametrize("name", ["servings", "amount"])
    def test_i11_yields_are_above_zero(self, name: str) -> None:
        assert refused(yields={name: 0}) == [(f"/yields/{name}", "not_positive")]
        assert refused(yields={name: -1}) == [(f"/yields/{name}", "number_out_of_bounds")]
        assert refused(yields={name: 8.0}) == [(f"/yields/{name}", "not_exact")]


class TestTag:
    def test_is_named_or_identified(self) -> None:
        assert refused(tags=[{"kind": "course"}]) == [("/tags/0", "tag_without_name")]
        assert refused(tags=[{"name": " "}]) == [("/tags/0/name", "string_too_short")]

    def test_the_kind_is_free_unless_said(self) -> None:
        (tag,) = accepted(tags=[{"name": "Quick"}]).tags
        assert tag.kind == "free"
        assert refused(tags=[{"name": "x", "kind": "mood"}]) == [("/tags/0/kind", "literal_error")]

    def test_an_answered_tag_may_be_sent_back(self) -> None:
        (tag,) = accepted(tags=[{"id": A, "kind": "course", "name": "Dessert"}]).tags
        assert str(tag.id) == A


class TestUpdate:
    def test_names_what_it_changes(self) -> None:
        update = schema.RecipeUpdate.model_validate({"summary": None, "equipment": []})
        assert update.changes() == {"summary": None, "equipment": []}

    @pytest.mark.parametrize(
        "name", ["title", "language", "status", "visibility", "tags", "times", "sections"]
    )
    def test_null_is_refused_where_it_means_nothing(self, name: str) -> None:
        (error,) = refusals(schema.RecipeUpdate, {name: None})
        assert error[0] == f"/{name}"

    def test_obeys_the_bounds_of_a_new_recipe(self) -> None:
        assert refusals(schema.RecipeUpdate, {"title": "x" * 301, "tags": [{}]}) == [
            ("/title", "string_too_long"),
            ("/tags/0", "tag_without_name"),
        ]

    def test_can_change_every_writable_member(self) -> None:
        assert schema.RecipeUpdate.model_fields.keys() == schema.RecipeWrite.model_fields.keys()
