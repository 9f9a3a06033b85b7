"""Static files with a hash of their content in the name.

Every file is served as `stem.<hash>.ext`, so a browser may keep it for ever and a new version has
a new address. References inside style sheets and scripts are rewritten to the hashed names first:
a change ripples to exactly the files that depend on it. The references are relative, so the same
bytes work under any proxy sub-path.
"""

import gzip
import hashlib
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from potluck.core.errors import NotFound

try:
    import brotli  # type: ignore[import-untyped]
except ImportError:  # the package is optional: gzip alone is served then
    brotli = None

#: The files of the package.
FOLDER = Path(__file__).parent.parent / "static"
#: Swagger UI as the package fastapi-offline carries it: no other site is asked for it.
API_BROWSER = ("swagger-ui-bundle.js", "swagger-ui.css")
#: Where the files are mounted below the application's base path.
MOUNT = "/static"

#: Fixed here, because the machine's own table differs from one system to the next.
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
COMPRESSIBLE = {".css", ".js", ".json", ".svg", ".txt"}
#: brotli 11 needs 3.5 s for the 1.5 MB of the API browser, level 9 a tenth of that.
BROTLI_BEST_BELOW_BYTES = 200_000

CSS_IMPORT = re.compile(
    r"""@import url\(["']?(?P<path>\.{1,2}/[^"')]+)["']?\)(?:\s+layer\((?P<layer>[\w.-]+)\))?\s*;"""
)
CSS_URL = re.compile(r"""(?P<head>url\(["']?)(?P<path>\.{1,2}/[^"')#?]+)""")
JS_IMPORT = re.compile(
    r"""(?P<head>(?:\bfrom\s*|\bimport\s*\(?\s*)["'])(?P<path>\.{1,2}/[^"']+)(?=["'])"""
)


@dataclass(slots=True)
class _File:
    """One file as it is served; `packed` fills with compressed forms when they are asked for."""

    hashed_name: str
    body: bytes
    suffix: str
    packed: dict[str, bytes] = field(default_factory=dict)


def open_static(*, with_api_docs: bool) -> "HashedStatic":
    """The files of the package, and those of the API browser where they are wanted."""
    extra: dict[str, Traversable] = {}
    if with_api_docs:
        folder = files("fastapi_offline") / "static"
        extra = {f"vendor/{name}": folder / name for name in API_BROWSER}
    return HashedStatic(FOLDER, extra=extra)


class HashedStatic:
    """An ASGI application that serves a folder under hashed names.

    `root` is the folder. `extra` adds single files of other packages, from the name they get to
    the resource; they are served as they are, nothing inside them is rewritten.
    All files are read once, here.
    """

    def __init__(self, root: Path, *, extra: Mapping[str, Traversable] | None = None) -> None:
        self._sources: dict[str, Path] = {
            path.relative_to(root).as_posix(): path
            for path in sorted(root.rglob("*"))
            if path.is_file() and path.suffix in MEDIA_TYPES
        }
        self._files: dict[str, _File] = {}
        for name, resource in (extra or {}).items():
            self._keep(name, resource.read_bytes())
        for name in self._sources:
            self._load(name, ())
        self._by_hashed_name = {file.hashed_name: file for file in self._files.values()}

    def __contains__(self, name: str) -> bool:
        return name in self._files

    @property
    def names(self) -> frozenset[str]:
        """The names as templates say them, such as `css/app.css`."""
        return frozenset(self._files)

    def url(self, name: str, base_path: str = "") -> str:
        """The address of a file: `css/app.css` → `/static/css/app.1f2e3d4c.css`.

        `base_path` is the sub-path that a proxy serves the application under, without a slash at
        its end. An unknown name raises `LookupError`: a page that names it is wrong.
        """
        if name not in self._files:
            message = f"no static file is named {name!r}"
            raise LookupError(message)
        return f"{base_path}{MOUNT}/{self._files[name].hashed_name}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        # What stands before the mount depends on the proxy and on who stripped what, so only
        # what stands after it is looked at. No name of ours contains the mount.
        file = self._by_hashed_name.get(scope["path"].rpartition(f"{MOUNT}/")[2])
        if file is None:
            raise NotFound("There is no such static file.")
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
            "Content-Type": MEDIA_TYPES[file.suffix],
        }
        body = file.body
        if file.suffix in COMPRESSIBLE:
            headers["Vary"] = "Accept-Encoding"
            encoding = preferred_encoding(_header(scope, b"accept-encoding"))
            if encoding is not None:
                headers["Content-Encoding"] = encoding
                body = await self._packed(file, encoding)
        headers["Content-Length"] = str(len(body))
        response = Response(b"" if scope["method"] == "HEAD" else body, headers=headers)
        await response(scope, receive, send)

    @staticmethod
    async def _packed(file: _File, encoding: str) -> bytes:
        """The body compressed, made in a thread at the first request for it and then kept."""
        if encoding not in file.packed:
            file.packed[encoding] = await to_thread.run_sync(_compress, file.body, encoding)
        return file.packed[encoding]

    def _load(self, name: str, stack: tuple[str, ...]) -> str:
        """Reads one file, after the files that it names; gives its hashed name."""
        if name in self._files:
            return self._files[name].hashed_name
        if name in stack:
            raise ValueError("static files import one another in a circle: " + " > ".join(stack))
        path = self._sources[name]
        stack = (*stack, name)
        if path.suffix == ".css":
            body = self._style_sheet(name, name, stack).encode()
        elif path.suffix == ".js":
            body = self._rewrite(JS_IMPORT, path.read_text("utf-8"), name, name, stack).encode()
        else:
            body = path.read_bytes()
        return self._keep(name, body)

    def _keep(self, name: str, body: bytes) -> str:
        stem, suffix = posixpath.splitext(name)
        digest = hashlib.sha256(body).hexdigest()[:8]
        self._files[name] = _File(f"{stem}.{digest}{suffix}", body, suffix)
        return self._files[name].hashed_name

    def _style_sheet(self, name: str, served_as: str, stack: tuple[str, ...]) -> str:
        """The text of a style sheet with its imports put in place: one file, one round trip."""

        def inline(match: re.Match[str]) -> str:
            target = _resolve(name, match["path"])
            if target in stack:
                raise ValueError("style sheets import one another in a circle: " + target)
            text = self._style_sheet(target, served_as, (*stack, target))
            return f"@layer {match['layer']} {{\n{text}}}\n" if match["layer"] else text

        parts: list[str] = []
        text, end = self._sources[name].read_text("utf-8"), 0
        for match in CSS_IMPORT.finditer(text):
            own = text[end : match.start()]
            parts += [self._rewrite(CSS_URL, own, name, served_as, stack), inline(match)]
            end = match.end()
        parts.append(self._rewrite(CSS_URL, text[end:], name, served_as, stack))
        return "".join(parts)

    def _rewrite(
        self, pattern: re.Pattern[str], text: str, name: str, served_as: str, stack: tuple[str, ...]
    ) -> str:
        """Turns the references in `text` of file `name` into those of the hashed files.

        A reference to a file that is not there (the fonts, before they are built) stays as it is.
        """

        def point(match: re.Match[str]) -> str:
            target = _resolve(name, match["path"])
            if target not in self._sources:
                return match[0]
            hashed = self._load(target, stack)
            relative = posixpath.relpath(hashed, posixpath.dirname(served_as) or ".")
            return match["head"] + (relative if relative.startswith(".") else f"./{relative}")

        return pattern.sub(point, text)


def preferred_encoding(accept_encoding: str) -> str | None:
    """The best of `br` and `gzip` that an `Accept-Encoding` header allows (RFC 9110, 12.5.3)."""
    allowed: set[str] = set()
    for item in accept_encoding.split(","):
        coding, _, weight = item.partition(";")
        if not re.fullmatch(r"q=0(\.0*)?", weight.replace(" ", "").lower()):
            allowed.add(coding.strip().lower())
    if "br" in allowed and brotli is not None:
        return "br"
    return "gzip" if "gzip" in allowed else None


def _compress(body: bytes, encoding: str) -> bytes:
    if encoding == "br" and brotli is not None:
        quality = 11 if len(body) < BROTLI_BEST_BELOW_BYTES else 9
        packed: bytes = brotli.compress(body, quality=quality)
        return packed
    return gzip.compress(body, 9, mtime=0)


def _resolve(name: str, reference: str) -> str:
    """`css/app.css`, `../fonts/a.woff2` → `fonts/a.woff2`."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), reference))


def _header(scope: Scope, name: bytes) -> str:
    return b",".join(value for key, value in scope["headers"] if key == name).decode("latin-1")
