"""Pictures that tests send, drawn when they are asked for."""

import io
from typing import Any

import httpx2
from PIL import Image

from tests.conftest import API

Json = dict[str, Any]


def picture(
    width: int = 640, height: int = 480, colour: str = "#c05020", format: str = "JPEG"
) -> bytes:
    """One colour from edge to edge; the same arguments give the same bytes."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, format)
    return buffer.getvalue()


def of(data: bytes, name: str = "cake.jpg", media_type: str = "image/jpeg") -> Json:
    """`files=` of a form with this file."""
    return {"file": (name, data, media_type)}


def cover_url(id: str) -> str:
    return f"{API}/recipes/{id}/cover"


async def put_cover(
    client: httpx2.AsyncClient, id: str, data: bytes | None = None, **options: Any
) -> httpx2.Response:
    """Send a picture for a recipe."""
    return await client.put(cover_url(id), files=of(picture() if data is None else data), **options)
