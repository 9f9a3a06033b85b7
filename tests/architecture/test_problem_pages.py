"""Every refusal has a page that explains it, and no page explains what is never said."""

import json
import re

import pytest

from potluck.core import errors
from potluck.core.errors import AppError, NotFound
from potluck.services import problem_pages


def refusals() -> dict[str, type[AppError]]:
    """The classes of core/errors by slug; where several share one, the first."""
    found: dict[str, type[AppError]] = {}
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, AppError):
            found.setdefault(value.slug, value)
    return found


REFUSALS = refusals()


def test_m01_every_slug_has_a_page_and_every_page_a_slug() -> None:
    assert problem_pages.slugs() == sorted(REFUSALS)


@pytest.mark.parametrize("slug", sorted(REFUSALS))
class TestPage:
    def test_is_called_like_the_problem(self, slug: str) -> None:
        assert problem_pages.page(slug).title == REFUSALS[slug].title

    def test_says_what_it_means_what_to_do_and_shows_one(self, slug: str) -> None:
        headings = re.findall(r"^## (.+)$", problem_pages.page(slug).markdown, re.MULTILINE)
        assert headings == ["What it means", "What to do", "Example"]

    def test_shows_the_status_and_the_slug(self, slug: str) -> None:
        first_line = problem_pages.page(slug).markdown.splitlines()[0]
        assert first_line == f"Status {REFUSALS[slug].status}, `{slug}`"

    def test_the_example_is_such_a_problem(self, slug: str) -> None:
        markdown = problem_pages.page(slug).markdown
        example = json.loads(markdown.partition("```json\n")[2].partition("```")[0])
        kind = REFUSALS[slug]
        assert example["type"].endswith(f"/problems/{slug}")
        assert (example["title"], example["status"]) == (kind.title, kind.status)
        assert {"detail", "instance", "request_id"} <= example.keys()


@pytest.mark.parametrize("slug", ["nothing", "", "../core/errors", "not-found.md", "Not-Found"])
def test_other_names_are_not_found(slug: str) -> None:
    with pytest.raises(NotFound):
        problem_pages.page(slug)
