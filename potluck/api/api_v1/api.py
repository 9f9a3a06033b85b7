"""Version 1 of the API: every router with its prefix and tag, nothing else."""

from fastapi import APIRouter

from potluck.api.api_v1.endpoints import auth

api_router = APIRouter()
api_router.include_router(auth.router, prefix="/auth", tags=["auth"])
