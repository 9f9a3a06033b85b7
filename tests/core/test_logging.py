"""Log lines: one form for all loggers, no secrets, nothing forged."""

import io
import json
import logging
from typing import Any, NoReturn

import pytest
import structlog

from potluck.core.logging import REDACTED, redact
from potluck.core.request_context import current_request_id, serving
from tests.log_capture import captured

JWT = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2ln"
OURS = structlog.stdlib.get_logger("potluck.test")
THEIRS = logging.getLogger("uvicorn.error")
CONTROL = "a\r\nb\x1b[31mc\x00d\u2028e\x85f"


def fail(text: str) -> NoReturn:
    raise ValueError(text)


class TestForm:
    def test_ours_and_theirs_have_the_same_members(self) -> None:
        with captured() as log, serving("r-1"):
            OURS.info("saved", recipe="7")
            THEIRS.warning("started on %s", "port 8000")
        ours, theirs = log.events
        assert ours.pop("recipe") == "7"
        assert ours.keys() == theirs.keys()
        assert theirs["event"] == "started on port 8000"
        assert (theirs["level"], theirs["logger"]) == ("warning", "uvicorn.error")
        assert theirs["timestamp"].endswith("Z")

    def test_the_request_id_is_there_while_a_request_is_served(self) -> None:
        with captured() as log:
            with serving("r-1"):
                THEIRS.info("inside")
            THEIRS.info("outside")
        inside, outside = log.events
        assert inside["request_id"] == "r-1"
        assert "request_id" not in outside
        assert current_request_id() is None

    def test_p03_an_error_is_one_line_with_its_trace(self) -> None:
        with captured() as log:
            try:
                fail("first\nsecond")
            except ValueError:
                OURS.exception("failed")
        assert len(log.text.splitlines()) == 1
        assert log.events[0]["exception"].endswith("ValueError: first\nsecond")

    def test_for_people_a_trace_follows_behind_a_bar(self) -> None:
        with captured(format="console") as log:
            try:
                fail("first\n2026-01-01 info forged")
            except ValueError:
                OURS.exception("failed", recipe="the 7th")
        first, *trace = log.text.splitlines()
        assert first.endswith('error potluck.test failed recipe="the 7th"')
        assert all(line.startswith("    | ") for line in trace)
        assert trace[-1] == "    | 2026-01-01 info forged"

    def test_the_level_is_the_least_that_is_written(self) -> None:
        with captured(level="warning") as log:
            OURS.info("no")
            THEIRS.info("no")
            OURS.warning("yes")
        assert [event["event"] for event in log.events] == ["yes"]

    def test_what_the_access_log_tells_already_is_not_told_twice(self) -> None:
        with captured(level="debug") as log:
            logging.getLogger("uvicorn.access").info("GET /?q=secret")
            logging.getLogger("httpx2").info("GET https://example.org/?q=secret")
        assert log.text == ""

    def test_uvicorns_own_handlers_are_taken_away(self) -> None:
        own = logging.StreamHandler(io.StringIO())
        THEIRS.addHandler(own)
        with captured():
            assert THEIRS.handlers == []
            assert THEIRS.propagate is True


@pytest.mark.parametrize("where", ["event", "value", "foreign"])
class TestForgery:
    def write(self, where: str) -> None:
        if where == "event":
            OURS.info(CONTROL)
        elif where == "value":
            OURS.info("x", title=CONTROL, nested={"a": [CONTROL]})
        else:
            THEIRS.info("%s", CONTROL)

    def test_p03_json_has_one_line_and_no_control_characters(self, where: str) -> None:
        with captured() as log:
            self.write(where)
        (line,) = log.text.removesuffix("\n").split("\n")
        assert line.isprintable()
        assert line.isascii()
        event = json.loads(line)
        assert CONTROL in {event["event"], event.get("title")}

    def test_p03_for_people_too(self, where: str) -> None:
        with captured(format="console") as log:
            self.write(where)
        (line,) = log.text.removesuffix("\n").split("\n")
        assert line.isprintable()
        assert "\\x1b[31m" in line or "\\u001b[31m" in line


class TestRedaction:
    @pytest.mark.parametrize(
        "name",
        [
            "password", "new_password", "secret", "client_secret", "token", "refresh_token",
            "authorization", "Authorization", "cookie", "set-cookie", "api_key", "master_key",
            "credentials", "passphrase",
        ],
    )  # fmt: skip
    def test_a_value_under_a_secrets_name_is_not_written(self, name: str) -> None:
        assert redact({name: "canary"}) == {name: REDACTED}
        assert redact({"outer": [{name: {"a": "canary"}}]}) == {"outer": [{name: REDACTED}]}

    @pytest.mark.parametrize(
        ("text", "left"),
        [
            ("uses prt_4f-2_Zz now", f"uses {REDACTED} now"),
            ("pst_abc,pss_def", f"{REDACTED},{REDACTED}"),
            ("the script's ppt_4f-2_Zz.", f"the script's {REDACTED}."),
            (f"got {JWT}!", f"got {REDACTED}!"),
            ("Authorization: Bearer abc.def", f"Authorization: Bearer {REDACTED}"),
            ("postgresql://ada:p%40ss@db/potluck", f"postgresql://ada:{REDACTED}@db/potluck"),
            ("at 'postgresql://ada:p@ss@db'", f"at 'postgresql://ada:{REDACTED}@db'"),
            ("/x?access_token=abc&limit=3", f"/x?access_token={REDACTED}&limit=3"),
            ("host=db password=abc user=ada", f"host=db password={REDACTED} user=ada"),
            ("{'password': 'abc', 'a': 1}", f"{{'password': '{REDACTED}', 'a': 1}}"),
        ],
    )
    def test_a_secret_inside_a_text_is_replaced(self, text: str, left: str) -> None:
        assert redact(text) == left

    @pytest.mark.parametrize(
        "value",
        [
            "a recipe for eyJoy", "https://example.org:8000/a@b", "prt", None, 3, 1.5, True,
            'password authentication failed for user "ada"',
        ],
    )  # fmt: skip
    def test_other_values_are_left_alone(self, value: Any) -> None:
        assert redact(value) == value

    def test_numbers_under_such_a_name_are_no_secrets(self) -> None:
        assert redact({"tokens_deleted": 3, "has_password": True}) == {
            "tokens_deleted": 3,
            "has_password": True,
        }

    def test_p02_traces_and_foreign_lines_are_covered(self) -> None:
        with captured() as log:
            try:
                fail(f"bad {JWT} at postgresql://a:canary@db")
            except ValueError:
                OURS.exception("failed")
            THEIRS.info("connecting to %s", "postgresql://a:canary@db")
            THEIRS.error("failed", exc_info=ValueError("prt_canary"))
        assert "canary" not in log.text
        assert "eyJ" not in log.text
        assert log.text.count(REDACTED) >= 4
