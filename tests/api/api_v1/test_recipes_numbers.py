"""Exact numbers of recipes, from the sender to the database and back: never a float."""

import json
from typing import Any

import httpx2
from hypothesis import HealthCheck, given, settings

from tests.api.recipe_calls import (
    URL,
    Json,
    create,
    faults,
    line,
    one_line,
    refused_otherwise,
    writable,
)
from tests.recipe_bodies import (
    Body,
    bodies,
    floats_in,
)

NO_QUANTITY = {"kind": "none", "min": None, "max": None}


def quantity(**members: Any) -> Body:
    return line(food_text="flour", quantity=members)


class TestQuantities:
    async def test_the_kind_follows_from_the_ends(self, as_ada: httpx2.AsyncClient) -> None:
        one, two = {"n": 1, "d": 1}, {"n": 2, "d": 1}
        rows: list[tuple[Body, Json]] = [
            ({}, NO_QUANTITY),
            ({"min": 1}, {"kind": "exact", "min": one, "max": one}),
            ({"min": 1, "max": "1"}, {"kind": "exact", "min": one, "max": one}),
            ({"min": 1, "max": 2}, {"kind": "range", "min": one, "max": two}),
            ({"max": 2}, {"kind": "up_to", "min": None, "max": two}),
            ({"kind": "at_least", "min": 1}, {"kind": "at_least", "min": one, "max": None}),
            ({"kind": "about", "min": 2}, {"kind": "about", "min": two, "max": two}),
            ({"kind": "exact", "min": 2}, {"kind": "exact", "min": two, "max": two}),
            ({"kind": "to_taste"}, {"kind": "to_taste", "min": None, "max": None}),
            ({"kind": "none"}, NO_QUANTITY),
        ]
        lines = [{"food_text": "flour", "quantity": sent} for sent, _ in rows]
        made = await create(as_ada, ingredient_groups=[{"lines": lines}])
        answered = [each["quantity"] for each in made["ingredient_groups"][0]["lines"]]
        assert answered == [expected for _, expected in rows]

    async def test_a_kind_that_contradicts_the_ends_is_refused(
        self, as_ada: httpx2.AsyncClient
    ) -> None:
        where = ("/ingredient_groups/0/lines/0/quantity", "quantity_not_consistent")
        rows: list[Body] = [
            {"min": 2, "max": 1},
            {"kind": "range", "min": 1, "max": 1},
            {"kind": "range", "min": 1},
            {"kind": "exact", "min": 1, "max": 2},
            {"kind": "exact"},
            {"kind": "none", "min": 1},
            {"kind": "to_taste", "max": 1},
            {"kind": "up_to", "min": 1, "max": 2},
            {"kind": "at_least", "min": 1, "max": 2},
        ]
        assert (
            await refused_otherwise(as_ada, {str(row): (quantity(**row), where) for row in rows})
            == {}
        )

    async def test_never_an_invented_1(self, as_ada: httpx2.AsyncClient) -> None:
        made = await create(as_ada, **line(original_text="salt"))
        assert one_line(made)["quantity"] == NO_QUANTITY
        assert one_line(made)["food_text"] is None


class TestExactNumbers:
    async def test_every_form_is_the_same_number(self, as_ada: httpx2.AsyncClient) -> None:
        forms: list[tuple[Any, tuple[int, int]]] = [
            ({"n": 6, "d": 4}, (3, 2)), (3, (3, 1)), ("3", (3, 1)), ("1/2", (1, 2)),
            ("1 1/2", (3, 2)), ("½", (1, 2)), ("1½", (3, 2)), ("0.5", (1, 2)), ("0,5", (1, 2)),
            ("1\u20442", (1, 2)), ("0.1", (1, 10)), (0, (0, 1)), (2**53 - 1, (2**53 - 1, 1)),
            ({"n": 2**53 - 1, "d": 2**53 - 2}, (2**53 - 1, 2**53 - 2)),
        ]  # fmt: skip
        lines = [{"food_text": "flour", "quantity": {"min": form}} for form, _ in forms]
        made = await create(as_ada, ingredient_groups=[{"lines": lines}])
        answered = [each["quantity"]["min"] for each in made["ingredient_groups"][0]["lines"]]
        assert answered == [{"n": n, "d": d} for _, (n, d) in forms]

    async def test_i02_what_is_not_exact_is_refused(self, as_ada: httpx2.AsyncClient) -> None:
        codes: dict[str, list[Any]] = {
            "not_exact": [0.5, 1.0, 1e3],
            "not_a_number": [
                "", "one", "1-2", "-1", "+1", "1.000,5", "1,000.5", "1e3", "1/0", "NaN", True, [1],
                {"n": 1}, {"n": 1, "d": 1, "x": 1}, {"n": 1.0, "d": 1},
            ],
            "number_out_of_bounds": [
                -1, 2**53, "9007199254740992", {"n": 1, "d": 0}, {"n": -1, "d": 1}, 10**30,
            ],
        }  # fmt: skip
        for code, numbers in codes.items():
            for number in numbers:
                answer = await as_ada.post(
                    URL, json={"title": "Cake", "yields": {"servings": number}}
                )
                assert faults(answer) == [("/yields/servings", code)], number

    async def test_not_exact_says_what_to_send(self, as_ada: httpx2.AsyncClient) -> None:
        answer = await as_ada.post(URL, json={"title": "Cake", "yields": {"servings": 0.5}})
        assert answer.json()["errors"] == [
            {
                "in": "body",
                "pointer": "/yields/servings",
                "code": "not_exact",
                "detail": 'Send the number as a string, like "0.5".',
            }
        ]
        assert answer.json()["detail"] == "1 member needs attention."

    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large,
        ],
    )  # fmt: skip
    @given(body=bodies())
    async def test_any_recipe_comes_back_as_it_was_answered_and_without_floats(
        self, as_ada: httpx2.AsyncClient, body: Body
    ) -> None:
        answer = await as_ada.post(URL, json=body)

        assert answer.status_code == 201, answer.text
        found = await as_ada.get(answer.headers["Location"])
        assert floats_in(json.loads(answer.text)) == []
        assert found.json() == answer.json()
        again = await as_ada.put(
            answer.headers["Location"],
            json=writable(found.json()),
            headers={"If-Match": found.headers["ETag"]},
        )
        assert (again.status_code, again.json()) == (200, found.json())
