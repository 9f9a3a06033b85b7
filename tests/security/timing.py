"""Whether the time of a refused sign-in tells who has an account.

Calls of several classes are mixed, and each pair of classes is compared by the area under the
curve (AUC): the chance that a call of one class takes longer than one of the other. 0.5 is a coin.
With n calls a class its standard error is sqrt((2n + 1) / 12) / n, 0.017 for 600, so that the
bounds of 0.45 and 0.55 are three standard errors away.
"""

import contextlib
import random
import sqlite3
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median

import httpx2
import psycopg

from tests.fuzz.kitchen import API, PASSWORD, Kitchen, address, kitchen, said
from tests.security.report import Row

CALLS = 600
LOW, HIGH = 0.45, 0.55
#: Wrong passwords of one account in a row that are answered without a delay.
FREE = 4
CLASSES = ("unknown", "wrong", "disabled")


def told_apart(engine: str, *, is_isolated: bool) -> Iterator[Row]:
    """A row for each pair of classes of sign-ins that are refused."""
    with tempfile.TemporaryDirectory(prefix="potluck-timing-") as folder:
        place = Path(folder) / "house"
        with kitchen(engine, place, is_isolated=is_isolated) as served:
            move_in(served)
            times, answers = measure(served)
    is_same = len(answers) == 1 and {status for status, _ in answers} == {401}
    same = [] if is_same else [f"not one and the same 401: {sorted(answers)}"]
    for one, other in [*pairwise(CLASSES), (CLASSES[0], CLASSES[-1])]:
        area = auc(times[one], times[other])
        figure = (
            f"AUC {area:.3f}, medians {median(times[one]) * 1000:.2f} and"
            f" {median(times[other]) * 1000:.2f} ms, {CALLS} calls each"
        )
        findings = same + ([] if LOW <= area <= HIGH else [f"AUC {area:.3f}"])
        yield Row(f"sign-in: {one} and {other} take the same time, {engine}", figure, findings)


def measure(served: Kitchen) -> tuple[dict[str, list[float]], set[tuple[int, str]]]:
    """Seconds of every call by class, and the answers without what differs by request."""
    order = [name for name in CLASSES for _ in range(CALLS)]
    random.Random(1).shuffle(order)  # noqa: S311
    times: dict[str, list[float]] = {name: [] for name in CLASSES}
    answers = set()
    with httpx2.Client(base_url=served.url, timeout=30) as client:
        for name in order:
            # One account after the other, each FREE times, in every class.
            form = {
                "username": address(f"{name}-{len(times[name]) // FREE}"),
                "password": "eleven wrong words for one kitchen",
            }
            started = time.perf_counter()
            answer = client.post(f"{API}/auth/login", data=form)
            times[name].append(time.perf_counter() - started)
            answers.add((answer.status_code, str(answer.json()["detail"])))
    return times, answers


def move_in(served: Kitchen) -> None:
    """Accounts of the classes that have one; those of one class may sign in no more."""
    with httpx2.Client(base_url=served.url, timeout=30) as client:
        for name in CLASSES[1:]:
            for number in range(CALLS // FREE):
                account = {
                    "email": address(f"{name}-{number}"),
                    "password": PASSWORD,
                    "display_name": name,
                }
                said(client.post(f"{API}/auth/signup", json=account), 201)
    statement = "UPDATE \"user\" SET disabled_at = created_at WHERE email LIKE 'disabled-%'"
    if served.house.database_url:
        with psycopg.connect(served.house.database_url) as connection:
            connection.execute(statement)
        return
    with contextlib.closing(sqlite3.connect(served.house.sqlite_file)) as database, database:
        database.execute(statement)


def auc(one: list[float], other: list[float]) -> float:
    """The chance that a value of `one` is above a value of `other`; a tie counts half."""
    ordered = sorted(other)
    above = sum(bisect_left(ordered, each) + bisect_right(ordered, each) for each in one)
    return above / (2 * len(one) * len(other))
