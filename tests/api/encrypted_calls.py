"""Turning the encryption of access tokens on and off under the feet of an app."""

from collections.abc import Iterator
from contextlib import contextmanager

from potluck.resources import Resources, open_tokens


@contextmanager
def encrypting(resources: Resources, *, is_on: bool = True) -> Iterator[None]:
    """As if the process had been started with the setting, for a while."""
    before = resources.tokens
    limits = resources.settings.tokens.model_copy(update={"encrypted": is_on})
    settings = resources.settings.model_copy(update={"tokens": limits})
    resources.tokens = open_tokens(settings, resources.clock)
    try:
        yield
    finally:
        resources.tokens = before
