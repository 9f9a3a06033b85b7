"""One unit of work a request: committed before the answer leaves, or not answered as done."""

from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from potluck.resources import Resources
from tests.api.recipe_calls import URL, create, refusal

Message = MutableMapping[str, Any]
ANY = {"If-Match": "*"}

#: A check that both engines make at the commit alone.
DEFERRED = (
    "CREATE TABLE doomed (id INTEGER UNIQUE,"
    " other INTEGER REFERENCES doomed (id) DEFERRABLE INITIALLY DEFERRED)"
)


@asynccontextmanager
async def failing_commits(resources: Resources) -> AsyncIterator[None]:
    """Each unit of work that writes breaks a deferred constraint when it commits."""

    def break_it(session: Session, *_: Any) -> None:
        session.execute(text("INSERT INTO doomed (other) VALUES (2)"))

    async with resources.database.transaction() as session:
        await session.execute(text(DEFERRED))
    event.listen(Session, "after_flush_postexec", break_it)
    try:
        yield
    finally:
        event.remove(Session, "after_flush_postexec", break_it)
    async with resources.database.transaction() as session:
        await session.execute(text("DROP TABLE doomed"))


class TestFailingCommit:
    async def test_is_never_answered_as_done_and_leaves_the_connection_fit(
        self, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        made = await create(as_ada)
        path = f"{URL}/{made['id']}"
        async with failing_commits(resources):
            answers = [
                await as_ada.post(URL, json={"title": "Pie"}),
                await as_ada.patch(path, json={"title": "Pie"}, headers=ANY),
                await as_ada.delete(path, headers=ANY),
            ]
            for answer in answers:
                assert refusal(answer) == (500, "internal")
                assert not {"Location", "ETag"} & {*answer.headers}
                assert "doomed" not in answer.text
        assert [item["id"] for item in (await as_ada.get(URL)).json()["items"]] == [made["id"]]
        assert (await as_ada.get(path)).json() == made
        assert (await create(as_ada, title="Pie"))["title"] == "Pie"


class TestCommit:
    async def test_comes_before_the_answer_leaves(
        self, app: FastAPI, as_ada: httpx2.AsyncClient, resources: Resources
    ) -> None:
        seen: list[int] = []

        async def watched(scope: Message, receive: Any, send: Any) -> None:
            async def look_first(message: Message) -> None:
                if message["type"] == "http.response.start":
                    async with resources.database.reading() as session:
                        count = await session.scalar(text("SELECT count(*) FROM recipe"))
                        seen.append(int(count or 0))
                await send(message)

            await app(scope, receive, look_first)

        headers = dict(as_ada.headers)
        transport = httpx2.ASGITransport(watched)
        async with httpx2.AsyncClient(
            transport=transport, base_url=str(as_ada.base_url), headers=headers
        ) as client:
            answer = await client.post(URL, json={"title": "Cake"})
        assert (answer.status_code, seen) == (201, [1])
