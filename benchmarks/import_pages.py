"""How much of real pages arrives: every HOST.html of a folder against its HOST.json.

    .venv/bin/python benchmarks/import_pages.py FOLDER [--verbose]

Each page is read twice: as its host's (known) and with the host's name replaced everywhere by one
that no scraper knows (unknown). Title, ingredient lines and steps must be equal after NFC and the
folding of blanks and entities. Headings do not count: not ours (group and section names, step
titles) and not those that the expected list mixes in (a line that ends with a colon, a bare
counter such as "Step 3" or the "3." before a step, the word "Method" alone, a name that the step
after it repeats). Times count in minutes, yields by their number (a zero there means that the page
gives none). A field that the expected file lacks does not count. Exit code 1 when a share is below
its floor.
"""

import argparse
import html
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from potluck.core.errors import NoRecipeFound
from potluck.domain.page_recipe import PageRecipe, PageTime
from potluck.services.page_reading.instructions import announces_steps, is_counter, is_heading
from potluck.services.page_reading.reader import read
from potluck.services.page_reading.text import match_key

UNKNOWN_HOST = "pages.unknown.example"
FLOORS = {
    "known": {"title": 98, "ingredients": 98, "steps": 98, "times": 95, "yields": 95},
    "unknown": dict.fromkeys(("title", "ingredients", "steps", "times", "yields"), 90),
}
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\ufeff"))
_COUNT = re.compile(r"^\d{1,2}\s*[.):]\s+")


def fold(text: str) -> str:
    """NFC, entities decoded, blanks folded (what has no width is nothing)."""
    text = unicodedata.normalize("NFC", html.unescape(text))
    return " ".join(text.translate(_INVISIBLE).split())


def headings_of(recipe: PageRecipe) -> set[str]:
    """The names that our reading keeps apart from lines and steps."""
    names = [name for name, _ in (*recipe.groups, *recipe.sections)]
    titles = [step.title for _, steps in recipe.sections for step in steps]
    return {fold(name) for name in (*names, *titles) if name}


def without_headings(texts: Iterable[str], headings: set[str]) -> list[str]:
    """The folded texts that are neither a heading nor a counter, without a leading counter."""
    folded = [fold(text) for text in texts]
    kept = [text for text in folded if text not in headings and not is_any_heading(text)]
    following = [*kept, ""][1:]
    kept = [
        text for text, after in zip(kept, following, strict=False) if not is_repeated(text, after)
    ]
    return [_COUNT.sub("", text) for text in kept if text]


def is_any_heading(text: str) -> bool:
    """Whether a text of the expected list is none of its lines or steps."""
    return is_heading(text) or is_counter(text) or announces_steps(text)


def is_repeated(text: str, after: str) -> bool:
    """Whether a text is but the beginning of the one after it: the name of a step before it."""
    start = match_key(text)
    return len(start) > 12 and match_key(after).startswith(start)


def is_same_time(time: PageTime | None, minutes: int) -> bool:
    """Whether one end of the range rounds to as many minutes."""
    ends = [] if time is None else [time.min_s, time.max_s]
    return any(end is not None and abs(end - minutes * 60) < 60 for end in ends)


def is_same_yield(recipe: PageRecipe, expected: str) -> bool:
    """Whether servings or amount is the first number of the expected text."""
    number = re.search(r"\d+(?:\.\d+)?", expected)
    if number is None or recipe.yields is None:
        return False
    said = {recipe.yields.servings, recipe.yields.amount} - {None}
    return any(value is not None and float(value) == float(number.group()) for value in said)


def compare(recipe: PageRecipe, expected: dict[str, Any]) -> dict[str, bool]:
    """Field name to whether it is right, for the fields that the expected file has."""
    headings = headings_of(recipe)
    result: dict[str, bool] = {}
    if expected.get("title"):
        result["title"] = fold(recipe.title or "") == fold(expected["title"])
    for field, ours, name in (
        ("ingredients", recipe.lines, "ingredients"),
        ("steps", recipe.steps, "instructions_list"),
    ):
        if expected.get(name):
            wanted = without_headings(expected[name], headings)
            result[field] = without_headings(ours, set()) == wanted
    for part in ("prep", "cook", "total"):
        minutes = expected.get(f"{part}_time")
        if minutes:
            result[f"times {part}"] = is_same_time(getattr(recipe.times, part), minutes)
    if re.search("[1-9]", expected.get("yields") or ""):
        result["yields"] = is_same_yield(recipe, expected["yields"])
    return result


def read_page(path: Path, mode: str) -> PageRecipe:
    """The recipe of one saved page, under its own or under an unknown host."""
    host = path.stem
    text = path.read_text(encoding="utf-8", errors="replace")
    if mode == "unknown":
        text, host = text.replace(host, UNKNOWN_HOST), UNKNOWN_HOST
    try:
        return read(text, f"https://{host}/")
    except NoRecipeFound:
        return PageRecipe(method="opengraph")


def show_miss(field: str, recipe: PageRecipe, expected: dict[str, Any]) -> None:
    """Prints what was expected and what came."""
    names = {"title": "title", "ingredients": "ingredients", "steps": "instructions_list"}
    if field in {"ingredients", "steps"}:
        ours = recipe.lines if field == "ingredients" else recipe.steps
        wanted = without_headings(expected[names[field]], headings_of(recipe))
        came = without_headings(ours, set())
        print(f"      expected {len(wanted)}, came {len(came)}")
        for want, got in zip([*wanted, *[""] * 500], came, strict=False):
            if want != got:
                print(f"      - {want[:150]}\n      + {got[:150]}")
                break
    else:
        keys = [k for k in expected if k == field or k.startswith(field.rsplit(maxsplit=1)[-1])]
        print(f"      - {[expected[k] for k in keys]}")
        print(f"      + {(recipe.title, recipe.times, recipe.yields)}"[:300])


def run(folder: Path, mode: str, *, is_verbose: bool) -> dict[str, tuple[int, int]]:
    """Field name to (right, all) over the pages of a folder."""
    counts: dict[str, list[bool]] = defaultdict(list)
    methods: dict[str, int] = defaultdict(int)
    for path in sorted(folder.glob("*.html")):
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        recipe = read_page(path, mode)
        methods[recipe.method] += 1
        for field, is_right in compare(recipe, expected).items():
            counts[field.split()[0]].append(is_right)
            if is_verbose and not is_right:
                print(f"  {mode}: {path.stem}: {field} ({recipe.method})")
                show_miss(field, recipe, expected)
    print(f"{mode}: " + ", ".join(f"{count} by {name}" for name, count in sorted(methods.items())))
    return {field: (sum(results), len(results)) for field, results in counts.items()}


def main() -> int:
    """Reads the folder, prints the table, says whether every floor holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder with HOST.html and HOST.json files")
    parser.add_argument("--verbose", action="store_true", help="list every miss")
    options = parser.parse_args()
    results = {mode: run(options.folder, mode, is_verbose=options.verbose) for mode in FLOORS}
    is_good = True
    print(f"{'field':<13}" + "".join(f"{mode:>22}" for mode in FLOORS))
    for field in FLOORS["known"]:
        cells = []
        for mode, floors in FLOORS.items():
            right, total = results[mode].get(field, (0, 0))
            share = 100 * right / total if total else 100.0
            mark = "" if share >= floors[field] else " <"
            is_good = is_good and not mark
            cells.append(f"{share:6.1f} % ({right}/{total}){mark}")
        print(f"{field:<13}" + "".join(f"{cell:>22}" for cell in cells))
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
