"""The benchmark that weighs covers."""

import subprocess
import sys
from pathlib import Path

from tests.services.pictures.made import photo, saved

ROOT = Path(__file__).parents[2]


def test_each_picture_of_a_folder_is_a_row_of_the_table(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(saved(photo(200, 100), "PNG"))
    (tmp_path / "b.jpg").write_bytes(saved(photo(200, 100), "JPEG"))
    done = subprocess.run(
        [sys.executable, "benchmarks/pictures.py", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    title, *rows = [line.split() for line in done.stdout.splitlines()]
    assert title == ["picture", "sent", "cpu", "s", "webp", "avif", "saved", "kept"]
    assert [row[0] for row in rows] == ["a.png", "b.jpg"]
    assert [row[1] for row in rows] == [
        str((tmp_path / name).stat().st_size) for name in ("a.png", "b.jpg")
    ]
