"""Which media types a client takes."""

import pytest

from potluck.api.accept import takes


@pytest.mark.parametrize(
    "lines",
    [
        [], [""], [" , "], ["*/*"], ["application/*"], ["application/json"], ["APPLICATION/JSON"],
        ["text/html, */*;q=0.1"], ["text/html", "application/json;q=0.001"], ["q"],
        ["application/json;indent=2"], ["*/*;q=0, application/json"], ["application/json;q=x"],
        ["text/html;q=0.9 , application/* ; q=0.5"], ["text/*;q=0, */*"],
    ],
)  # fmt: skip
def test_json_is_taken(lines: list[str]) -> None:
    assert takes(lines, "application/json")


@pytest.mark.parametrize(
    "lines",
    [
        ["text/html"], ["text/*, image/png"], ["*/*;q=0"], ["application/json;q=0.000"],
        ["application/json;q=0, */*"], ["application/*;q=0, */*;q=1"], ["application/xml"],
        ["application/json; Q = 0"], ["application/problem+json"],
    ],
)  # fmt: skip
def test_m06_json_is_not_taken(lines: list[str]) -> None:
    assert not takes(lines, "application/json")
