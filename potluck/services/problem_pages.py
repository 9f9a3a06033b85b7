"""The explanations behind the `type` of every problem document."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from potluck.core.errors import NotFound

_SUFFIX = ".md"


@dataclass(frozen=True)
class ProblemPage:
    """What one slug means: `title` as plain text, `markdown` the rest without that heading."""

    slug: str
    title: str
    markdown: str


def page(slug: str) -> ProblemPage:
    """The page about the problem `slug`; NotFound when there is none."""
    try:
        return _pages()[slug]
    except KeyError:
        raise NotFound("There is no problem of this name.") from None


def slugs() -> list[str]:
    """Every slug that has a page, in alphabetical order."""
    return sorted(_pages())


@cache
def _pages() -> dict[str, ProblemPage]:
    """Read once: they are part of the program, 24 kB in all."""
    found = {}
    for file in files("potluck").joinpath("templates", "problems").iterdir():
        slug = file.name.removesuffix(_SUFFIX)
        heading, _, markdown = file.read_text("utf-8").partition("\n")
        found[slug] = ProblemPage(slug, heading.removeprefix("# "), markdown.strip())
    return found
