"""The rules that span the values of a recipe document: ids, references, alternatives."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from potluck.core.errors import Invalid
from potluck.domain import step_text
from potluck.schemas.recipe import IngredientLine, RecipeContent, Step

#: More broken members than this in one answer help nobody.
MAX_ERRORS = 100

#: The members that hold values with ids, in the order in which a reader meets them.
MEMBERS_WITH_IDS = ("ingredient_groups", "sections", "notes")


@dataclass(frozen=True, slots=True)
class _Broken:
    path: tuple[str | int, ...]
    code: str
    detail: str


def check(content: RecipeContent, *, sent: Collection[str]) -> None:
    """Raise Invalid, with a pointer for each broken rule, unless `content` obeys all of them.

    `sent` names the members that the caller sent. A rule that broke in a member that was not sent
    was broken by one that was: there the error points.
    """
    errors: list[dict[str, str]] = []
    for error in (_error(broken, sent=sent) for broken in _all_broken(content)):
        if error not in errors:
            errors.append(error)
        if len(errors) == MAX_ERRORS:
            break
    if errors:
        count = "1 member needs" if len(errors) == 1 else f"{len(errors)} members need"
        raise Invalid(f"{count} attention.", errors=errors)


def _error(broken: _Broken, *, sent: Collection[str]) -> dict[str, str]:
    path = broken.path
    if path[0] not in sent:
        path = tuple(name for name in MEMBERS_WITH_IDS if name in sent)[:1]
    pointer = "".join(f"/{part}" for part in path)
    return {"in": "body", "pointer": pointer, "code": broken.code, "detail": broken.detail}


def _all_broken(content: RecipeContent) -> Iterator[_Broken]:
    yield from _broken_ids(content)
    yield from _broken_alternatives(content)
    yield from _broken_references(content)


def _lines(content: RecipeContent) -> Iterator[tuple[tuple[str | int, ...], IngredientLine]]:
    for i, group in enumerate(content.ingredient_groups):
        for j, line in enumerate(group.lines):
            yield ("ingredient_groups", i, "lines", j), line


def _steps(content: RecipeContent) -> Iterator[tuple[tuple[str | int, ...], Step]]:
    for i, section in enumerate(content.sections):
        for j, step in enumerate(section.steps):
            yield ("sections", i, "steps", j), step


def _ids(content: RecipeContent) -> Iterator[tuple[tuple[str | int, ...], UUID]]:
    for i, group in enumerate(content.ingredient_groups):
        yield ("ingredient_groups", i), group.id
    for path, line in _lines(content):
        yield path, line.id
    for i, section in enumerate(content.sections):
        yield ("sections", i), section.id
    for path, step in _steps(content):
        yield path, step.id
        for i, timer in enumerate(step.timers):
            yield (*path, "timers", i), timer.id
    for i, note in enumerate(content.notes):
        yield ("notes", i), note.id


def _broken_ids(content: RecipeContent) -> Iterator[_Broken]:
    seen: set[UUID] = set()
    for path, id in _ids(content):
        if id in seen:
            yield _Broken((*path, "id"), "id_not_unique", "The id stands elsewhere in the recipe.")
        seen.add(id)


def _broken_alternatives(content: RecipeContent) -> Iterator[_Broken]:
    ranks: dict[int, Counter[int | None]] = {}
    for path, line in _lines(content):
        if line.alt_group is None:
            continue
        taken = ranks.setdefault(line.alt_group, Counter())
        taken[line.alt_rank] += 1
        if taken[line.alt_rank] > 1:
            detail = "Lines of one alt_group have different ranks."
            yield _Broken((*path, "alt_rank"), "alternative_rank_repeated", detail)
    for path, line in _lines(content):
        if line.alt_group is not None and ranks[line.alt_group][0] == 0:
            ranks[line.alt_group][0] = 1  # one error per group is enough
            detail = "One line of an alt_group has rank 0."
            yield _Broken((*path, "alt_rank"), "alternative_without_first", detail)


def _broken_references(content: RecipeContent) -> Iterator[_Broken]:
    lines = {line.id for _, line in _lines(content)}
    timers = {timer.id for _, step in _steps(content) for timer in step.timers}
    known = {"line": lines, "timer": timers}
    for path, step in _steps(content):
        for i, used in enumerate(step.ingredients):
            if used.line_id not in lines:
                yield _unknown((*path, "ingredients", i, "line_id"), "line")
        named = step_text.references(step.text)
        for kind in {each.kind: None for each in named if each.id not in known[each.kind]}:
            yield _unknown((*path, "text"), kind)


def _unknown(path: tuple[str | int, ...], kind: str) -> _Broken:
    return _Broken(path, f"unknown_{kind}", f"The recipe has no {kind} of this id.")
