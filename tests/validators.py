"""What RFC 9110 asks of any resource: HEAD beside GET (9.3.2), and conditional reads (13.1.2)."""

import re
from typing import Any

import httpx2

#: Differs between two answers that say the same.
_OF_ONE_ANSWER = {
    "x-request-id", "x-process-time", "server-timing", "date", "set-cookie", "ratelimit",
}  # fmt: skip
_NONCE = re.compile(r"'nonce-[^']+'")


async def faults(client: httpx2.AsyncClient, path: str, coding: str, **options: Any) -> list[str]:
    """Where GET and HEAD of an address do not agree, or its ETag does not do what one is for.

    `coding` is what is sent as `Accept-Encoding`.
    """
    headers = {"Accept-Encoding": coding}
    get = await client.get(path, headers=headers, **options)
    head = await client.head(path, headers=headers, **options)
    found = [f"HEAD: {each}" for each in _differences(head, get)]
    found += ["HEAD has a body"] if head.content else []
    length = int(head.headers["content-length"])
    if "content-encoding" not in get.headers and length != len(get.content):
        found.append("HEAD tells another length")
    current = get.headers.get("ETag")
    if current is None:
        return found
    if re.fullmatch(r'"[\x21\x23-\x7e]+"', current) is None:
        found.append(f"the ETag {current} is not strong")
    for sent, is_known in _conditions(current).items():
        for method in ("GET", "HEAD"):
            conditional = headers | {"If-None-Match": sent}
            answer = await client.request(method, path, headers=conditional, **options)
            wrong = _wrong(answer, get) if is_known else _not_as(get.status_code, answer)
            found += [f"{method} if not {sent}: {each}" for each in wrong]
    return found


def _conditions(current: str) -> dict[str, bool]:
    """Values of `If-None-Match`, and whether each names the current state (weakly compared)."""
    return {
        current: True,
        f"W/{current}": True,
        f'"other", {current}': True,
        f'W/"other",{current} , "third"': True,
        "*": True,
        '"other"': False,
        f'{current[:-1]}x"': False,
        current.strip('"'): False,
    }


def _told(answer: httpx2.Response) -> dict[str, str]:
    """The headers, without what differs from one answer to the next."""
    return {
        name: _NONCE.sub("'nonce'", value)
        for name, value in answer.headers.items()
        if name not in _OF_ONE_ANSWER
    }


def _differences(answer: httpx2.Response, other: httpx2.Response) -> list[str]:
    first, second = _told(answer), _told(other)
    names = sorted(first.keys() | second.keys())
    return _not_as(other.status_code, answer) + [
        f"{name} is {first.get(name)}, not {second.get(name)}"
        for name in names
        if first.get(name) != second.get(name)
    ]


def _not_as(status: int, answer: httpx2.Response) -> list[str]:
    return [] if answer.status_code == status else [f"is {answer.status_code}, not {status}"]


def _wrong(answer: httpx2.Response, get: httpx2.Response) -> list[str]:
    """What is wrong with a 304: no body, and the headers that the 200 would have (15.4.5)."""
    found = _not_as(304, answer)
    if answer.content or "content-type" in answer.headers:
        found.append("has a body")
    for name in ("ETag", "Cache-Control"):
        if answer.headers.get(name) != get.headers.get(name):
            found.append(f"has another {name}")
    # Whether the whole answer would be long enough to be packed is not known without it.
    if _varies(answer) - {"accept-encoding"} != _varies(get) - {"accept-encoding"}:
        found.append("has another Vary")
    return found


def _varies(answer: httpx2.Response) -> set[str]:
    return {name.strip().lower() for name in answer.headers.get("Vary", "").split(",")}
