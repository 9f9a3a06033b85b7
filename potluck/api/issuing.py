"""What endpoints ask for that start a sign-in and answer its tokens."""

from typing import Annotated

from fastapi import Depends, Header

from potluck.api import deps
from potluck.services.sessions import Issuer

UserAgent = Annotated[str | None, Header(include_in_schema=False)]


async def get_issuer(resources: deps.ResourcesOf) -> Issuer:
    """What making tokens takes; reads the signing keys before any unit of work."""
    keys = await resources.keys.current()
    return Issuer(resources.tokens, keys, resources.settings.tokens, resources.clock)


TokenIssuer = Annotated[Issuer, Depends(get_issuer)]
