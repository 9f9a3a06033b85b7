"""`potluck import`: the clock and the web of these runs are the tests' own."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from potluck.core.errors import FetchTooSlow
from potluck.models import Recipe, User
from tests.cli.conftest import Command
from tests.conftest import API, As
from tests.doubles import START, FakeClock, FakeFetcher
from tests.factories import Factories, Make

SOUP, BREAD, SLOW = (f"https://cook.example/{name}" for name in ("soup", "bread", "slow"))


def page(title: str) -> str:
    """A page with a recipe of two ingredient lines and one step."""
    recipe = {
        "@context": "https://schema.org",
        "@type": "Recipe",
        "name": title,
        "recipeIngredient": ["1 l water", "2 carrots"],
        "recipeInstructions": [{"@type": "HowToStep", "text": "Boil everything."}],
    }
    return f'<html><script type="application/ld+json">{json.dumps(recipe)}</script></html>'


@pytest.fixture
def web(fetcher: FakeFetcher) -> FakeFetcher:
    """Two recipes, and a site that never answers."""
    fetcher.pages = {SOUP: page("Soup"), BREAD: page("Bread [b]"), SLOW: FetchTooSlow()}
    return fetcher


async def titles(session: AsyncSession) -> list[str]:
    return list(await session.scalars(select(Recipe.title).order_by(Recipe.created_at, Recipe.id)))


async def test_pages_are_fetched_and_saved_by_the_clock_and_web_that_were_handed_in(
    command: Command,
    web: FakeFetcher,
    clock: FakeClock,
    make_user: Make[User],
    as_: As,
    session: AsyncSession,
) -> None:
    user = await make_user()
    clock.advance(timedelta(days=400))

    ended = await command("import", SOUP, BREAD)

    assert ended.exit_code == 0
    assert [asked for asked, _ in web.asked] == [SOUP, BREAD]
    rows = (await session.execute(select(Recipe).order_by(Recipe.id))).scalars().all()
    assert ended.stdout.splitlines() == [
        f"{row.title}: http://potluck.test/recipes/{row.id}/{row.slug}" for row in rows
    ]
    assert [row.title for row in rows] == ["Soup", "Bread [b]"]
    assert {row.created_at for row in rows} == {START + timedelta(days=400)}
    assert {row.imported_via for row in rows} == {"url"}
    assert "Importing" in ended.stderr
    assert "100%" in ended.stderr
    client = await as_(user)
    answer = await client.get(f"{API}/recipes/{rows[0].id}")
    assert answer.json()["sections"][0]["steps"][0]["text"] == "Boil everything."


async def test_what_is_refused_does_not_keep_the_others(
    command: Command,
    web: FakeFetcher,
    make_user: Make[User],
    session: AsyncSession,
    tmp_path: Path,
) -> None:
    await make_user()
    file = tmp_path / "saved.html"
    file.write_bytes(page("Crème brûlée").encode("cp1252"))
    empty = tmp_path / "empty.html"
    empty.write_text("<html><p>No recipe here.</html>")
    large = tmp_path / "large.html"
    large.write_bytes(b" " * 5_000_001)
    missing = tmp_path / "missing.html"

    sources = [str(missing), SOUP, SLOW, str(empty), SOUP, str(large), "https://", str(file)]
    ended = await command("import", *sources)

    assert ended.exit_code == 1
    assert await titles(session) == ["Soup", "Crème brûlée"]
    assert len(ended.stdout.splitlines()) == 2
    *_, told = ended.stderr.partition("100%")
    refused = [line for line in told.splitlines() if ": " in line]
    assert [line.split(". ")[0] for line in refused] == [
        f"{missing}: The request is not valid",
        f"{SLOW}: The page took too long to answer",
        f"{empty}: No recipe was found on the page",
        f"{SOUP}: This page is in the household already",
        f"{large}: The page is too large",
        "https://: The request is not valid",
    ]
    assert refused[0].endswith("The file cannot be read: No such file or directory.")
    assert "send its HTML" in refused[1]


async def test_a_dry_run_shows_what_would_be_saved(
    command: Command, web: FakeFetcher, make_user: Make[User], session: AsyncSession
) -> None:
    await make_user()
    ended = await command("import", "--dry-run", SOUP)
    assert ended.stdout == "Soup: 2 ingredient lines, 1 step\n"
    assert await titles(session) == []


async def test_with_again_a_page_is_saved_twice(
    command: Command, web: FakeFetcher, make_user: Make[User], session: AsyncSession
) -> None:
    await make_user()
    ended = await command("import", "--again", SOUP, SOUP)
    assert ended.exit_code == 0
    assert await titles(session) == ["Soup", "Soup"]


async def test_account_and_household_are_chosen(
    command: Command, web: FakeFetcher, factories: Factories, session: AsyncSession
) -> None:
    ada = await factories.user(email="ada@example.org")
    await factories.user(email="grace@example.org")
    boat = await factories.household(ada, name="Boat")

    undecided = await command("import", SOUP)
    stranger = await command(
        "import", SOUP, "--user", "grace@example.org", "--household", str(boat.id)
    )
    ended = await command("import", SOUP, "--user", "ADA@example.org", "--household", str(boat.id))

    assert undecided.exit_code == 1
    assert "There are 2 accounts: name one with --user EMAIL." in undecided.stderr
    assert stranger.exit_code == 1
    assert "Name one of your households" in stranger.stderr
    assert ended.exit_code == 0
    row = (await session.execute(select(Recipe.author_id, Recipe.household_id))).one()
    assert tuple(row) == (ada.id, boat.id)


async def test_a_disabled_account_imports_nothing(
    command: Command, web: FakeFetcher, make_user: Make[User], session: AsyncSession
) -> None:
    await make_user(email="ada@example.org")
    await command("user", "disable", "ada@example.org")
    ended = await command("import", SOUP)
    assert ended.exit_code == 1
    assert web.asked == []
