"""H-03: every operation, asked by every kind of caller, against a table that people have read.

`WRITE_RIGHTS=1 python -m pytest tests/api/test_rights.py -k sqlite` writes the table anew.
"""

import os
from pathlib import Path

import pytest
from fastapi import FastAPI

from potluck.resources import Resources
from tests.api.operations import Operation
from tests.api.rights import CALLERS, OF_CREDENTIALS, Asker
from tests.factories import Factories

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "rights.md"
HEAD = """# Who may call what

Each operation of the API was called by each kind of caller, and this is the status they got; a
test calls them all again on both databases and compares. 2xx: it was done. 401: sign in first.
403: seen, but not allowed, or the token lacks the scope. 404: for this caller there is no such
thing. 409: allowed, but a member already, or not in the trash. 422: a household was named that is
none of the caller's. An administrator has no session or token of the account that is asked about.

*Owner* to *viewer* are roles in the household that is asked about; the recipe is somebody else's,
for all of the household to see. *Stranger* is signed in and belongs to another household, *nobody*
is not signed in, *operator* administers the instance and does not belong to the household: that
gives no right to what is in it. *Token* is an owner's personal token with every scope, *weak token*
one with every scope but the one that the operation names.

What takes a secret of its own in place of an account is left out: signing up, in and out,
refreshing, the setup, and the links of mails with the requests for them.

"""
MEND = (
    "Read each line that differs: is it right that this caller gets this? Mend the rights, or write"
    " the table anew with WRITE_RIGHTS=1 (see above) and commit it."
)

pytestmark = pytest.mark.timeout(300)


async def test_h03_every_operation_answers_every_caller_as_the_table_says(
    every: list[Operation], app: FastAPI, resources: Resources, factories: Factories
) -> None:
    asker = Asker(app, resources, factories)
    found = {}
    for each in every:
        if each.name not in OF_CREDENTIALS:
            found[str(each)] = [await asker.status(each, caller) for caller in CALLERS]
    if os.environ.get("WRITE_RIGHTS"):
        PAGE.write_text(HEAD + table(found), "utf-8")
    assert rows(PAGE.read_text("utf-8")) == found, MEND


def table(found: dict[str, list[int]]) -> str:
    lines = [f"| operation | {' | '.join(CALLERS)} |", "|---" * (len(CALLERS) + 1) + "|"]
    for name, statuses in found.items():
        lines.append(f"| `{name}` | {' | '.join(map(str, statuses))} |")
    return "\n".join(lines) + "\n"


def rows(page: str) -> dict[str, list[int]]:
    """The table of the page."""
    found = {}
    for line in page.splitlines():
        if line.startswith("| `"):
            name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            found[name.strip("`")] = [int(cell) for cell in cells]
    return found
