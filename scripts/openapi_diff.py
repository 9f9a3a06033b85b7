"""Refuse changes of the API's document that would break a client of an earlier one.

    openapi_diff.py [--release] [REVISION]

Compares docs/reference/openapi.json with the same file of a git revision: the one named, else where
this branch left `main`, else the commit before; with `--release` the last tag. Additions pass: an
operation, a parameter or member that may be left out, a member or a word of an answer, a status.
Breaking are what goes, what becomes required, narrower bounds and other types of what is sent, and
answers that may be null or of a type that they were not. Nothing but Python and git is needed.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = "docs/reference/openapi.json"
LOWEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
HIGHEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
SAME = ("format", "pattern", "contentMediaType")


class Comparison:
    """Two documents; `breaks` says what a client of the old one would stumble over in the new."""

    def __init__(self, old: Json, new: Json) -> None:
        self.old, self.new = old, new
        self._open: set[tuple[str, str, bool]] = set()

    def breaks(self) -> Iterator[str]:
        """A sentence for each break."""
        for path, item in self.old["paths"].items():
            for method, operation in item.items():
                there = self.new["paths"].get(path, {}).get(method)
                name = f"{method.upper()} {path}"
                if there is None:
                    yield f"{name} is gone"
                else:
                    yield from (f"{name}: {each}" for each in self._operation(operation, there))

    def _operation(self, old: Json, new: Json) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"its id {old['operationId']} is {new['operationId']} now"
        if not all(any(_opens(key, lock) for lock in _locks(new)) for key in _locks(old)):
            yield "it takes other scopes"
        yield from self._parameters(old, new)
        yield from self._bodies(old.get("requestBody"), new.get("requestBody"))
        for status, response in old["responses"].items():
            if status not in new["responses"]:
                yield f"the status {status} is gone"
                continue
            there = new["responses"][status]
            for header in response.get("headers", {}).keys() - there.get("headers", {}).keys():
                yield f"the header {header} of {status} is gone"
            yield from self._contents(response, there, status, is_sent=False)

    def _parameters(self, old: Json, new: Json) -> Iterator[str]:
        before, now = _named(old), _named(new)
        for name in before.keys() - now.keys():
            yield f"the parameter {name} is gone"
        for name, parameter in now.items():
            if parameter.get("required") and not before.get(name, {}).get("required"):
                yield f"the parameter {name} is required now"
            if name in before:
                schemas = before[name]["schema"], parameter["schema"]
                yield from self._schema(*schemas, f"the parameter {name}", is_sent=True)

    def _bodies(self, old: Json | None, new: Json | None) -> Iterator[str]:
        if new is not None and new.get("required") and not (old or {}).get("required"):
            yield "a body is required now"
        if old is not None and new is None:
            yield "it takes no body any more"
        elif old is not None and new is not None:
            yield from self._contents(old, new, "the body", is_sent=True)

    def _contents(self, old: Json, new: Json, where: str, *, is_sent: bool) -> Iterator[str]:
        for media_type, content in old.get("content", {}).items():
            there = new.get("content", {}).get(media_type)
            if there is None:
                yield f"{where} is no longer {media_type}"
            else:
                yield from self._schema(content["schema"], there["schema"], where, is_sent=is_sent)

    def _schema(self, old: Json, new: Json, where: str, *, is_sent: bool) -> Iterator[str]:
        pair = (json.dumps(old, sort_keys=True), json.dumps(new, sort_keys=True), is_sent)
        if pair in self._open:  # a schema inside itself
            return
        self._open.add(pair)
        olds, news = _alternatives(old, self.old), _alternatives(new, self.new)
        if len(olds) == len(news) == 1:
            yield from self._plain(olds[0], news[0], where, is_sent=is_sent)
        else:
            # What was taken must be taken still; what is answered must have been answered before.
            askers, givers = (olds, news) if is_sent else (news, olds)
            for asker in askers:
                tries = [self._tried(asker, giver, where, is_sent=is_sent) for giver in givers]
                yield from min(tries, key=len)
        self._open.discard(pair)

    def _tried(self, asker: Json, giver: Json, where: str, *, is_sent: bool) -> list[str]:
        old, new = (asker, giver) if is_sent else (giver, asker)
        return list(self._plain(old, new, where, is_sent=is_sent))

    def _plain(self, old: Json, new: Json, where: str, *, is_sent: bool) -> Iterator[str]:
        before, now = _types(old), _types(new)
        wider, narrower = (now, before) if is_sent else (before, now)
        if wider and not narrower <= wider and not (narrower == {"integer"} and "number" in wider):
            yield f"{where} was {_words(before)} and is {_words(now)}"
            return
        for word in sorted(map(str, set(_enum(old)) - set(_enum(new)))) if _enum(new) else ():
            yield f"{where} has no {word} any more"
        if is_sent and _enum(new) and not _enum(old):
            yield f"{where} takes certain words only"
        yield from _bounds(old, new, where, is_sent=is_sent)
        yield from self._members(old, new, where, is_sent=is_sent)
        for inside in ("items", "additionalProperties"):
            if isinstance(old.get(inside), dict) and isinstance(new.get(inside), dict):
                yield from self._schema(old[inside], new[inside], f"{where}/*", is_sent=is_sent)

    def _members(self, old: Json, new: Json, where: str, *, is_sent: bool) -> Iterator[str]:
        before, now = old.get("properties", {}), new.get("properties", {})
        for name in before.keys() - now.keys():
            yield f"{where}/{name} is gone"
        needed, promised = set(new.get("required", ())), set(old.get("required", ()))
        for name in sorted(needed - promised if is_sent else ()):
            yield f"{where}/{name} is required now"
        for name in sorted((promised - needed) & now.keys() if not is_sent else ()):
            yield f"{where}/{name} may be missing now"
        for name in before.keys() & now.keys():
            yield from self._schema(before[name], now[name], f"{where}/{name}", is_sent=is_sent)


def _bounds(old: Json, new: Json, where: str, *, is_sent: bool) -> Iterator[str]:
    for name in SAME:
        is_dropped = is_sent and name not in new
        if old.get(name) != new.get(name) and not is_dropped:
            yield f"{where} has another {name}"
    for name in LOWEST if is_sent else ():
        if name in new and (name not in old or new[name] > old[name]):
            yield f"{where} has a higher {name}"
    for name in HIGHEST if is_sent else ():
        if name in new and (name not in old or new[name] < old[name]):
            yield f"{where} has a lower {name}"


def _alternatives(schema: Json, document: Json) -> list[Json]:
    """The schemas of which one must hold, without references to others."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _alternatives(document["components"]["schemas"][name], document)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if not choices:
        return [schema]
    return [each for choice in choices for each in _alternatives(choice, document)]


def _types(schema: Json) -> set[str]:
    found = schema.get("type", [])
    return {found} if isinstance(found, str) else set(found)


def _words(types: set[str]) -> str:
    return " or ".join(sorted(types)) or "anything"


def _enum(schema: Json) -> list[Any]:
    return [schema["const"]] if "const" in schema else schema.get("enum", [])


def _named(operation: Json) -> dict[str, Json]:
    return {f"{each['name']} ({each['in']})": each for each in operation.get("parameters", [])}


def _locks(operation: Json) -> list[set[str]]:
    """The sets of scopes of which one is asked for."""
    alternatives = operation.get("security") or [{}]
    return [
        {f"{name}:{scope}" for name, scopes in each.items() for scope in ["", *scopes]}
        for each in alternatives
    ]


def _opens(key: set[str], lock: set[str]) -> bool:
    return lock <= key


def git(*arguments: str) -> str:
    """What a git command prints; empty when it fails."""
    done = subprocess.run(  # noqa: S603 - our own words, and a revision of whoever calls
        ["git", *arguments],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout if done.returncode == 0 else ""


def base_of(revision: str, *, is_release: bool) -> str:
    """The revision to compare with; empty when there is none."""
    if revision:
        return revision
    if is_release:
        return git("describe", "--tags", "--abbrev=0").strip()
    head = git("rev-parse", "HEAD").strip()
    forks = (git("merge-base", "HEAD", branch).strip() for branch in ("origin/main", "main"))
    return next((fork for fork in forks if fork not in {"", head}), "HEAD~1")


def say(sentence: str) -> None:
    """One line for the person at the terminal."""
    sys.stderr.write(f"openapi-diff: {sentence}\n")


def main() -> int:
    """Read the command line; 0 when nothing breaks, 1 when something does, 2 without a base."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--release", action="store_true", help="compare with the last tag")
    parser.add_argument("revision", nargs="?", default="")
    arguments = parser.parse_args()
    base = base_of(arguments.revision, is_release=arguments.release)
    if not base:
        say("NOT CHECKED: no release has been tagged yet, so there is nothing to keep")
        return 0
    text = git("show", f"{base}:{DOCUMENT}")
    if not text:
        say(f"{base} has no {DOCUMENT}")
        return 2
    new = json.loads((ROOT / DOCUMENT).read_text("utf-8"))
    found = list(dict.fromkeys(Comparison(json.loads(text), new).breaks()))
    for each in found:
        say(each)
    say(f"{len(found)} breaking changes since {base}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
