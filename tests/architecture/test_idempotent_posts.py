"""M-04: no POST of the API can be without the promise of `Idempotency-Key`."""

from collections.abc import Iterator
from inspect import unwrap

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from potluck.api import deps
from potluck.api.api_v1.api import api_router
from potluck.api.routing import Router, StrictRoute
from potluck.providers import get_session

POSTS = {
    str(context.path_format): context
    for context in iter_route_contexts(api_router.routes)
    if "POST" in (context.methods or ())
}


def asked(dependant: Dependant | None) -> Iterator[object]:
    """What is called for an operation, before it and by itself."""
    assert dependant is not None
    yield dependant.call
    for each in dependant.dependencies:
        yield from asked(each)


@pytest.mark.parametrize("path", sorted(POSTS))
class TestM04Post:
    def test_claims_the_key_before_its_endpoint(self, path: str) -> None:
        assert isinstance(POSTS[path].original_route, StrictRoute)
        call = POSTS[path].dependant.call
        assert unwrap(call) is not call, "leave the endpoint to `potluck.api.routing`"

    def test_keeps_its_answer_in_the_unit_of_work_of_its_effect(self, path: str) -> None:
        found = set(asked(POSTS[path].dependant))
        assert get_session in found, "ask for deps.Session, and write through it alone"

    def test_knows_whose_key_it_is(self, path: str) -> None:
        found = set(asked(POSTS[path].dependant))
        assert deps.get_caller in found, "ask for an actor, or for deps.GoodTokenOrNone"


def test_m04_an_endpoint_that_runs_in_a_thread_is_refused() -> None:
    def endpoint() -> None: ...

    with pytest.raises(TypeError, match="async def"):
        Router().post("/toys")(endpoint)
