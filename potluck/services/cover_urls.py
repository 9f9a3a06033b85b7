"""The addresses of cover pictures. Pure.

An address names the recipe, which decides who may see the picture, and the picture itself, so that
another picture has another address and caches may keep each for ever.
"""

import re
from uuid import UUID

#: The name under which the largest WebP of a picture is found, whatever its width.
LARGEST = "cover.webp"
_OWN = re.compile(r"/media/(?P<recipe>[0-9a-f-]{36})/[0-9a-f-]{36}/[0-9a-z]{1,8}\.[a-z]{3,5}\Z")


def path(recipe_id: UUID, media_id: UUID, name: str = LARGEST) -> str:
    """Where one file of the picture is served, below the base path."""
    return f"/media/{recipe_id}/{media_id}/{name}"


def image_url(
    public_url: str, recipe_id: UUID, cover_id: UUID | None, page_image_url: str | None
) -> str | None:
    """What answers give as `image_url`: our own picture once there is one, else the page's.

    `public_url` is the address of this instance, without a slash at the end.
    """
    if cover_id is None:
        return page_image_url
    return public_url + path(recipe_id, cover_id)


def is_own(url: str, recipe_id: UUID) -> bool:
    """Whether `url` is what we answered ourselves as the picture of this recipe, now or before.

    The host does not count: people may reach one instance by several names.
    """
    found = _OWN.search(url)
    return found is not None and found["recipe"] == str(recipe_id)
