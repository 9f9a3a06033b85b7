"""Ideas: what people elsewhere cook at the moment."""

from potluck.api.routing import Router

router = Router()
