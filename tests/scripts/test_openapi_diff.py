"""`make openapi-diff`: which changes of the document break a client, and which do not."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import openapi_diff
from scripts.openapi_diff import DOCUMENT, ROOT, Comparison

Json = dict[str, Any]
Change = Callable[[Json], Any]

TAG = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "name": {"type": "string"},
        "kind": {"type": "string", "enum": ["free", "course"]},
        "parent": {"anyOf": [{"$ref": "#/components/schemas/Tag"}, {"type": "null"}]},
    },
}
TAG_IN = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 100},
        "kind": {"type": "string", "enum": ["free", "course"]},
        "weight": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "labels": {"type": "array", "items": {"type": "string"}, "maxItems": 5},
    },
}


def content(name: str) -> Json:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


BASE: Json = {
    "paths": {
        "/tags": {
            "post": {
                "operationId": "create_tag",
                "security": [{"oauth": ["write"]}],
                "parameters": [
                    {"name": "dry", "in": "query", "required": False, "schema": {"type": "boolean"}}
                ],
                "requestBody": {"required": True, "content": content("TagIn")},
                "responses": {
                    "201": {"headers": {"ETag": {}}, "content": content("Tag")},
                    "409": {},
                },
            },
            "get": {"operationId": "list_tags", "responses": {"200": {"content": content("Tag")}}},
        }
    },
    "components": {"schemas": {"Tag": TAG, "TagIn": TAG_IN}},
}


def post(document: Json) -> Any:
    return document["paths"]["/tags"]["post"]


def schema(document: Json, name: str) -> Any:
    return document["components"]["schemas"][name]


def member(document: Json, name: str, member: str) -> Any:
    return schema(document, name)["properties"][member]


def breaks(change: Change) -> list[str]:
    """What the comparison says of the base with a change."""
    changed = copy.deepcopy(BASE)
    change(changed)
    return list(Comparison(BASE, changed).breaks())


BREAKING: dict[str, tuple[Change, str]] = {
    "path": (lambda d: d["paths"].pop("/tags"), "POST /tags is gone"),
    "operation": (lambda d: d["paths"]["/tags"].pop("get"), "GET /tags is gone"),
    "operation id": (lambda d: post(d).update(operationId="make_tag"), "is make_tag now"),
    "scope": (lambda d: post(d).update(security=[{"oauth": ["admin"]}]), "other scopes"),
    "token": (
        lambda d: d["paths"]["/tags"]["get"].update(security=[{"oauth": []}]),
        "other scopes",
    ),
    "parameter": (lambda d: post(d)["parameters"].pop(), "dry (query) is gone"),
    "required parameter": (
        lambda d: post(d)["parameters"].append(
            {"name": "key", "in": "header", "required": True, "schema": {}}
        ),
        "key (header) is required now",
    ),
    "type of a parameter": (
        lambda d: post(d)["parameters"][0]["schema"].update(type="integer"),
        "was boolean and is integer",
    ),
    "body": (lambda d: post(d).pop("requestBody"), "takes no body any more"),
    "media type": (
        lambda d: post(d)["requestBody"].update(content={"text/csv": {"schema": {}}}),
        "the body is no longer application/json",
    ),
    "status": (lambda d: post(d)["responses"].pop("409"), "the status 409 is gone"),
    "header": (
        lambda d: post(d)["responses"]["201"].pop("headers"),
        "the header ETag of 201 is gone",
    ),
    "member of an answer": (
        lambda d: schema(d, "Tag")["properties"].pop("kind"),
        "201/kind is gone",
    ),
    "member that may be missing": (
        lambda d: schema(d, "Tag").update(required=["id"]),
        "201/name may be missing now",
    ),
    "member that may be null": (
        lambda d: member(d, "Tag", "name").update(type=["string", "null"]),
        "201/name was string and is null or string",
    ),
    "alternative of an answer": (
        lambda d: member(d, "Tag", "parent")["anyOf"].append({"type": "string"}),
        "201/parent was object and is string",
    ),
    "type of an answer": (
        lambda d: member(d, "Tag", "name").update(type="integer"),
        "201/name was string and is integer",
    ),
    "format of an answer": (
        lambda d: member(d, "Tag", "id").update(format="uri"),
        "201/id has another format",
    ),
    "word of an answer": (
        lambda d: member(d, "Tag", "kind").update(enum=["free"]),
        "201/kind has no course any more",
    ),
    "member of a body": (
        lambda d: schema(d, "TagIn")["properties"].pop("kind"),
        "the body/kind is gone",
    ),
    "required member": (
        lambda d: schema(d, "TagIn").update(required=["name", "kind"]),
        "the body/kind is required now",
    ),
    "word of a body": (
        lambda d: member(d, "TagIn", "kind").update(enum=["free"]),
        "the body/kind has no course any more",
    ),
    "certain words": (
        lambda d: member(d, "TagIn", "name").update(enum=["a"]),
        "takes certain words only",
    ),
    "lower bound": (
        lambda d: member(d, "TagIn", "name").update(minLength=2),
        "the body/name has a higher minLength",
    ),
    "upper bound": (
        lambda d: member(d, "TagIn", "name").update(maxLength=99),
        "the body/name has a lower maxLength",
    ),
    "new bound": (
        lambda d: member(d, "TagIn", "labels")["items"].update(maxLength=9),
        "the body/labels/* has a lower maxLength",
    ),
    "pattern": (
        lambda d: member(d, "TagIn", "name").update(pattern="^a"),
        "the body/name has another pattern",
    ),
    "null in a body": (
        lambda d: member(d, "TagIn", "weight")["anyOf"].pop(),
        "the body/weight was null and is integer",
    ),
}  # fmt: skip
HARMLESS: dict[str, Change] = {
    "nothing": lambda _: None,
    "a path": lambda d: d["paths"].update({"/x": {"get": {"operationId": "x", "responses": {}}}}),
    "a parameter": lambda d: post(d)["parameters"].append(
        {"name": "key", "in": "header", "required": False, "schema": {}}
    ),
    "fewer scopes": lambda d: post(d).pop("security"),
    "a status": lambda d: post(d)["responses"].update({"429": {}}),
    "a header": lambda d: post(d)["responses"]["201"]["headers"].update({"Location": {}}),
    "a body that may be left out": lambda d: post(d)["requestBody"].update(required=False),
    "a member of an answer": lambda d: schema(d, "Tag")["properties"].update({"x": {}}),
    "a promise": lambda d: schema(d, "Tag")["required"].append("kind"),
    "a member of a body": lambda d: schema(d, "TagIn")["properties"].update({"x": {}}),
    "a word of an answer": lambda d: member(d, "Tag", "kind")["enum"].append("season"),
    "a word of a body": lambda d: member(d, "TagIn", "kind")["enum"].append("season"),
    "wider bounds": lambda d: member(d, "TagIn", "name").update(maxLength=200, minLength=0),
    "a bound less": lambda d: member(d, "TagIn", "name").pop("maxLength"),
    "a wider type of what is sent": lambda d: member(d, "TagIn", "name").update(
        type=["string", "integer"]
    ),
    "an answer that is never null": lambda d: member(d, "Tag", "parent")["anyOf"].pop(),
    "a description": lambda d: post(d).update(description="Words."),
}  # fmt: skip


class TestComparison:
    @pytest.mark.parametrize("name", BREAKING)
    def test_a_break_is_told_with_its_place(self, name: str) -> None:
        change, sentence = BREAKING[name]
        found = breaks(change)
        assert found
        assert any(sentence in each for each in found), found

    @pytest.mark.parametrize("name", HARMLESS)
    def test_an_addition_passes(self, name: str) -> None:
        assert breaks(HARMLESS[name]) == []

    def test_our_own_document_is_compatible_with_itself(self) -> None:
        document = json.loads((ROOT / DOCUMENT).read_text("utf-8"))
        assert list(Comparison(document, document).breaks()) == []


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of one commit that holds the base."""
    (tmp_path / DOCUMENT).parent.mkdir(parents=True)
    (tmp_path / DOCUMENT).write_text(json.dumps(BASE))
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for arguments in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        [*who, "commit", "-q", "-m", "a"],
    ):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    monkeypatch.setattr(openapi_diff, "ROOT", tmp_path)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["openapi_diff.py", *arguments])
    return openapi_diff.main()


class TestCommand:
    def test_refuses_what_breaks_since_a_revision(
        self,
        repository: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        changed = copy.deepcopy(BASE)
        del changed["paths"]["/tags"]["get"]
        (repository / DOCUMENT).write_text(json.dumps(changed))
        assert run(monkeypatch, "HEAD") == 1
        assert capsys.readouterr().err.splitlines() == [
            "openapi-diff: GET /tags is gone",
            "openapi-diff: 1 breaking changes since HEAD",
        ]

    def test_compares_with_the_last_release(
        self, repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        subprocess.run(["git", "tag", "v1"], cwd=repository, check=True)
        assert run(monkeypatch, "--release") == 0
        assert capsys.readouterr().err == "openapi-diff: 0 breaking changes since v1\n"

    @pytest.mark.usefixtures("repository")
    def test_says_loudly_that_nothing_was_released(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(monkeypatch, "--release") == 0
        assert "NOT CHECKED" in capsys.readouterr().err

    @pytest.mark.usefixtures("repository")
    def test_a_revision_without_the_document_is_no_base(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert run(monkeypatch, "nowhere") == 2
