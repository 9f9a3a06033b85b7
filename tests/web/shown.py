"""Templates rendered with the contexts of `answers`, for the tests of them."""

from typing import Any

from potluck.web.templating import Shell, Templates
from tests.web.answers import PAGES, USER
from tests.web.html_reader import Element, read


def shell(**changes: Any) -> Shell:
    return Shell(**{"csp_nonce": "N0nce", "csrf_token": "T0ken", **changes})


def show(templates: Templates, case: str, frame: Shell | None = None, **changes: Any) -> Element:
    template, context = PAGES[case]
    return read(templates.render(template, frame or shell(viewer=USER), **(context | changes)))
