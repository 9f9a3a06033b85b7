"""Text and pages that were made to hurt."""

import contextlib
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from potluck.core.errors import NoRecipeFound
from potluck.domain.page_recipe import PageRecipe
from potluck.services.page_reading.instructions import read_instructions
from potluck.services.page_reading.lenient_json import read_documents
from potluck.services.page_reading.nutrition import read_nutrition
from potluck.services.page_reading.reader import read
from potluck.services.page_reading.text import match_key, plain
from potluck.services.page_reading.times import read_time
from potluck.services.page_reading.yields import read_yields
from tests.services.page_reading.pages import with_recipe

SEEDS = (
    " ", "1 ", "1/", "1 1", "½", "1-", "a", "- ", "&amp;", "<", "<b", "<br>", "</", "{{", "((",
    "Step 1. ", "1. a ", ":", "\n", "\\", "\\u", '"', '{"a":', "[", "/*", "//", '",', "e\u0301",
    "\u0301", "中", "1h", "P1", ". A", "1,000,", "100 g", "\u200b", "\t", "<!--", "A.B",
    "serves 4 ",
)  # fmt: skip
SIZE = 100_000
#: Every parser takes less than 0.1 s where it was measured (a page of twelve such members 0.4 s);
#: one that grows with the square takes minutes.
LIMIT_S = 2.0


def every_member(text: str) -> PageRecipe:
    return read(
        with_recipe(
            name=text, description=text, recipeIngredient=[text, text], recipeYield=text,
            recipeInstructions=text, prepTime=text, keywords=text, image=text, author=text,
            nutrition={"calories": text}, inLanguage=text,
        ),
        None,
    )  # fmt: skip


def visible_page(text: str) -> PageRecipe:
    body = f"<h2>Ingredients</h2><ul><li>{text}</ul><h2>Method</h2><ol><li>{text}</ol>"
    return read(f"<h1>{text}</h1><p>{text}</p>{body}<p>1 egg", None)


PARSERS: tuple[Callable[[str], Any], ...] = (
    read_time,
    lambda text: read_yields([text]),
    lambda text: read_nutrition({"calories": text}),
    read_instructions,
    read_documents,
    plain,
    match_key,
    every_member,
    visible_page,
)


def cost_s(parse: Callable[[str], Any], text: str) -> float:
    start = time.process_time()
    with contextlib.suppress(NoRecipeFound):
        parse(text)
    return time.process_time() - start


class TestText:
    @pytest.mark.parametrize("parse", PARSERS, ids=range(len(PARSERS)))
    def test_i07_no_repetition_slows_a_parser_down(self, parse: Callable[[str], Any]) -> None:
        costs = {seed: cost_s(parse, (seed * SIZE)[:SIZE]) for seed in SEEDS}
        assert {seed: cost for seed, cost in costs.items() if cost > LIMIT_S} == {}


class TestPages:
    @pytest.mark.parametrize(
        "html",
        [
            "<" * 2_000_000,
            "<div>" * 400_000,
            "<ul><li>" * 200_000,
            "<table><tr><td>" * 100_000,
            "<b>" * 700_000,
            "<!--" * 500_000,
            "<a " * 700_000,
            "<a " + "x=y " * 500_000,
            "&amp;" * 400_000,
            '<p class="h-recipe">' * 100_000,
            '<div itemscope itemtype="http://schema.org/Recipe" itemprop="name">' * 30_000,
            '<span class="h-recipe"><span class="ingredient">' * 20_000 + "<i>x</i>" * 100_000,
            '<script type="application/ld+json">' * 50_000,
            '<script type="application/ld+json">' + "[" * 1_000_000,
            '<script type="application/ld+json">' + '{"@graph":' * 200_000,
            '<script type="application/ld+json">[' + '{"@type":"Recipe"},' * 100_000,
            "<h2>Ingredients</h2>" * 50_000,
            "<ul>" + "<li>1 egg</li>" * 100_000,
            "\x00\ud800\ufeff" * 100_000,
        ],
        ids=range(19),
    )
    def test_i07_two_megabytes_of_anything_have_no_recipe_in_seconds(self, html: str) -> None:
        start = time.process_time()
        with pytest.raises(NoRecipeFound):
            read(html, None)
        assert time.process_time() - start < 8

    def test_a_huge_recipe_is_still_read(self) -> None:
        lines = [f"{n} eggs of hen {n}" for n in range(900)]
        items = "".join(f"<li>{line}</li>" for line in lines)
        html = with_recipe(recipeIngredient=lines, body=f"<ul>{items}</ul>" * 20)
        assert len(read(html, None).lines) == 900

    def test_references_in_a_circle_end(self) -> None:
        node = {"@type": "Recipe", "@id": "#a", "author": {"@id": "#a"}, "image": {"@id": "#a"}}
        html = with_recipe() + f'<script type="application/ld+json">{json.dumps(node)}</script>'
        assert read(html, None).title == "Toast"
