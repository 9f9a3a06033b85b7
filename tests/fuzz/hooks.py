"""What schemathesis loads: what is known of the API that its document cannot say, and counts.

A refusal of a request that the document allows is accepted when every error in it has a code of
RULES, and otherwise is a finding. The counts of a run are written to TALLY when it ends.
"""

import atexit
import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis
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
NULL_IN_PATH = "null-in-path"
STATES[NULL_IN_PATH] = "the tool follows a link from a member that is null"
#: Codes of errors for rules that JSON Schema cannot say, and the rule.
RULES = {
    "text_not_allowed": "no control characters, no broken Unicode",
    "string_too_short": "blanks around text do not count",
    "string_too_long": "lengths are counted after blanks are taken off and Unicode is composed",
    "int_type": "1.0 is an integer for JSON Schema, and not for us",
    "null_not_allowed": "left out, not null",
    "missing": "an empty field of a form was not filled in",
    "nothing_to_change": "at least one member",
    "no_source": "an address or HTML",
    "not_a_currency": "ISO 4217",
    "not_a_language_tag": "BCP 47",
    "not_a_time_zone": "a zone of the IANA list",
    "not_a_picture": "the bytes of a picture",
    "not_a_web_address": "http or https, a host, no user",
    "not_an_email_address": "an address that mail can be sent to",
    "not_a_number": "text of a fraction",
    "not_exact": "a string, where a float would be rounded",
    "not_positive": "greater than 0, in each way to write a number",
    "not_a_share": "greater than 0 and at most 1",
    "in_the_past": "a moment to come",
    "too_late": "a moment within the longest life of a token",
    "password_too_short": "the operator chooses the length",
    "password_breached": "not one of a list",
    "min_above_max": "two members compared",
    "quantity_not_consistent": "members compared",
    "scaling_not_consistent": "members compared",
    "time_without_max": "members compared",
    "time_without_min": "members compared",
    "line_without_text": "one of two members",
    "text_line_with_parts": "members compared",
    "tag_without_name": "one of two members",
    "not_with_updated_since": "parameters compared",
    "no_such_account": "asks the database",
    "no_such_parent": "asks the database",
    "no_household": "asks the database",
}

#: Members of bodies whose values stand on a list, with one of them.
WORDS = {
    "language": "en",
    "locale": "en",
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
    "password": "nine bowls of soup, no spoon",
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
    unknown = [reason for reason in reasons if reason not in STATES | RULES]
    _accepted.update([] if unknown else reasons)
    _unknown.update(unknown)
    return bool(unknown)


def reasons_of(problem: dict[str, Any], case: Case[Any]) -> list[str]:
    """Why a valid request was refused: the codes of its errors, else the problem's slug."""
    slug: str = problem["type"].rpartition("/")[2]
    # A link takes a member that may be null, and writes it into the path as text.
    nulls = [f"/{name}" for name, text in (case.path_parameters or {}).items() if text == "None"]
    errors = [each for each in problem.get("errors", []) if each["pointer"] not in nulls]
    return [each["code"] for each in errors] or ([NULL_IN_PATH] if nulls else [slug])


@schemathesis.hook
def map_case(context: HookContext, case: Case[Any]) -> Case[Any]:
    """Give members that hold a word of some list a word of it, so that more than refusals is met.

    What is not on the list is still sent by the cases that are meant to be refused.
    """
    is_valid = case.meta is not None and case.meta.generation.mode.is_positive
    if is_valid and isinstance(case.body, dict):
        for name in WORDS.keys() & case.body.keys():
            if isinstance(case.body[name], str):
                case.body[name] = WORDS[name]
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
