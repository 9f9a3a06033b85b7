"""Settings that are allowed, and dangerous where this installation runs."""

import ipaddress
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

from potluck.core.config import Settings
from potluck.services.doctor.finding import Finding, Patient

CHECK = "settings"
#: Names that never lead to the internet: RFC 6761, RFC 6762, RFC 8375, and `.internal`, which
#: ICANN has reserved for private use.
_PRIVATE_NAMES = (
    ".localhost", ".local", ".lan", ".home", ".internal", ".home.arpa", ".test", ".invalid",
    ".example",
)  # fmt: skip
#: A network of proxies larger than this holds strangers: the largest private ones are 10.0.0.0/8
#: (RFC 1918) and fc00::/7 (RFC 4193).
_WIDEST = {4: 8, 6: 7}


async def look(patient: Patient) -> AsyncIterator[Finding]:
    """What of the settings is risky here."""
    found = list(risks(patient.settings))
    for finding in found:
        yield finding
    if not found:
        yield Finding(CHECK, "ok", "The settings can be read, and none of them is a risk here.")


def refused(problem: str) -> Finding:
    """A setting that the service would not start with."""
    sentence = problem[:1].upper() + problem[1:].rstrip(".") + "."
    return Finding(
        CHECK, "error", sentence, "Correct it; docs/reference/settings.md lists every setting."
    )


def risks(settings: Settings) -> Iterator[Finding]:
    """Each risk. Pure."""
    yield from _address(settings)
    yield from _proxies(settings)
    is_debug = settings.log.level == "debug"
    if is_debug and is_public(settings.public_url):
        yield _warning(
            "The log is written at level debug, and the service is on the internet.",
            "Set POTLUCK_LOG__LEVEL=info: debug writes more than an operation needs.",
        )


def is_public(url: str) -> bool:
    """Whether the host of an address is one that the internet can know."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_PRIVATE_NAMES)


def _address(settings: Settings) -> Iterator[Finding]:
    is_http = settings.public_url.startswith("http://")
    if settings.base_url is None and not _is_loopback(settings.server.host):
        yield _warning(
            f"POTLUCK_BASE_URL is not set, so links lead to {settings.public_url}.",
            "Set it to the address that people type, such as https://recipes.example.org.",
        )
    if is_http and is_public(settings.public_url):
        yield _warning(
            "People reach the service by plain http, so anybody on the way reads passwords.",
            "Put a proxy that ends TLS in front (docs/operations/deploy.md), and set"
            " POTLUCK_BASE_URL to the https address.",
        )
    if settings.insecure_local_http and is_public(settings.public_url):
        yield _warning(
            "POTLUCK_INSECURE_LOCAL_HTTP lets sign-ins cross the internet unprotected.",
            "Take it out, and serve by https; it is for a network at home.",
        )


def _proxies(settings: Settings) -> Iterator[Finding]:
    networks = [
        ipaddress.ip_network(each, strict=False) for each in settings.server.trusted_proxies
    ]
    for version, widest in _WIDEST.items():
        same = [each for each in networks if each.version == version]
        joined = list(ipaddress.collapse_addresses(same))  # type: ignore[type-var]
        if any(each.prefixlen < widest for each in joined):
            yield _warning(
                "POTLUCK_SERVER__TRUSTED_PROXIES believes strangers what they say of themselves.",
                "Name the proxy's own address, such as 127.0.0.1 or 172.18.0.2.",
            )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _warning(what: str, mend: str) -> Finding:
    return Finding(CHECK, "warning", what, mend)
