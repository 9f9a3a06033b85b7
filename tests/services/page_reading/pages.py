"""Pages for the tests: files that we wrote, and small ones built around a piece of data."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "pages"


def page(name: str) -> str:
    """The text of one of our pages."""
    return (FOLDER / f"{name}.html").read_text(encoding="utf-8")


def with_json_ld(*blocks: str, body: str = "", head: str = "") -> str:
    """A page with these JSON-LD scripts, each as it stands."""
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return f"<html><head>{head}{scripts}</head><body>{body}</body></html>"


def recipe_node(**members: Any) -> dict[str, Any]:
    """A schema.org Recipe with a line and a step, and the members given."""
    node = {
        "@context": "https://schema.org",
        "@type": "Recipe",
        "name": "Toast",
        "recipeIngredient": ["1 slice of bread"],
        "recipeInstructions": ["Toast the bread."],
    }
    return node | members


def with_recipe(*, body: str = "", head: str = "", **members: Any) -> str:
    """A page with one such Recipe in JSON-LD."""
    return with_json_ld(json.dumps(recipe_node(**members)), body=body, head=head)
