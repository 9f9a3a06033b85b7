"""Uvicorn's HTTP/1.1 with an end to its patience, and with problems where it refuses by itself.

Uvicorn 0.54 with httptools keeps headers of any size in memory, waits for them without end, takes
the fields after a chunked body (trailers) for headers of the request, and answers what it cannot
parse in plain text. This subclass overrides exactly that. What has a head that can be read is
refused by `potluck.api.middleware.guard` and `body_limit`, inside the app.
"""

import asyncio
import re
import sys
from dataclasses import dataclass
from typing import Any

import httptools
import structlog
from uuid_utils import uuid7
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from potluck.api.middleware.guard import MAX_HEADER_BYTES, MAX_URI_BYTES
from potluck.api.middleware.security_headers import careful_headers
from potluck.api.problems import MEDIA_TYPE, problem_bytes
from potluck.cli.slow_reader import ReaderWatch
from potluck.core.errors import (
    AppError,
    HeadersTooLarge,
    MalformedRequest,
    RequestTimeout,
    UnknownMethod,
    UriTooLong,
)
from potluck.core.request_context import serving

#: Bytes in a row that are no content: a head, trailers, extensions of a chunk. Looked at after each
#: read (256 KiB at most), so a little more may have been seen.
MAX_OVERHEAD_BYTES = MAX_URI_BYTES + MAX_HEADER_BYTES
#: After a refusal we read on and throw away, or the reset would overtake it (RFC 9112 9.6).
LINGER_S = 2

_ABSOLUTE = re.compile(rb"https?://([^/?#]*)", re.IGNORECASE)
_METHOD = re.compile(rb"[A-Z][A-Z-]{0,31} ")
_log = structlog.stdlib.get_logger("potluck.server")


@dataclass(frozen=True)
class Edge:
    """What the protocol needs to know of the settings."""

    header_timeout_s: float
    send_timeout_s: float
    base_url: str


class PatientProtocol(HttpToolsProtocol):
    """One connection.

    A head that is not whole `header_timeout_s` after the connection was made, or after the first
    byte of the next request, ends it: with 408 when something had come. So does a body that goes on
    for as long after its answer, or ends and nothing follows. Who does not read is hung up on
    (`slow_reader`). Other idle connections are uvicorn's to close.
    """

    def __init__(self, *arguments: Any, edge: Edge, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._edge = edge
        self._timer: asyncio.TimerHandle | None = None
        self._has_begun = False
        self._is_in_body = False
        self._got_on = False
        self._overhead_bytes = 0
        self._read: bytes = b""
        self._is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._reader = ReaderWatch(transport, self._edge.send_timeout_s)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._reader.end()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        self._got_on, self._read = False, data
        super().data_received(data)
        self._read = b""
        self._overhead_bytes = 0 if self._got_on else self._overhead_bytes + len(data)
        if self._overhead_bytes > MAX_OVERHEAD_BYTES:
            self._refuse_size()
        elif not self._is_in_body and (self._has_begun or not self._got_on):
            self._wait()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._has_begun = True

    def on_header(self, name: bytes, value: bytes) -> None:
        # Past the head it is a trailer, which must not become a header (RFC 9110 6.5.1).
        if not self._is_in_body:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        self._got_on, self._has_begun = True, False
        self._check_upgrade()
        self._read_absolute_target()
        super().on_headers_complete()
        self._is_in_body = True

    def on_body(self, body: bytes) -> None:
        self._got_on = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._stop_waiting()
        self._got_on, self._is_in_body = True, False
        super().on_message_complete()
        if self.cycle.response_complete:
            self._wait()  # uvicorn forgot its own patience when the rest of the body came

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_in_body and self.cycle.response_complete:
            self._wait()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - we say it in our own words
        """Uvicorn calls it while it handles the parser's exception, in every such case."""
        is_method = isinstance(sys.exception(), httptools.HttpParserInvalidMethodError)
        if (is_method and _METHOD.match(self._read)) or self.parser.get_method() == b"CONNECT":
            self._refuse(UnknownMethod("Use one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS."))
        else:
            self._refuse(MalformedRequest("This is not HTTP/1.1 as RFC 9112 describes it."))

    def _unsupported_upgrade_warning(self) -> None:
        """Upgrades may be ignored (RFC 9110 7.8), but what follows may be another protocol."""
        if self.cycle.response_complete:
            self.transport.close()
        else:
            self.cycle.keep_alive = False

    def _check_upgrade(self) -> None:
        """The parser takes what follows for the other protocol; a body would be lost."""
        names = {name for name, _ in self.headers} if self.parser.should_upgrade() else set()
        if not names.isdisjoint({b"content-length", b"transfer-encoding"}):
            raise httptools.HttpParserError("an upgrade with a body")

    def _read_absolute_target(self) -> None:
        """A target with a host wins over the `Host` header (RFC 9112 3.2.2)."""
        if self.url.startswith(b"/") or self.url == b"*":
            return
        absolute = _ABSOLUTE.match(self.url)
        if absolute is None:
            raise httptools.HttpParserError("a target that is no path and no address of the web")
        if sum(name == b"host" for name, _ in self.headers) == 1:
            self.headers[:] = [each for each in self.headers if each[0] != b"host"]
            self.headers.append((b"host", absolute[1]))
        if absolute.end() == len(self.url):
            self.url += b"/"

    def _wait(self) -> None:
        if self._timer is None and not self.transport.is_closing():
            self._timer = self.loop.call_later(self._edge.header_timeout_s, self._is_late)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_late(self) -> None:
        self._timer = None
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait()  # the next request may wait for the answer to this one
        elif self._has_begun:
            self._refuse(RequestTimeout("Send the whole head of the request without a pause."))
        else:
            self.transport.close()

    def _refuse_size(self) -> None:
        if self._has_begun and len(self.url) > MAX_URI_BYTES:
            self._refuse(UriTooLong(f"Send addresses of at most {MAX_URI_BYTES // 1024} KiB."))
        else:
            limit = MAX_HEADER_BYTES // 1024
            self._refuse(HeadersTooLarge(f"Send headers of at most {limit} KiB."))

    def _refuse(self, error: AppError) -> None:
        """Answer and hang up; but never into an answer that is under way."""
        if self._is_refused or self.transport.is_closing():
            return
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            if not self._is_in_body:
                # It came behind a whole request: that one gets its answer, and is the last.
                cycle.keep_alive = False
                self.flow.pause_reading()
                return
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started or self.pipeline:
                self.transport.close()
                return
        self._is_refused = True
        self._stop_waiting()
        self._unset_keepalive_if_required()
        self.transport.write(self._answer(error))
        self.transport.write_eof()
        self._timer = self.loop.call_later(LINGER_S, self.transport.close)

    def _answer(self, error: AppError) -> bytes:
        request_id = str(uuid7())
        with serving(request_id):
            body = problem_bytes(error, scope={"path": "/"}, base_url=self._edge.base_url)
            _log.info("request refused", status=error.status, problem=error.slug)
        fields = careful_headers(is_https=self._edge.base_url.startswith("https://")) | {
            "Content-Type": MEDIA_TYPE,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "X-Request-ID": request_id,
            "Connection": "close",
        }
        head = [STATUS_LINE[error.status]]
        head += [b"%b: %b\r\n" % field for field in self.server_state.default_headers]
        head += [f"{name.lower()}: {value}\r\n".encode("ascii") for name, value in fields.items()]
        return b"".join([*head, b"\r\n", body])
