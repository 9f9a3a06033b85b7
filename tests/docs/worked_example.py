"""Does what a page tells its reader to do, in a copy of the repository."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests import processes
from tests.docs.markdown import ROOT, Block, blocks
from tests.postgres import URL_VARIABLE

#: Less than pytest gives a test.
WITHIN_S = 110
PARTS = ("potluck", "tests", "docs", "alembic.ini", "pyproject.toml")


@dataclass(frozen=True)
class Example:
    """A page, and the folder with the files that it shows."""

    page: Path
    files: Path

    def shown(self) -> dict[str, str]:
        """The files that the page shows in full, by their path in the repository."""
        return {
            block.title: block.text
            for block in blocks(self.page)
            if block.title and block.language != "diff"
        }

    def registrations(self) -> list[Block]:
        """The lines that the page adds to files that are there."""
        return [block for block in blocks(self.page) if block.language == "diff"]

    def written(self) -> dict[str, str]:
        """The files of the folder, by their path in the repository."""
        return {
            path.relative_to(self.files).as_posix(): path.read_text("utf-8")
            for path in sorted(self.files.rglob("*.*"))
            if path.suffix in {".py", ".json"}
        }

    def apply(self, copy: Path) -> None:
        """Put the files and the lines into a copy of the repository."""
        for name, text in self.written().items():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_text(text, "utf-8")
        for block in self.registrations():
            path = copy / block.title
            path.write_text(registered(path.read_text("utf-8"), block.text), "utf-8")


def copy_of_the_repository(target: Path) -> Path:
    """What a reader has after cloning, without its history."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=ignored)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    return target


def registered(text: str, change: str) -> str:
    """`text` with the lines of a change that begin with `+` in the place of those with `-`.

    These and the lines around them, which begin with a blank, must be there exactly once.
    """
    lines = change.splitlines()
    before = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
    after = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
    assert text.count(before) == 1, f"not there, or more than once:\n{before}"
    return text.replace(before, after)


def run(copy: Path, *arguments: str, **settings: str) -> str:
    """Run `python ARGUMENTS` in the copy; gives what it printed, fails when it does."""
    kept = {URL_VARIABLE: os.environ[URL_VARIABLE], **settings}
    with processes.start(*arguments, folder=copy, settings=kept, root=copy) as process:
        output, said = process.communicate(timeout=WITHIN_S)
    assert process.returncode == 0, output + said
    return output
