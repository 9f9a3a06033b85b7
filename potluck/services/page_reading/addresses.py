"""Web addresses found on a page: absolute, http or https, of a size we can keep."""

from urllib.parse import urldefrag, urljoin, urlsplit

LONGEST_URL = 2048


def web_address(address: object, base: str | None) -> str | None:
    """`address` made absolute with `base`, or None when it is no http or https address."""
    if not isinstance(address, str) or not address.strip():
        return None
    text = address.strip().replace(" ", "%20")
    try:
        absolute = urljoin(base, text) if base else ("https:" + text if text[:2] == "//" else text)
        parts = urlsplit(absolute)
        has_host = bool(parts.hostname) and parts.scheme in {"http", "https"}
        _ = parts.port
    except ValueError:
        return None
    if not has_host or len(absolute) > LONGEST_URL or parts.username is not None:
        return None
    is_clean = absolute.isprintable() and not any(c in absolute for c in ' "<>\\^`{|}')
    return absolute if is_clean else None


def host_of(address: str | None) -> str | None:
    """The host name in lower case without a leading "www.", None for no address."""
    if not address:
        return None
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def is_same_site(one: str | None, other: str | None) -> bool:
    """Equal hosts, or one a subdomain of the other (m.example.org and example.org)."""
    first, second = host_of(one), host_of(other)
    if not first or not second:
        return False
    return first == second or first.endswith("." + second) or second.endswith("." + first)


def without_fragment(address: str) -> str:
    """`address` without what follows "#": two places of one page are one page."""
    return urldefrag(address).url
