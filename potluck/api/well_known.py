"""Documents at places that other programs know (RFC 8615)."""

from fastapi import Response

from potluck.api.routing import Router
from potluck.domain.key_rotation import PUBLISHED_S
from potluck.providers import ResourcesOf
from potluck.schemas.user import JsonWebKeySet

router = Router(tags=["health"])


@router.get("/.well-known/jwks.json")
async def get_jwks(resources: ResourcesOf, response: Response) -> JsonWebKeySet:
    """The public keys with which access tokens can be verified (RFC 7517)."""
    response.headers["Cache-Control"] = f"public, max-age={PUBLISHED_S}"
    return JsonWebKeySet.model_validate((await resources.keys.current()).jwks())
