"""The lists of a recipe as text areas: ingredients, steps, notes, tags; pure.

`..._text` writes what the form shows. `read_...` gives the members that are sent, as plain JSON:
what stayed as it was is taken over whole, with all that the text does not show.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from potluck.domain import step_text
from potluck.domain.step_text import Reference
from potluck.domain.text import fold
from potluck.schemas.recipe.write import MAX_LINES, MAX_STEPS
from potluck.web import recipe_text
from potluck.web.recipe_text import Block, Plain, escaped, flat, refuse_many, unescaped

#: As `schemas.recipe.write` has them; asked before texts are compared.
_MAX_BLOCKS, _MAX_NOTES = 50, 20
#: What a reworded line keeps beside its id: its place among alternatives, and how it scales.
_LINE_KEEPS = ("id", "kind", "alt_group", "alt_rank", "scaling")


def ingredients_text(groups: Sequence[Plain]) -> str:
    """One line each, groups under headings."""
    blocks = [
        (group["name"], [escaped(flat(line["original_text"])) for line in group["lines"]])
        for group in groups
    ]
    return recipe_text.write_blocks(blocks, apart="\n")


def read_ingredients(text: str, before: Sequence[Plain]) -> list[dict[str, Any]]:
    """Ingredient groups, as `IngredientGroupIn` takes them. Raises ValueError for too many."""
    blocks = recipe_text.read_lines(text)
    refuse_many(sum(len(block.items) for block in blocks), MAX_LINES, "ingredients")
    refuse_many(len(blocks), _MAX_BLOCKS, "groups")
    old = [line for group in before for line in group["lines"]]
    typed = [item for block in blocks for item in block.items]
    lines = [
        _line(item, None if origin is None else old[origin])
        for item, origin in zip(
            typed,
            recipe_text.origins(typed, [flat(line["original_text"]) for line in old]),
            strict=True,
        )
    ]
    _mend_alternatives(lines)
    return _grouped(blocks, before, lines, "lines")


def steps_text(sections: Sequence[Plain]) -> str:
    """Steps with blank lines between, sections under headings, titles of steps after "##"."""
    blocks = [
        (section["name"], [_shown(step) for step in section["steps"]]) for section in sections
    ]
    return recipe_text.write_blocks(blocks, apart="\n\n")


def read_steps(text: str, before: Sequence[Plain]) -> list[dict[str, Any]]:
    """Sections, as `SectionIn` takes them. Raises ValueError for too many."""
    blocks = recipe_text.read_paragraphs(text)
    refuse_many(sum(len(block.items) for block in blocks), MAX_STEPS, "steps")
    refuse_many(len(blocks), _MAX_BLOCKS, "sections")
    old = [step for section in before for step in section["steps"]]
    typed = [_typed_step(item) for block in blocks for item in block.items]
    keys, old_keys = [_key(*each) for each in typed], [_key(*_title_and_text(each)) for each in old]
    found = recipe_text.origins(keys, old_keys)
    steps = []
    for (title, body), key, origin in zip(typed, keys, found, strict=True):
        if origin is None:
            steps.append({"title": title, "text": body})
        elif key == old_keys[origin]:
            steps.append(dict(old[origin]))
        else:
            steps.append({**old[origin], "title": title, "text": body})
    return _grouped(blocks, before, steps, "steps")


def mend_references(
    sections: list[dict[str, Any]], groups: Sequence[Plain], before: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The sections without references to lines and timers that the recipe held before and lost.

    In the text of a step the words of the line stand in for it.
    """
    lost = _named_parts(before["ingredient_groups"], before["sections"])
    for id in _named_parts(groups, sections):
        lost.pop(id, None)
    if not lost:
        return sections
    return [
        {**section, "steps": [_without(step, lost) for step in section["steps"]]}
        for section in sections
    ]


def notes_text(notes: Sequence[Plain]) -> str:
    """Notes one after the other, titles as headings."""
    parts = []
    for index, note in enumerate(notes):
        heading = [f"# {flat(note['title'])}" if note["title"] else "#"]
        body = "\n".join(escaped(line) for line in note["text"].split("\n"))
        parts.append("\n".join([*(heading if note["title"] or index else []), body]))
    return "\n\n".join(parts)


def read_notes(text: str, before: Sequence[Plain]) -> list[dict[str, Any]]:
    """Notes, as `NoteIn` takes them. Raises ValueError for too many."""
    typed = [(title, body or title or "") for title, body in recipe_text.read_headed_texts(text)]
    refuse_many(len(typed), _MAX_NOTES, "notes")
    keys = [_key(title, body) for title, body in typed]
    old = [_key(note["title"] and flat(note["title"]), note["text"]) for note in before]
    notes: list[dict[str, Any]] = []
    for (title, body), key, origin in zip(typed, keys, recipe_text.origins(keys, old), strict=True):
        if origin is None:
            notes.append({"title": title, "text": body})
        elif key == old[origin]:
            notes.append(dict(before[origin]))
        else:
            notes.append({"id": before[origin]["id"], "title": title, "text": body})
    return notes


def tags_text(tags: Sequence[Plain]) -> str:
    """Names with commas between; a name that holds a comma is quoted as in CSV (RFC 4180)."""
    file = io.StringIO()
    csv.writer(file, lineterminator="").writerow([flat(tag["name"]) for tag in tags])
    return re.sub(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', ", ", file.getvalue()) if tags else ""


def read_tags(text: str, before: Sequence[Plain]) -> list[dict[str, Any]]:
    """Tags, as `TagIn` takes them; a tag that was there keeps its kind. Raises ValueError."""
    try:
        rows = list(csv.reader([text.replace("\n", " ")], skipinitialspace=True))
    except csv.Error as error:
        raise ValueError("Put commas between the tags.") from error
    known: dict[str, list[Plain]] = {}
    for tag in reversed(before):
        known.setdefault(fold(tag["name"]), []).append(tag)
    names = [name.strip() for row in rows for name in row if name.strip()]
    return [
        dict(same.pop()) if (same := known.get(fold(name))) else {"name": name} for name in names
    ]


def _line(item: str, origin: Plain | None) -> dict[str, Any]:
    if origin is None:
        return {"original_text": item}
    if item == flat(origin["original_text"]):
        return dict(origin)
    kept = {name: origin[name] for name in _LINE_KEEPS if name in origin}
    return kept | {"original_text": item}


def _mend_alternatives(lines: list[dict[str, Any]]) -> None:
    """Each group of alternatives has a first one, and one alone is no alternative."""
    groups: dict[int, list[dict[str, Any]]] = {}
    for line in lines:
        if line.get("alt_group") is not None:
            groups.setdefault(line["alt_group"], []).append(line)
    for members in groups.values():
        if len(members) == 1 and members[0]["alt_rank"] != 0:
            members[0].update(alt_group=None, alt_rank=None)
        elif all(line["alt_rank"] != 0 for line in members):
            min(members, key=lambda line: int(line["alt_rank"]))["alt_rank"] = 0


def _grouped(
    blocks: Sequence[Block], before: Sequence[Plain], items: list[dict[str, Any]], name: str
) -> list[dict[str, Any]]:
    """The blocks as groups or sections, each with the next of `items`, in order."""
    heads = recipe_text.origins(
        [block.heading or "" for block in blocks], [flat(group["name"] or "") for group in before]
    )
    groups: list[dict[str, Any]] = []
    rest = iter(items)
    for block, head in zip(blocks, heads, strict=True):
        group: dict[str, Any] = {"name": block.heading or None}
        if head is not None:
            same = flat(before[head]["name"] or "") == (block.heading or "")
            words = before[head]["name"] if same else group["name"]
            group = {"id": before[head]["id"], "name": words}
        groups.append(group | {name: [next(rest) for _ in block.items]})
    return groups


def _shown(step: Plain) -> str:
    title, body = _title_and_text(step)
    lines = [escaped(line) for line in body.split("\n")]
    return "\n".join([f"## {title}", *lines] if title else lines)


def _title_and_text(step: Plain) -> tuple[str | None, str]:
    title = flat(step["title"]) if step["title"] else None
    return title, recipe_text.without_blank_lines(step["text"])


def _typed_step(paragraph: str) -> tuple[str | None, str]:
    first, _, rest = paragraph.partition("\n")
    if not first.startswith("##"):
        return None, "\n".join(map(unescaped, paragraph.split("\n")))
    title = first[2:].strip()
    body = recipe_text.without_blank_lines("\n".join(map(unescaped, rest.split("\n"))))
    return (title or None, body) if body else (None, title)


def _key(title: str | None, body: str) -> str:
    return f"## {title}\n{body}" if title else body


def _named_parts(groups: Sequence[Plain], sections: Sequence[Plain]) -> dict[UUID, str]:
    """What steps may refer to: id and words."""
    lines = (line for group in groups for line in group["lines"])
    timers = (timer for step in _steps(sections) for timer in step.get("timers") or ())
    found = {UUID(each["id"]): each["original_text"] for each in lines if each.get("id")}
    return found | {UUID(each["id"]): each["label"] or "" for each in timers if each.get("id")}


def _steps(sections: Sequence[Plain]) -> Iterator[Plain]:
    return (step for section in sections for step in section["steps"])


def _without(step: Plain, lost: Mapping[UUID, str]) -> dict[str, Any]:
    kept = [each for each in step.get("ingredients") or () if UUID(each["line_id"]) not in lost]
    text = step["text"]
    named = {(part.kind, part.id) for part in step_text.parts(text) if isinstance(part, Reference)}
    for kind, id in named:
        if id is not None and id in lost:
            text = text.replace(f"{{{{{kind}:{id}}}}}", lost[id])
    return {**step, "text": text, "ingredients": kept}
