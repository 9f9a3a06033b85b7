"""HTTP clients for services whose address the operator set: sign-on providers, feeds, hooks."""

import ssl
from collections.abc import Callable, Collection, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from potluck.clients.fetcher.addresses import is_own
from potluck.clients.fetcher.dialling import Dial, Dialler, Resolve, dial_address, resolve_host
from potluck.clients.fetcher.fetcher import USER_AGENT
from potluck.clients.fetcher.limits import FetchLimits
from potluck.clients.fetcher.targets import host_port
from potluck.clients.fetcher.transport import GuardedTransport


def guarded_client(
    base_url: str = "",
    *,
    allow: Collection[str] = (),
    timeout_s: float = FetchLimits.timeout_s,
    max_bytes: int = FetchLimits.max_bytes,
    headers: Mapping[str, str] | None = None,
    ssl_context: ssl.SSLContext | None = None,
    resolve: Resolve = resolve_host,
    dial: Dial = dial_address,
    is_own: Callable[[str], bool] = is_own,
) -> httpx2.AsyncClient:
    """A client for `base_url`, whose host and port may be private because the operator set them.

    Whatever else it is asked for must be public, unless listed in `allow` (`host:port`). It follows
    no redirects, keeps no cookies and no connections, and reads no proxy or credential from the
    environment. One request takes at most `timeout_s` in all (the client's own `timeout` has no
    effect) and is answered with at most `max_bytes`, unpacked. Raises httpx2's errors.
    """
    transport = GuardedTransport(
        Dialler(resolve=resolve, dial=dial, is_own=is_own),
        limits=FetchLimits(timeout_s=timeout_s, max_bytes=max_bytes),
        allow={*(pair.lower() for pair in allow), *_own_pair(base_url)},
        ssl_context=ssl_context,
    )
    return httpx2.AsyncClient(
        base_url=base_url,
        transport=transport,
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"} | dict(headers or {}),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,
        timeout=None,
    )


def _own_pair(base_url: str) -> set[str]:
    """The operator's own address as an exception; none if there is no base address."""
    url = httpx2.URL(base_url)
    if not url.host:
        return set()
    port = url.port or (443 if url.scheme == "https" else 80)
    return {host_port(url.raw_host.decode("ascii"), port)}
