"""Reads what Reddit answers; nothing in it is trusted.

The forms are those of Reddit's API documentation: a Listing whose children are Things of kind "t3"
(links), and the token of RFC 6749, 5.1.
"""

import html
import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar
from unicodedata import category
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from potluck.clients.ideas import BadAnswer, Idea
from potluck.domain import text
from potluck.schemas.types import WebUrl

#: Where people read and write, whatever address the lists come from.
PUBLIC_URL = "https://www.reddit.com"
#: Reddit's own bounds: of a title, and of the things in one listing.
TITLE_MAX = 300
_MOST_THINGS = 100
#: Reddit's apps live for a day, tokens of RFC 6749 that do not say how long for an hour.
_LIFETIME_S = 3600
#: More than any count of Reddit's, and what a client may keep in 32 bits.
_COUNT_MAX = 2**31 - 1
_FIRST_POSTED_S, _LAST_POSTED_S = 0, 253_402_300_799  # the years 1970 to 9999

#: What lies there is a discussion, a gallery, a picture or a film of Reddit's.
_THEIR_HOSTS = ("redd.it", "reddit.com", "redditmedia.com")
_PICTURE_HINTS = {"image", "hosted:video"}
_PICTURE = re.compile(r"\.(?:avif|bmp|gifv?|heic|jpe?g|mov|mp4|png|svg|webm|webp)$", re.IGNORECASE)

ModelT = TypeVar("ModelT", bound=BaseModel)
_WEB_URL: TypeAdapter[str] = TypeAdapter(WebUrl)


class _Answer(BaseModel):
    """Members that we do not know are passed over; those that we know must be what they are."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class Token(_Answer):
    """An access token, good for `expires_in` seconds."""

    access_token: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,4096}$", repr=False)]
    expires_in: Annotated[int, Field(ge=1)] = _LIFETIME_S


class _Things(_Answer):
    children: list[Any]


class _Listing(_Answer):
    kind: Literal["Listing"]
    data: _Things


class _Post(_Answer):
    id: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,40}$")]
    title: Annotated[str, Field(max_length=100 * TITLE_MAX)]
    permalink: Annotated[str, Field(pattern=r"^/[\x21-\x7e]{1,1000}$")]
    created_utc: Annotated[float, Field(ge=_FIRST_POSTED_S, le=_LAST_POSTED_S)]
    url: str | None = None
    score: Annotated[int, Field(ge=-_COUNT_MAX, le=_COUNT_MAX)]
    num_comments: Annotated[int, Field(ge=0, le=_COUNT_MAX)] = 0
    post_hint: str | None = None
    is_self: bool = False
    is_gallery: bool = False
    is_video: bool = False
    stickied: bool = False
    over_18: bool = False


class _Thing(_Answer):
    kind: Literal["t3"]
    data: _Post


def read_token(body: bytes) -> Token:
    """The token that was issued. Raises `BadAnswer`."""
    return _read(Token, body)


def read_listing(body: bytes, *, source: str, limit: int) -> list[Idea]:
    """The first `limit` posts for everybody, in the order given; odd ones are passed over.

    Not more is looked at than Reddit sends: 2 MB have room for a million things, which took 1.2 s.
    Raises `BadAnswer` if this is no listing at all.
    """
    children = _read(_Listing, body).data.children[:_MOST_THINGS]
    posts = (_post(child) for child in children)
    shown = (post for post in posts if post and not (post.stickied or post.over_18))
    ideas = [idea for post in shown if (idea := _idea(post, source))]
    return ideas[:limit]


def _read(model: type[ModelT], body: bytes) -> ModelT:
    try:
        return model.model_validate(json.loads(body))
    except (ValueError, RecursionError):  # ValidationError and UnicodeDecodeError are ValueErrors
        raise BadAnswer from None


def _post(child: Any) -> _Post | None:
    try:
        return _Thing.model_validate(child).data
    except ValidationError:
        return None


def _idea(post: _Post, source: str) -> Idea | None:
    title = _line(html.unescape(post.title))
    if not title:
        return None
    return Idea(
        id=f"reddit:{post.id}",
        source=source,
        title=title,
        url=PUBLIC_URL + post.permalink,
        link=_link(post),
        score=post.score,
        comments=post.num_comments,
        posted_at=datetime.fromtimestamp(int(post.created_utc), UTC),
    )


def _line(title: str) -> str:
    """`title` on one line, without control characters (category Cc).

    Nothing is left of a heap of marks, nor of a title without anything to see.
    """
    visible = (char for char in title if char.isspace() or category(char) != "Cc")
    try:
        line = text.clean(" ".join("".join(visible).split())[:TITLE_MAX])
    except ValueError:
        return ""
    return line if any(category(char)[0] not in "CMZ" for char in line) else ""


def _link(post: _Post) -> str | None:
    """The page outside that a post is about; none when it is itself the text or the picture."""
    if post.is_self or post.is_gallery or post.is_video or post.post_hint in _PICTURE_HINTS:
        return None
    try:
        address = _WEB_URL.validate_python(_unescaped(post.url))
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    is_theirs = any(host == each or host.endswith(f".{each}") for each in _THEIR_HOSTS)
    return None if is_theirs or _PICTURE.search(parts.path) else address


def _unescaped(address: str | None) -> str | None:
    """Reddit writes these three, and no other, as entities; `&copy=1` is a parameter."""
    return address and address.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
