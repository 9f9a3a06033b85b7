"""Bodies of recipes for tests: one that uses everything, and a strategy for any valid one."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from potluck.domain.rational import LIMIT
from potluck.domain.text import clean, is_fit

Body = dict[str, Any]

FLOUR, EGGS, MARGARINE = (f"0192f0a1-7c5e-7d3a-9b1c-00000000000{n}" for n in (1, 2, 3))
BAKING = "0192f0a1-7c5e-7d3a-9b1c-000000000009"


def full_body() -> Body:
    """A recipe with every writable member filled in."""
    return {
        "title": "Apple cake",
        "summary": "Moist for days.",
        "language": "en",
        "status": "draft",
        "visibility": "private",
        "tags": [{"name": "Dessert", "kind": "course"}],
        "ingredient_groups": [
            {
                "name": "Dough",
                "lines": [
                    {
                        "id": FLOUR,
                        "quantity": {"min": "1 1/2", "max": 2},
                        "unit_text": "cup",
                        "food_text": "flour",
                        "preparation": "sifted",
                    },
                    {
                        "id": EGGS,
                        "quantity": {"min": 3},
                        "food_text": "eggs",
                        "alt_group": 1,
                        "alt_rank": 0,
                        "scaling": {"kind": "stepped", "step": 1},
                    },
                    {
                        "id": MARGARINE,
                        "original_text": "  or 2 (90\u00a0g) tubs  cre\u0300me  ",
                        "quantity": {"kind": "exact", "min": 2},
                        "unit_text": "tub",
                        "package": {"size": "90", "unit_text": "g"},
                        "plus": [{"amount": "½", "unit_text": "tsp"}],
                        "food_text": "cre\u0300me",
                        "optional": True,
                        "alt_group": 1,
                        "alt_rank": 1,
                        "parse": {"confidence": 0.5},
                    },
                ],
            },
            {"lines": [{"kind": "text", "original_text": "For the glaze see below"}]},
        ],
        "sections": [
            {
                "name": None,
                "steps": [
                    {
                        "title": "Bake",
                        "text": f"{{{{line:{FLOUR}}}}}, bake {{{{timer:{BAKING}}}}} {{{{7*7}}}}",
                        "ingredients": [{"line_id": FLOUR, "share": "1/2"}, {"line_id": EGGS}],
                        "timers": [{"id": BAKING, "label": "oven", "min_s": 1800}],
                        "active_s": 600,
                        "passive_s": 1800,
                    }
                ],
            }
        ],
        "times": {
            "prep": {"min_s": 600},
            "cook": {"min_s": 1800, "max_s": 2400, "original_text": "30-40 min"},
            "rest": {"min_s": None, "max_s": None, "original_text": "a good while"},
        },
        "yields": {"servings": 8, "amount": "1", "noun": "cake", "original_text": "1 cake"},
        "source": {"url_original": "https://example.org/cake?a=1#x", "author": "Grandma"},
        "image_url": "https://example.org/cake.jpg",
        "equipment": ["26 cm tin"],
        "nutrition": {
            "basis": "per_serving",
            "source": "manual",
            "values": {"energy": {"amount": "731.50", "unit": "kcal"}},
            "coverage": {"lines": "0.75", "mass": None},
        },
        "notes": [{"title": "Storing", "text": "Keeps a week."}],
    }


def words(least: int, most: int) -> st.SearchStrategy[str]:
    """Text that stays within its bounds when it is cleaned."""
    characters = st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t{}½é")
    return st.text(characters, min_size=least, max_size=most).filter(
        lambda text: is_fit(text) and least <= len(clean(text)) <= most
    )


def optional(values: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Body]:
    return st.fixed_dictionaries({}, optional=values)


def _fraction_text(parts: tuple[int, int]) -> str:
    return f"{parts[0]}/{parts[1]}"


def rationals(least: int = 0) -> st.SearchStrategy[Any]:
    """Every accepted form of an exact number of at least `least`."""
    numerator, denominator = st.integers(least, 10**6), st.integers(1, LIMIT - 1)
    return st.one_of(
        st.integers(least, LIMIT - 1),
        st.fixed_dictionaries({"n": numerator, "d": denominator}),
        st.tuples(numerator, st.integers(1, 10**6)).map(_fraction_text),
        st.sampled_from(["½", "1½", "1 1/2", "0.5", "0,5", "2\u20443"]),
    )


IDS = st.uuids().map(str)
NULL = st.none()
SECONDS = st.integers(0, 2_592_000)


def _quantities() -> st.SearchStrategy[Body]:
    number = rationals()
    return st.one_of(
        st.just({}),
        st.just({"kind": "to_taste"}),
        st.fixed_dictionaries({"kind": st.sampled_from(["exact", "about"]), "min": number}),
        st.fixed_dictionaries({"min": st.integers(0, 9), "max": st.integers(10, 99)}),
        st.fixed_dictionaries({"kind": st.just("at_least"), "min": number, "max": NULL}),
        st.fixed_dictionaries({"max": number}),
    )


def _lines() -> st.SearchStrategy[Body]:
    unit = words(0, 20) | NULL
    parts = {
        "quantity": _quantities(),
        "unit_text": unit,
        "package": st.fixed_dictionaries({"size": rationals(), "unit_text": unit}) | NULL,
        "plus": st.lists(
            st.fixed_dictionaries({"amount": rationals(), "unit_text": unit}), max_size=2
        ),
        "preparation": words(0, 20) | NULL,
        "note": words(0, 20) | NULL,
        "optional": st.booleans(),
        "scaling": st.just({"kind": "fixed"})
        | st.fixed_dictionaries({"kind": st.just("stepped"), "step": rationals(1)}),
    }
    original = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(str.strip)
    return st.one_of(
        st.fixed_dictionaries({"food_text": words(1, 30)}, optional=parts),
        st.fixed_dictionaries({"original_text": original}, optional=parts),
        st.fixed_dictionaries({"original_text": original, "kind": st.just("text")}),
    )


def _time_ranges() -> st.SearchStrategy[Body | None]:
    return st.one_of(
        NULL,
        st.fixed_dictionaries({"min_s": SECONDS}),
        st.tuples(SECONDS, SECONDS).map(lambda ends: {"min_s": min(ends), "max_s": max(ends)}),
        st.fixed_dictionaries({"min_s": NULL, "original_text": words(1, 20)}),
    )


def _members() -> dict[str, st.SearchStrategy[Any]]:
    time = _time_ranges()
    decimal = st.decimals(0, 999, places=3).map(lambda value: format(value, "f"))
    text = words(0, 30) | NULL
    return {
        "summary": text,
        "times": optional({"prep": time, "cook": time, "rest": time, "total": time}),
        "yields": optional(
            {"servings": rationals(1) | NULL, "amount": rationals(1) | NULL, "noun": text}
        ),
        "source": optional({"site": text, "author": text, "licence_note": text}),
        "equipment": st.lists(words(1, 20), max_size=2),
        "notes": st.lists(
            st.fixed_dictionaries({"text": words(1, 40)}, optional={"title": text}), max_size=2
        ),
        "nutrition": NULL
        | st.fixed_dictionaries(
            {
                "basis": st.sampled_from(["per_serving", "per_100g", "per_recipe"]),
                "source": st.just("imported"),
                "values": optional(
                    {
                        code: st.fixed_dictionaries({"amount": decimal, "unit": st.just("g")})
                        for code in ("fat", "salt")
                    }
                ),
            }
        ),
    }


@st.composite
def bodies(draw: st.DrawFn) -> Body:
    """Any valid body of a recipe, with references between its steps and lines."""
    body: Body = {"title": draw(words(1, 60)), **draw(optional(_members()))}
    ids = iter(draw(st.lists(IDS, unique=True, min_size=40, max_size=40)))
    lines = [{**line, "id": next(ids)} for line in draw(st.lists(_lines(), max_size=4))]
    body["ingredient_groups"] = [{"name": draw(words(0, 9)), "lines": lines}]
    body["sections"] = [{"steps": draw(st.lists(_steps([line["id"] for line in lines], ids)))}]
    return body


@st.composite
def _steps(draw: st.DrawFn, line_ids: list[str], ids: Any) -> Body:
    step: Body = {"text": draw(words(1, 40))}
    timer = next(ids, None)
    if timer is not None:
        step["timers"] = [{"id": timer, "min_s": draw(st.integers(1, 3600))}]
        step["text"] += f"{{{{timer:{timer}}}}}"
    if line_ids:
        line = draw(st.sampled_from(line_ids))
        step["text"] += f" {{{{line:{line.upper()}}}}}"
        step["ingredients"] = [{"line_id": line, "share": draw(st.sampled_from(["1", "1/3"]))}]
    return step


def floats_in(node: Any) -> list[float]:
    """Every float anywhere inside a JSON value."""
    if isinstance(node, dict):
        return [found for value in node.values() for found in floats_in(value)]
    if isinstance(node, list):
        return [found for value in node for found in floats_in(value)]
    return [node] if isinstance(node, float) else []


def some_ids(count: int) -> list[UUID]:
    """Different ids, the same at each call."""
    return [UUID(int=number) for number in range(1, count + 1)]
