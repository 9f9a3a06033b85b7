"""Security row I-11: the rules that span the values of a recipe."""

from typing import Any
from uuid import UUID

import pytest

from potluck.core.errors import Invalid
from potluck.schemas import recipe as schema
from potluck.services import documents
from tests.recipe_bodies import BAKING, EGGS, FLOUR, Body, full_body, some_ids

STRANGER = "0192f0a1-7c5e-7d3a-9b1c-0000000000ff"


def built(**members: Any) -> schema.RecipeDocument:
    return documents.build(
        schema.RecipeCreate.model_validate({"title": "Cake", **members}),
        language="en",
        status="published",
        visibility="household",
        tag_ids=[],
    )


def refused(**members: Any) -> list[tuple[str, str]]:
    """Pointers and codes under which the recipe is refused."""
    with pytest.raises(Invalid) as refusal:
        built(**members)
    return pointers(refusal.value)


def patch_refused(previous: schema.RecipeDocument, body: Body) -> list[tuple[str, str]]:
    update = schema.RecipeUpdate.model_validate(body)
    with pytest.raises(Invalid) as refusal:
        documents.patch(previous, update, tag_ids=previous.tag_ids)
    return pointers(refusal.value)


def pointers(invalid: Invalid) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in invalid.extra["errors"]]


def groups(*lines: Body) -> list[Body]:
    return [{"lines": [{"food_text": "flour", **line} for line in lines]}]


class TestIds:
    @pytest.mark.parametrize(
        ("members", "pointer"),
        [
            ({"ingredient_groups": [{"id": FLOUR}, {"id": FLOUR}]}, "/ingredient_groups/1/id"),
            (
                {"ingredient_groups": groups({"id": FLOUR}, {"id": FLOUR})},
                "/ingredient_groups/0/lines/1/id",
            ),
            (
                {"ingredient_groups": groups({"id": FLOUR}), "sections": [{"id": FLOUR}]},
                "/sections/0/id",
            ),
            (
                {"sections": [{"id": FLOUR, "steps": [{"text": "x", "id": FLOUR}]}]},
                "/sections/0/steps/0/id",
            ),
            (
                {
                    "sections": [
                        {
                            "steps": [
                                {"text": "x", "timers": [{"id": BAKING, "min_s": 1}]},
                                {"text": "x", "timers": [{"id": BAKING, "min_s": 1}]},
                            ]
                        }
                    ]
                },
                "/sections/0/steps/1/timers/0/id",
            ),
            (
                {"notes": [{"id": FLOUR, "text": "x"}, {"id": FLOUR.upper(), "text": "x"}]},
                "/notes/1/id",
            ),
        ],
    )
    def test_i11_an_id_stands_once_in_the_document(self, members: Body, pointer: str) -> None:
        assert refused(**members) == [(pointer, "id_not_unique")]

    def test_the_same_id_may_stand_in_another_recipe(self) -> None:
        members = {"ingredient_groups": groups({"id": FLOUR})}
        assert built(**members) != built(**members)


class TestReferences:
    def section(self, **step: Any) -> list[Body]:
        return [{"steps": [{"text": "one"}, {"text": "two"}, {"text": "three", **step}]}]

    def test_i11_a_line_that_a_step_uses_must_exist(self) -> None:
        sections = self.section(ingredients=[{"line_id": STRANGER}])
        assert refused(sections=sections) == [
            ("/sections/0/steps/2/ingredients/0/line_id", "unknown_line")
        ]

    @pytest.mark.parametrize("token", [f"{{{{line:{STRANGER}}}}}", "{{line:2}}"])
    def test_i11_a_line_that_a_token_names_must_exist(self, token: str) -> None:
        sections = self.section(text=f"Add {token}.")
        assert refused(sections=sections) == [("/sections/0/steps/2/text", "unknown_line")]

    def test_i11_a_timer_that_a_token_names_must_exist(self) -> None:
        sections = self.section(text=f"Bake {{{{timer:{STRANGER}}}}}")
        assert refused(sections=sections) == [("/sections/0/steps/2/text", "unknown_timer")]

    def test_a_line_is_no_timer(self) -> None:
        sections = self.section(text=f"Bake {{{{timer:{FLOUR}}}}}")
        members = {"ingredient_groups": groups({"id": FLOUR}), "sections": sections}
        assert refused(**members) == [("/sections/0/steps/2/text", "unknown_timer")]

    def test_a_token_may_name_the_timer_of_another_step(self) -> None:
        steps = [
            {"text": "Bake", "timers": [{"id": BAKING, "min_s": 60}]},
            {"text": f"Wait for {{{{timer:{BAKING}}}}}"},
        ]
        assert built(sections=[{"steps": steps}])

    def test_other_braces_are_text(self) -> None:
        text = "{{7*7}} {{line}} {{food:1}} {{ line:1 }} {% x %} {0}"
        assert built(sections=[{"steps": [{"text": text}]}]).sections[0].steps[0].text == text


class TestAlternatives:
    def test_one_line_of_a_group_counts_and_the_ranks_differ(self) -> None:
        lines = [{"alt_group": 1, "alt_rank": rank} for rank in (1, 0, 7)]
        assert built(ingredient_groups=groups(*lines, {"alt_group": 2, "alt_rank": 0}))

    def test_i11_a_group_without_a_first_line_is_refused_once(self) -> None:
        lines = [{"alt_group": 1, "alt_rank": rank} for rank in (1, 2)]
        assert refused(ingredient_groups=groups(*lines)) == [
            ("/ingredient_groups/0/lines/0/alt_rank", "alternative_without_first")
        ]

    @pytest.mark.parametrize("rank", [0, 3])
    def test_i11_a_rank_stands_once_in_a_group_of_alternatives(self, rank: int) -> None:
        first = {"alt_group": 1, "alt_rank": 0}
        repeated = {"alt_group": 1, "alt_rank": rank}
        found = refused(ingredient_groups=groups(first, repeated) + groups(repeated))
        assert found[-1] == (
            "/ingredient_groups/1/lines/0/alt_rank",
            "alternative_rank_repeated",
        )


class TestChanges:
    def test_i11_dropping_a_line_that_a_step_uses_is_refused_where_it_was_dropped(self) -> None:
        before = documents.build(
            schema.RecipeCreate.model_validate(full_body()),
            language="en",
            status="draft",
            visibility="private",
            tag_ids=[],
        )
        found = patch_refused(before, {"ingredient_groups": groups({"id": EGGS})})
        assert found == [("/ingredient_groups", "unknown_line")]

    def test_i11_an_id_taken_by_a_member_that_stays_is_refused(self) -> None:
        before = built(notes=[{"id": FLOUR, "text": "x"}])
        found = patch_refused(before, {"ingredient_groups": groups({"id": FLOUR})})
        assert found == [("/ingredient_groups", "id_not_unique")]


class TestAnswer:
    def test_all_that_is_broken_is_named_in_one_answer(self) -> None:
        steps = [{"text": f"{{{{line:{STRANGER}}}}} {{{{timer:{STRANGER}}}}}"}]
        with pytest.raises(Invalid) as refusal:
            built(sections=[{"steps": steps}], notes=[{"id": FLOUR, "text": "x"}] * 2)
        assert refusal.value.detail == "3 members need attention."
        assert refusal.value.extra["errors"][0] == {
            "in": "body",
            "pointer": "/notes/1/id",
            "code": "id_not_unique",
            "detail": "The id stands elsewhere in the recipe.",
        }

    def test_at_most_a_hundred_errors_are_named(self) -> None:
        steps = [{"text": "{{line:x}}"}] * 101
        assert len(refused(sections=[{"steps": steps}])) == 100

    def test_a_step_is_named_once_however_often_it_is_wrong(self) -> None:
        steps = [{"text": "{{line:x}} {{timer:x}} {{line:y}}"}]
        assert refused(sections=[{"steps": steps}]) == [
            ("/sections/0/steps/0/text", "unknown_line"),
            ("/sections/0/steps/0/text", "unknown_timer"),
        ]

    def test_what_was_sent_is_not_repeated(self) -> None:
        with pytest.raises(Invalid) as refusal:
            built(sections=[{"steps": [{"text": f"{{{{line:{STRANGER}}}}}"}]}])
        assert STRANGER not in str(refusal.value.extra)


class TestRestore:
    def test_a_saved_state_is_a_document_as_it_stands(self) -> None:
        first, *_ = some_ids(1)
        document = built(ingredient_groups=groups({"id": FLOUR})).model_copy(
            update={"tag_ids": [UUID(int=first.int)]}
        )
        saved = documents.canonical_json(document)
        restored = schema.RecipeDocument.model_validate_json(saved)
        assert documents.is_same(restored, document)
