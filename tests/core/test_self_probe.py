"""What the service says to its operator alone about a request that it got."""

from datetime import UTC, datetime, timedelta

import pytest

from potluck.core import self_probe
from potluck.core.self_probe import Seen

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SEEN = Seen(scheme="https", host="recipes.example.org", client="203.0.113.9")


def test_a_question_of_this_installation_is_answered() -> None:
    question = self_probe.ask(KEY, NOW)
    answer = self_probe.answer(KEY, question, SEEN, NOW + timedelta(seconds=299))
    assert answer is not None
    assert self_probe.read(KEY, question, answer) == SEEN


@pytest.mark.parametrize(
    "forged", ["", ".", "..", "x", "1.2.3", "1772366400.ab.", "\u00e9.x.y", "9" * 5000]
)
def test_any_other_text_is_not(forged: str) -> None:
    assert self_probe.answer(KEY, forged, SEEN, NOW) is None


def test_a_question_under_another_key_is_not() -> None:
    assert self_probe.answer(KEY, self_probe.ask(OTHER_KEY, NOW), SEEN, NOW) is None


@pytest.mark.parametrize("seconds", [-302, 302])
def test_an_old_question_or_one_of_the_future_is_not(seconds: int) -> None:
    question = self_probe.ask(KEY, NOW)
    assert self_probe.answer(KEY, question, SEEN, NOW + timedelta(seconds=seconds)) is None


def test_a_question_with_another_time_is_not() -> None:
    _, _, rest = self_probe.ask(KEY, NOW - timedelta(days=1)).partition(".")
    assert self_probe.answer(KEY, f"{int(NOW.timestamp())}.{rest}", SEEN, NOW) is None


def test_only_the_answer_of_this_installation_to_this_question_is_believed() -> None:
    question, another = self_probe.ask(KEY, NOW), self_probe.ask(KEY, NOW)
    answer = self_probe.answer(KEY, question, SEEN, NOW)
    assert answer is not None
    assert self_probe.read(KEY, another, answer) is None
    assert self_probe.read(OTHER_KEY, question, answer) is None
    assert self_probe.read(KEY, question, "x" + answer) is None
    assert self_probe.read(KEY, question, "") is None
