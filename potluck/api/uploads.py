"""A picture in a form (multipart/form-data, RFC 7578), read once the caller may send one.

FastAPI reads the body of an operation with form parameters before its dependencies run. Here the
endpoint reads it: whoever may not send a picture is refused before the first byte of it.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from potluck.core.errors import MalformedBody, UnsupportedMediaType
from potluck.schemas.base import In
from potluck.services.covers import Focus

MULTIPART = "multipart/form-data"
#: Digits of a focal point; the file has the limit of the whole body.
_LONGEST_FIELD_BYTES = 64
_FOCUS = {"type": "integer", "minimum": 0, "maximum": 100}
#: For `openapi_extra=` of an operation that reads its form with `picture_sent`.
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {
                "schema": {
                    "title": "Cover",
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {
                            "type": "string",
                            "contentMediaType": "application/octet-stream",
                            "description": "JPEG, PNG, WebP, AVIF or GIF, by its content.",
                        },
                        "focus_x": _FOCUS | {"description": "What a crop keeps, % from the left."},
                        "focus_y": _FOCUS | {"description": "What a crop keeps, % from the top."},
                    },
                }
            }
        },
    }
}

Percent = Annotated[int | None, Field(ge=0, le=100)]


class _Words(In):
    """The parts of the form that are text."""

    focus_x: Percent = None
    focus_y: Percent = None


class _WholeForm(MultiPartParser):
    """Starlette's parser takes a body that breaks off for a whole one, and leaves its file open."""

    def __init__(self, headers: Headers, stream: AsyncGenerator[bytes, None]) -> None:
        limits = {"max_files": 1, "max_fields": 2, "max_part_size": _LONGEST_FIELD_BYTES}
        super().__init__(headers, stream, **limits)
        self._is_whole = False

    def on_end(self) -> None:
        self._is_whole = True

    async def parse(self) -> FormData:
        form = await super().parse()
        if not self._is_whole:
            for file in self._files_to_close_on_error:
                file.close()
            raise MultiPartException("The form breaks off.")
        return form


@dataclass(frozen=True)
class SentPicture:
    """`read` gives the bytes of the file, which lie in memory or on the disk until then."""

    read: Callable[[], Awaitable[bytes]]
    focus: Focus


@asynccontextmanager
async def picture_sent(request: Request) -> AsyncIterator[SentPicture]:
    """The picture of the form; what it left on the disk is gone when the block ends.

    Raises `UnsupportedMediaType`, `MalformedBody` also for a form that was cut short, and what
    becomes a 422 for parts that are missing, unknown or out of bounds.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MULTIPART:
        raise UnsupportedMediaType(f"Send the picture in a form, as {MULTIPART}.")
    try:
        async with aclosing(request.stream()) as stream:
            form = await _WholeForm(request.headers, stream).parse()
    except ClientDisconnect:
        raise MalformedBody("The form breaks off.") from None
    except MultiPartException as error:
        raise MalformedBody(error.message) from None
    except UnicodeError:  # some codecs of Python fail at whatever they are given
        raise MalformedBody("Leave the charset of the form out.") from None
    try:
        yield _sent(form)
    finally:
        await form.close()


def _sent(form: FormData) -> SentPicture:
    names = [name for name, _ in form.multi_items()]
    faults: list[Any] = [_repeated(name) for name in dict.fromkeys(names) if names.count(name) > 1]
    file = form.get("file")
    if not isinstance(file, UploadFile):
        faults.append(_no_file(is_text=file is not None))
    words = {name: value for name, value in form.multi_items() if name != "file"}
    focus: Focus = (None, None)
    try:
        read = _Words.model_validate(words)
        focus = (read.focus_x, read.focus_y)
    except ValidationError as error:
        faults += [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
    if faults or not isinstance(file, UploadFile):
        raise RequestValidationError(faults, body=form)
    return SentPicture(file.read, focus)


def _repeated(name: str) -> dict[str, Any]:
    return {"type": "repeated", "loc": ("body", name), "msg": ""}


def _no_file(*, is_text: bool) -> dict[str, Any]:
    if is_text:
        words = "Send the picture as a file part, with a filename."
        return {"type": "not_a_file", "loc": ("body", "file"), "msg": words}
    return {"type": "missing", "loc": ("body", "file"), "msg": ""}
