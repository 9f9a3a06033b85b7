"""Search: the best matches for what somebody types."""

from potluck.api.routing import Router

router = Router()
