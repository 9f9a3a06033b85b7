"""Where to go after signing in: only ever a page of ours."""

import re
from urllib.parse import unquote

#: A path, and perhaps a query, of characters that RFC 3986 allows there. Nothing else: browsers
#: drop tabs and line breaks, and read a backslash as a slash.
_OWN = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?")
_LONGEST = 2048


def own_path(wanted: str) -> str:
    """`wanted` when it is a path of ours, from the root below the base path; else empty.

    Also refused is what would be another host's address once it were decoded.
    """
    if len(wanted) > _LONGEST or _OWN.fullmatch(wanted) is None:
        return ""
    path = unquote(unquote(wanted.partition("?")[0]))
    if "//" in path or "\\" in path or not path.isprintable():
        return ""
    return wanted
