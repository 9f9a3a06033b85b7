"""Personal access tokens of the caller."""

from potluck.api.routing import Router

router = Router()
