"""What schemathesis loads: what is known of the API that its document cannot say, and counts.

A refusal of a request that the document allows is accepted when every error in it is of a rule that
the document cannot say, and otherwise is a finding. The counts of a run are written to TALLY when
it ends.
"""

import atexit
import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any, get_args
from zlib import crc32

import schemathesis
from pydantic_core.core_schema import ErrorType
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import RejectedPositiveData

TALLY, SHARE, SEED = "POTLUCK_FUZZ_TALLY", "POTLUCK_FUZZ_SHARE", "POTLUCK_FUZZ_SEED"

#: Problems that a request may meet although the document describes it, and why.
STATES = {
    "invalid-cursor": "a cursor is a string that only we can make",
    "malformed-request": "JSON Schema has no word for text without control characters",
    "stale": "the ETag is one of another version",
    "precondition-required": "left out on purpose: the answer 428 is part of the contract",
    "fetch-unreachable": "there is no way out",
    "fetch-refused": "the address is not one of the public internet",
    "no-recipe-found": "the HTML is not a recipe's",
    "idempotency-key-reused": "the key was used for something else",
}
KEY = "Idempotency-Key"
NULL_IN_PATH = "null-in-path"
STATES[NULL_IN_PATH] = "the tool follows a link from a member that is null"
#: Codes of Pydantic that a valid request may meet all the same.
READING = {
    "string_too_short": "blanks around text do not count",
    "string_too_long": "lengths are counted after Unicode is composed",
    "int_type": "1.0 is an integer for JSON Schema, and not for us",
    "missing": "an empty field of a form was not filled in",
}
#: Codes that repeat what the document says: with them, document and validation disagree. All others
#: are our own, for rules that JSON Schema has no word for (members compared, ISO 4217, a row that
#: must exist).
PYDANTIC = frozenset(get_args(ErrorType))

#: Members of bodies whose values stand on a list or obey a rule, with one that does.
WORDS: dict[str, Any] = {
    "language": "en",
    "locale": "en",
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
    "password": "nine bowls of soup, no spoon",
    "servings": "4",
    "amount": "1 1/2",
    "share": "1/2",
    "step": "1/2",
    "quantity": {"min": 1, "max": 2},
    "scaling": {"kind": "linear"},
    "prep": {"min_s": 600},
    "cook": {"min_s": 600},
    "rest": {"min_s": 600},
    "total": {"min_s": 1800, "max_s": 3600},
}

_statuses: Counter[int] = Counter()
_accepted: Counter[str] = Counter()
_unknown: Counter[str] = Counter()
_chance = random.Random(os.environ.get(SEED))  # noqa: S311
_share = float(os.environ.get(SHARE, "1"))


@schemathesis.hook
def filter_failure(
    context: HookContext, failure: Failure, case: Case[Any], response: Response
) -> bool:
    """Whether this is a finding."""
    if not isinstance(failure, RejectedPositiveData):
        return True
    reasons = reasons_of(json.loads(response.content), case)
    unknown = [reason for reason in reasons if not is_known(reason)]
    _accepted.update([] if unknown else reasons)
    _unknown.update(unknown)
    return bool(unknown)


def is_known(reason: str) -> bool:
    """Whether a code or a slug stands for what the document cannot say."""
    if "-" in reason:
        return reason in STATES
    return reason in STATES or reason in READING or reason not in PYDANTIC | {"invalid"}


def reasons_of(problem: dict[str, Any], case: Case[Any]) -> list[str]:
    """Why a valid request was refused: the codes of its errors, else the problem's slug."""
    slug: str = problem["type"].rpartition("/")[2]
    # A link takes a member that may be null, and writes it into the path as text.
    nulls = [
        f"/{name}" for name, text in (case.path_parameters or {}).items() if str(text) == "None"
    ]
    errors = [each for each in problem.get("errors", []) if each["pointer"] not in nulls]
    return [each["code"] for each in errors] or ([NULL_IN_PATH] if nulls else [slug])


def fill_in(members: dict[str, Any]) -> None:
    """Give the members named in WORDS, at any depth, their word."""
    for name, value in members.items():
        if name in WORDS and value is not None:
            members[name] = WORDS[name]
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                fill_in(each)


@schemathesis.hook
def map_case(context: HookContext, case: Case[Any]) -> Case[Any]:
    """Give members that hold a word of some list a word of it, so that more than refusals is met.

    What is not on the list is still sent by the cases that are meant to be refused.
    """
    is_valid = case.meta is not None and case.meta.generation.mode.is_positive
    if is_valid and case.headers and KEY in case.headers:
        # That of the document's example would be one key for everything.
        case.headers[KEY] = f"key-{crc32(repr(case.body).encode())}"
    # Three of four: the fourth shows what the values as they are come to.
    if is_valid and isinstance(case.body, dict) and crc32(repr(case.body).encode()) % 4:
        fill_in(case.body)
    return case


@schemathesis.hook
def filter_case(context: HookContext, case: Case[Any]) -> bool:
    """Whether this case is sent; a sample takes its share of those that are enumerated."""
    if _share == 1 or case.meta is None or case.meta.phase.name.value != "coverage":
        return True
    return _chance.random() < _share


@schemathesis.hook
def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
    """Count what was answered."""
    _statuses[response.status_code] += 1


@atexit.register
def write_tally() -> None:
    """Hand the counts to whoever started the run."""
    if path := os.environ.get(TALLY):
        counts = {"statuses": _statuses, "accepted": _accepted, "unknown": _unknown}
        Path(path).write_text(json.dumps(counts), encoding="utf-8")
