"""Every answer that a test gets is one that the OpenAPI document describes.

A hook of the clients in tests/conftest.py. It looks for the operation and compares status, kind of
refusal, media type, headers and body with the document that the app makes of itself: neither can
change without the other.
"""

import functools
import json
import re
from typing import Any

import httpx2
import jsonschema_rs

from potluck.api.versions import document_of
from potluck.core.config import Settings
from potluck.main import api_versions, create_app

Json = dict[str, Any]

PROBLEM = "application/problem+json"
#: Answers to requests that no description of an operation could cover: they break HTTP itself,
#: or bring a body where none is taken.
OF_THE_EDGE = {
    "body-too-large", "headers-too-large", "malformed-request", "request-timeout",
    "unknown-host", "unknown-method", "uri-too-long",
}  # fmt: skip
#: Headers that must not be sent unless they are described.
TOLD = ("ETag", "Location", "Content-Location")


class Described:
    """What the OpenAPI document of a version says of answers."""

    def __init__(self, document: Json, prefix: str) -> None:
        self._document = document
        self._components = {**document["components"], "schemas": _closed(document)}
        self._prefix = f"{prefix}/"
        templates = sorted(document["paths"], key=lambda path: path.count("{"))
        self._paths = [
            (re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path)
            for path in templates
        ]
        self.validator = functools.cache(self._compiled)

    def _compiled(self, schema: str) -> jsonschema_rs.Draft202012Validator:
        whole = {**json.loads(schema), "components": self._components}
        return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)

    def faults(self, answer: httpx2.Response) -> list[str]:
        """Where an answer, whose body was read, is not as described; empty for what is no API."""
        path, method = answer.request.url.path, answer.request.method
        template = next((name for pattern, name in self._paths if pattern.fullmatch(path)), None)
        if template is None:
            return self._undescribed(answer) if path.startswith(self._prefix) else []
        methods = self._document["paths"][template]
        operation = methods.get("get" if method == "HEAD" else method.lower())
        if operation is None:
            return self._undescribed(answer)
        if _slug(answer) in OF_THE_EDGE:
            return self._wrong_body(answer, {"$ref": "#/components/schemas/Problem"})
        response = operation["responses"].get(str(answer.status_code))
        if response is None:
            return [f"{answer.status_code} {_slug(answer)} is not described"]
        return [
            *self._wrong_headers(answer, response),
            *(_with_body(answer) if method == "HEAD" else self._wrong_content(answer, response)),
        ]

    def _wrong_headers(self, answer: httpx2.Response, response: Json) -> list[str]:
        described = response.get("headers", {})
        needed = [name for name, header in described.items() if self._is_required(header)]
        told = [name for name in TOLD if name in answer.headers and name not in described]
        return [
            *(f"the header {name} is missing" for name in needed if name not in answer.headers),
            *(f"the header {name} is not described" for name in told),
        ]

    def _is_required(self, header: Json) -> bool:
        name = header.get("$ref", "").rpartition("/")[2]
        found: Json = self._components["headers"][name] if name else header
        return bool(found.get("required"))

    def _undescribed(self, answer: httpx2.Response) -> list[str]:
        """Where there is no operation, every refusal is a problem; nothing else is JSON."""
        if answer.headers.get("content-type", "") == PROBLEM and answer.request.method != "HEAD":
            return self._wrong_body(answer, {"$ref": "#/components/schemas/Problem"})
        is_known = answer.request.url.path.endswith(("/openapi.json", "/docs"))
        is_ours = is_known or answer.request.method in {"HEAD", "OPTIONS"}
        return [] if is_ours else [f"no operation answers {answer.status_code} here"]

    def _wrong_content(self, answer: httpx2.Response, response: Json) -> list[str]:
        if "content" not in response:
            return _with_body(answer)
        media_type = answer.headers.get("content-type", "").partition(";")[0]
        content = response["content"].get(media_type)
        if content is None:
            return [f"the type {media_type!r} is not described"]
        examples = content.get("examples", {})
        if media_type == PROBLEM and _slug(answer) not in examples:
            return [f"the problem {_slug(answer)} is not described"]
        if "json" not in media_type:
            return []
        return self._wrong_body(answer, content["schema"])

    def _wrong_body(self, answer: httpx2.Response, schema: Json) -> list[str]:
        errors = self.validator(json.dumps(schema)).iter_errors(answer.json())
        return [f"/{'/'.join(map(str, each.instance_path))}: {each.message}" for each in errors]


def _closed(document: Json) -> Json:
    """The schemas, with no member but those that are named: an answer has no secrets beside it."""

    def closed(node: Any) -> Any:
        if isinstance(node, list):
            return [closed(each) for each in node]
        if not isinstance(node, dict):
            return node
        found = {name: closed(each) for name, each in node.items()}
        if "properties" in found and found.get("type") == "object":
            found.setdefault("additionalProperties", False)
        return found

    schemas: Json = closed(document["components"]["schemas"])
    return schemas


def _slug(answer: httpx2.Response) -> str:
    if answer.headers.get("content-type", "") != PROBLEM or not answer.content:
        return ""
    return str(answer.json()["type"]).rpartition("/")[2]


def _with_body(answer: httpx2.Response) -> list[str]:
    return ["there is a body"] if answer.content else []


@functools.cache
def described() -> list[Described]:
    """Every version of the shipped app; made once a process."""
    settings = Settings.model_construct()
    app = create_app(settings)
    return [
        Described(document_of(app, version), version.prefix) for version in api_versions(settings)
    ]


async def answered(response: httpx2.Response) -> None:
    """An event hook of the test clients: the answer is as described, or the test fails."""
    await response.aread()
    found = [fault for version in described() for fault in version.faults(response)]
    request = response.request
    assert not found, f"{request.method} {request.url.path} {response.status_code}: {found}"
