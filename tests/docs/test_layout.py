"""The page about the layout names every part of the usual one, and files of ours that exist."""

import re

import pytest

from potluck import models
from tests.docs.markdown import ROOT

PAGE = ROOT / "docs/architecture/layout.md"
DATA_MODEL = ROOT / "docs/architecture/data-model.md"
#: The layout as it is published.
USUAL = [
    "app/api/api_v1/api.py",
    "app/api/api_v1/endpoints/",
    "app/api/deps.py",
    "app/core/config.py",
    "app/crud/base.py",
    "app/crud/crud_*.py",
    "app/db/base.py",
    "app/db/base_class.py",
    "app/db/init_db.py",
    "app/db/session.py",
    "app/models/",
    "app/schemas/",
    "app/templates/index.html",
    "app/clients/",
    "app/main.py",
    "app/backend_pre_start.py",
    "app/initial_data.py",
    "alembic/",
    "prestart.sh",
    "run.sh",
    "poetry.lock",
]
ROWS = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
OURS = re.findall(r"^\| `([^`]+)` \| [^`|]+ \|$", PAGE.read_text("utf-8"), re.MULTILINE)
ENTITIES = re.findall(r"^\| `(\w+)` \| (.+) \|$", DATA_MODEL.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("usual", USUAL)
def test_every_part_of_the_usual_layout_has_a_row(usual: str) -> None:
    assert usual in [row[0] for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
class TestRow:
    def test_names_a_place_of_ours_that_exists(self, row: tuple[str, str, str]) -> None:
        path = ROOT / row[1]
        assert path.is_dir() if row[1].endswith("/") else path.is_file()

    def test_says_why_in_one_line(self, row: tuple[str, str, str]) -> None:
        assert 5 < len(row[2]) < 120


def test_every_part_of_our_package_is_mentioned() -> None:
    named = " ".join([*(" ".join(row) for row in ROWS), *OURS])
    parts = [
        path.name
        for path in (ROOT / "potluck").iterdir()
        if (path.is_dir() or path.suffix == ".py") and not path.name.startswith("_")
    ]
    assert [part for part in parts if f"potluck/{part}" not in named] == []


class TestDataModel:
    def test_every_model_has_one_row(self) -> None:
        assert sorted(name for name, _ in ENTITIES) == sorted(models.__all__)

    @pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity[0])
    def test_names_places_that_exist_or_says_why_there_is_none(
        self, entity: tuple[str, str]
    ) -> None:
        cells = entity[1].split(" | ")
        assert len(cells) == 6
        for cell in cells:
            found = re.fullmatch(r"`([^`]+)`", cell)
            if found:
                assert (ROOT / found[1]).exists(), cell
            else:
                assert cell.startswith("none: "), cell
