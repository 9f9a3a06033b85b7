"""Asks the service of this installation how it is, at the address that people use."""

import httpx2

#: A health check takes milliseconds; a proxy that starts something may take a while.
TIMEOUT_S = 10.0


class NoAnswer(Exception):
    """Nothing answered; the text says why, in a word or two."""


async def headers_of(url: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
    """Status and headers (lower case) of a GET; redirects are not followed. Raises `NoAnswer`."""
    try:
        async with httpx2.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
            answer = await client.get(url, headers=headers)
    except httpx2.HTTPError as error:
        raise NoAnswer(str(error) or type(error).__name__) from error
    return answer.status_code, {name.lower(): text for name, text in answer.headers.items()}
