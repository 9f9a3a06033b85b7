"""A real HTTP server on 127.0.0.1 that answers as Reddit does, and misbehaves where it is told."""

import asyncio
import base64
import json
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.clients.http_server import Script, answer

Post = dict[str, Any]

#: The app that the operator has registered there. The secret must never be said by Potluck.
CLIENT_ID, CLIENT_SECRET = "kitchen-app", "canary-of-the-reddit-app"


def post(id: str, **changes: Any) -> Post:
    """A post about a page outside, with some of the members that we have no use for."""
    return {
        "id": id,
        "name": f"t3_{id}",
        "subreddit": "recipes",
        "title": f"Soup {id}",
        "permalink": f"/r/recipes/comments/{id}/soup/",
        "url": f"https://kitchen.example/{id}",
        "score": 100,
        "num_comments": 7,
        "created_utc": 1772366400.0,
        "is_self": False,
        "stickied": False,
        "over_18": False,
        "thumbnail": "https://b.thumbs.redditmedia.com/x.jpg",
        "selftext_html": None,
    } | changes


def listing(posts: list[Any]) -> dict[str, Any]:
    children = [{"kind": "t3", "data": each} for each in posts]
    return {"kind": "Listing", "data": {"after": None, "dist": len(posts), "children": children}}


def as_json(body: Any, status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer."""
    content = json.dumps(body).encode()
    return answer(content, status=status, content_type="application/json", **headers)


def headers_of(head: str) -> dict[str, str]:
    lines = [line.split(": ", 1) for line in head.split("\r\n")[1:] if line]
    return {name.lower(): value for name, value in lines}


class RedditServer:
    """`posts` are the lists by subreddit; `scripted` answers stand in for the list of one.

    `heads` are the requests received, as text; `open_connections` counts those not yet closed.
    With `hold_for(n)` no list is answered before n lists have been asked for.
    """

    def __init__(self) -> None:
        self.posts: dict[str, list[Post]] = {}
        self.scripted: dict[str, bytes | Script] = {}
        self.token_answer: bytes | Script | None = None
        self.token_life_s = 86_400
        self.heads: list[str] = []
        self.open_connections = 0
        self.arrived = asyncio.Event()
        self.port = 0
        self._good_tokens: set[str] = set()
        self._issued = 0
        self._waited_for = 0
        self._listed = 0
        self._talks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[str]:
        """Methods and targets, in order."""
        return [head.partition(" HTTP/")[0] for head in self.heads]

    @property
    def tokens_asked_for(self) -> int:
        return sum(each.startswith("POST") for each in self.requests)

    @property
    def headers(self) -> list[dict[str, str]]:
        """Of each request, by their names in small letters."""
        return [headers_of(head) for head in self.heads]

    def hold_for(self, lists: int) -> None:
        """Answer nobody until so many lists have been asked for; `arrived` says that they were."""
        self._waited_for = lists

    def forget_tokens(self) -> None:
        """As when they end: whoever holds one is answered with 401."""
        self._good_tokens.clear()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Close the port and every connection."""
        self._server.close()
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()

    async def until_nobody_is_connected(self) -> None:
        """Returns when every client has hung up."""
        while self._talks:
            await asyncio.wait(self._talks)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.create_task(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)
        await asyncio.wait([talk])

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open_connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            reply = self._token(head) if head.startswith("POST") else await self._list(head)
            if isinstance(reply, bytes):
                writer.write(reply)
                await reader.read()  # until the client hangs up: only that tells that it did
            else:
                await reply(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client left early, which is what some of these tests are about
        finally:
            self.open_connections -= 1
            writer.close()

    def _token(self, head: str) -> bytes | Script:
        if self.token_answer is not None:
            return self.token_answer
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if headers_of(head).get("authorization") != f"Basic {expected}":
            return as_json({"message": "Unauthorized", "error": 401}, "401 Unauthorized")
        self._issued += 1
        token = f"token-{self._issued}"
        self._good_tokens.add(token)
        kind = {"token_type": "bearer", "scope": "*", "expires_in": self.token_life_s}
        return as_json({"access_token": token} | kind)

    async def _list(self, head: str) -> bytes | Script:
        target = urlsplit(head.split(" ")[1])
        *_, name, page = target.path.split("/")
        is_allowed = page == "top.json" or _bearer(head) in self._good_tokens
        self._listed += 1
        if self._listed >= self._waited_for:
            self.arrived.set()
        if self._waited_for:
            await self.arrived.wait()
        if not is_allowed:
            return as_json({"message": "Unauthorized", "error": 401}, "401 Unauthorized")
        limit = int(parse_qs(target.query)["limit"][0])
        return self.scripted.get(name) or as_json(listing(self.posts.get(name, [])[:limit]))


def _bearer(head: str) -> str:
    return headers_of(head).get("authorization", "").removeprefix("Bearer ")


def silent(heard: asyncio.Event | None = None) -> Script:
    """Says nothing until the client hangs up; sets `heard` as soon as it is asked."""

    async def listen(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        if heard is not None:
            heard.set()
        await reader.read()

    return listen
