"""Rung four: title, summary and picture from OpenGraph, around ingredients and steps by heading.

OpenGraph knows no ingredients: without lines or steps under their headings there is no recipe.
"""

from dataclasses import replace

from potluck.domain.page_recipe import PageRecipe
from potluck.services.page_reading import headings, page_facts
from potluck.services.page_reading.addresses import web_address
from potluck.services.page_reading.outline import Line
from potluck.services.page_reading.tree import Page


def read(page: Page, outline: list[Line]) -> PageRecipe | None:
    """What the visible page gives, or None when it shows neither ingredients nor steps."""
    found = headings.read(outline)
    return None if found is None else fill(found, page)


def fill(recipe: PageRecipe, page: Page) -> PageRecipe:
    """`recipe` with the title, summary, picture and author that it lacks."""
    image = page.meta("og:image", "og:image:url", "og:image:secure_url", "twitter:image")
    is_known = recipe.method == "site" and recipe.title
    return replace(
        recipe,
        title=recipe.title if is_known else page_facts.better_title(recipe.title, page),
        summary=recipe.summary or page.meta("og:description", "description"),
        image_url=recipe.image_url or web_address(image, page.url),
        author=recipe.author or page.meta("author"),
    )
