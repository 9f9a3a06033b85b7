"""Every link and picture of our pages leads somewhere."""

from pathlib import Path

import pytest

from tests.docs.markdown import ROOT, anchors, links, pages

PAGES = pages()


def broken(page: Path) -> list[str]:
    """Links of a page to files or headings that are not there."""
    found = []
    for link in links(page):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        is_missing = not target.exists()
        if is_missing or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_broken_links_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One `thing`\n[a](#one-thing) [b](#two) [c](page.md#one-thing) [d](no.md)\n")
    assert broken(page) == ["#two", "no.md"]


def test_every_page_of_the_documentation_can_be_reached() -> None:
    reached, waiting = set(), {ROOT / "README.md"}
    while waiting:
        page = waiting.pop()
        reached.add(page)
        for link in links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_file() and target not in reached:
                waiting.add(target)
    missing = {page for page in PAGES if page.is_relative_to(ROOT / "docs")} - reached
    assert missing == set(), "link it from docs/index.md"
