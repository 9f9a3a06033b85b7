"""Who may sign up, as an operator may set it."""

from collections.abc import Iterator
from contextlib import contextmanager

from potluck.resources import Resources
from potluck.services.sign_up import Mode


@contextmanager
def sign_up_mode(resources: Resources, mode: Mode) -> Iterator[None]:
    """`with sign_up_mode(resources, "invite")`: another mode than the shipped one."""
    before = resources.settings
    changed = before.signup.model_copy(update={"mode": mode})
    resources.settings = before.model_copy(update={"signup": changed})
    try:
        yield
    finally:
        resources.settings = before
