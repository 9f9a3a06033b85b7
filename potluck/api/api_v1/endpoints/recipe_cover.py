"""The cover picture of a recipe."""

from potluck.api.routing import Router

router = Router()
