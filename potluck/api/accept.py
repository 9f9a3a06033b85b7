"""Which media types a client takes (RFC 9110, section 12.5.1)."""

from collections.abc import Iterable


def takes(accept: Iterable[str], media_type: str) -> bool:
    """Whether the lines of the header `Accept` allow `media_type` (lower case, as `a/b`).

    The range that fits most closely decides, `;q=0` forbids. Without the header, or with one that
    has no media range, everything is taken.
    """
    kind = media_type.partition("/")[0]
    closeness = {"*/*": 1, f"{kind}/*": 2, media_type: 3}
    best, is_taken, has_range = 0, False, False
    for element in ",".join(accept).split(","):
        name, _, parameters = element.partition(";")
        name = name.strip(" \t").lower()
        has_range |= "/" in name
        if closeness.get(name, 0) > best:
            best, is_taken = closeness[name], not _is_forbidden(parameters)
    return is_taken or not has_range


def _is_forbidden(parameters: str) -> bool:
    """Whether the weight among the parameters of a media range is 0."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip(" \t").lower() == "q":
            return value.strip(" \t").rstrip("0") in {"", "0.", "."}
    return False
