"""Where in a JSON body each kind of value stands, read from the OpenAPI document."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from tests.api.operations import Json, resolved

#: Stands for the hostile value until the body is text: JSON has no `1e400` that Python could write.
MARK = "@@here@@"
FORMATS = {"uuid": "0198f3a2-7b1c-7d0e-9a54-3c2f6e8d1b07", "email": "new@example.org"}


@dataclass(frozen=True)
class Place:
    """One member that a body may have: its JSON pointer, its type, and a body that has it."""

    pointer: str
    kind: str
    body: object

    def with_value(self, value: str) -> bytes:
        """The body as it is sent; `value` is JSON."""
        return json.dumps(self.body).replace(f'"{MARK}"', value).encode()


def places(schema: Json, document: Json) -> Iterator[Place]:
    """Every string, integer, number and array of a body, each in a body that is else in order."""
    for pointer, kind, body in _places(schema, document, ""):
        yield Place(pointer, kind, body)


def _places(schema: Json, document: Json, at: str) -> Iterator[tuple[str, str, object]]:
    schema = resolved(schema, document)
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _places(choice, document, at)
    kind = schema.get("type", "")
    if kind in {"string", "integer", "number", "array"} and "const" not in schema:
        yield at, kind, MARK
    if kind == "array":
        for pointer, inner, value in _places(schema["items"], document, f"{at}/0"):
            yield pointer, inner, [value]
    members = schema.get("properties", {})
    for name, member in members.items():
        others = {
            each: sample(members[each], document)
            for each in schema.get("required", ())
            if each != name
        }
        for pointer, inner, value in _places(member, document, f"{at}/{name}"):
            yield pointer, inner, others | {name: value}


def sample(schema: Json, document: Json) -> object:
    """A value that the schema takes, as short as can be."""
    schema = resolved(schema, document)
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        return sample(choice, document)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "string":
            return FORMATS.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
        case "integer" | "number":
            return int(schema.get("minimum", 1))
        case "array":
            return [sample(schema["items"], document)] * schema.get("minItems", 0)
    names = schema.get("required", ())
    return {name: sample(schema["properties"][name], document) for name in names}
