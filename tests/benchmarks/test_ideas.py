"""The benchmark that compares sources asked side by side with sources asked in turn."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_prints_both_ways_and_their_ratio() -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/ideas.py", "--sources=4", "--delay-ms=100", "--rounds=1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    head, *rows = done.stdout.splitlines()
    assert head == "4 sources, 100 ms each"
    assert [re.sub(r"[\d.]+", "N", " ".join(row.split())) for row in rows] == [
        "gathered N ms",
        "one by one N ms",
        "ratio N",
    ]
    assert float(rows[1].split()[-2]) >= 400
