"""The benchmark that compares saved pages with what should be read from them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.import_pages import compare, fold, without_headings
from potluck.domain.page_recipe import PageRecipe, PageStep, PageTime, PageTimes, PageYield
from tests.services.page_reading.pages import with_recipe

ROOT = Path(__file__).parents[2]
#: A folder of real pages with the expected fields, where there is one.
REAL_PAGES = os.environ.get("IMPORT_PAGES_DIR", "")
EXPECTED = {
    "title": "Toast",
    "ingredients": ["1 slice of  bread"],
    "instructions_list": ["Toast the bread."],
    "yields": "2 servings",
    "prep_time": 5,
    "total_time": 5,
}
PAGE = with_recipe(recipeYield="2", prepTime="PT5M")


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "benchmarks/import_pages.py", str(folder), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


class TestRun:
    def write(self, folder: Path, **changes: Any) -> None:
        (folder / "toast.example.html").write_text(PAGE)
        (folder / "toast.example.json").write_text(json.dumps(EXPECTED | changes))

    def test_all_right_passes_with_a_table(self, tmp_path: Path) -> None:
        self.write(tmp_path)
        done = run(tmp_path)
        rows = [line.split() for line in done.stdout.splitlines()[-5:]]
        assert done.returncode == 0
        assert [row[0] for row in rows] == ["title", "ingredients", "steps", "times", "yields"]
        assert rows[3][1:] == ["100.0", "%", "(2/2)", "100.0", "%", "(2/2)"]

    def test_a_share_below_its_floor_fails_and_is_told(self, tmp_path: Path) -> None:
        self.write(tmp_path, title="Bread")
        done = run(tmp_path, "--verbose")
        assert done.returncode == 1
        assert "known: toast.example: title" in done.stdout

    def test_a_field_that_is_not_expected_does_not_count(self, tmp_path: Path) -> None:
        self.write(tmp_path, title=None, yields="0 servings")
        done = run(tmp_path)
        assert done.returncode == 0
        assert done.stdout.count("(0/0)") == 4  # title and yields, known and unknown


class TestCompare:
    recipe = PageRecipe(
        method="json-ld",
        title="Caf\u00e9 toast",
        groups=(("Sauce", ("1 egg",)),),
        sections=(("Bread", (PageStep("Slice it.", "Slicing"), PageStep("Toast it."))),),
        times=PageTimes(total=PageTime(1200, 1500)),
        yields=PageYield(None, None, None, "some"),
    )

    @pytest.mark.parametrize(
        "steps",
        [
            ["Slice it.", "Toast it."],
            ["Bread", "Slicing", "Slice  it.", "Toast it."],
            ["For the bread:", "1. Slice it.", "2. Toast it."],
            ["Step 1", "Slice it.", "Method", "Toast&nbsp;it."],
        ],
    )
    def test_headings_and_counters_do_not_count(self, steps: list[str]) -> None:
        assert compare(self.recipe, {"instructions_list": steps}) == {"steps": True}

    @pytest.mark.parametrize(
        "steps", [["Slice it."], ["Toast it.", "Slice it."], ["Slice", "Toast"]]
    )
    def test_other_steps_are_a_miss(self, steps: list[str]) -> None:
        assert compare(self.recipe, {"instructions_list": steps}) == {"steps": False}

    @pytest.mark.parametrize(("minutes", "is_right"), [(20, True), (25, True), (22, False)])
    def test_either_end_of_a_range_is_right(self, minutes: int, is_right: bool) -> None:
        assert compare(self.recipe, {"total_time": minutes}) == {"times total": is_right}

    def test_a_missing_number_is_a_miss(self) -> None:
        assert compare(self.recipe, {"yields": "4 servings", "cook_time": 3}) == {
            "yields": False,
            "times cook": False,
        }

    def test_text_is_folded(self) -> None:
        assert compare(self.recipe, {"title": "Cafe\u0301\u00a0&#116;oast "}) == {"title": True}
        assert fold("a \n b\u00ad") == "a b"
        assert without_headings(["Dough:", "", "flour"], set()) == ["flour"]


@pytest.mark.skipif(not REAL_PAGES, reason="IMPORT_PAGES_DIR names no folder")
class TestRealPages:
    def test_every_floor_holds(self) -> None:
        done = run(Path(REAL_PAGES))
        assert done.returncode == 0, done.stdout

    def test_no_host_of_theirs_is_named_in_the_package(self) -> None:
        hosts = [path.stem for path in Path(REAL_PAGES).glob("*.html")]
        named = [
            (path.name, host)
            for path in (ROOT / "potluck").rglob("*.py")
            for host in hosts
            if host in path.read_text(encoding="utf-8")
        ]
        assert hosts
        assert named == []
