"""Turns the values that callers send into the values that are stored: complete, with ids."""

from fractions import Fraction
from typing import Any
from uuid import UUID

from potluck.core.ids import new_id
from potluck.domain import step_text
from potluck.domain.line_text import Amount, LineParts, write
from potluck.schemas import recipe as schema

# A step uses the whole of a line unless it says otherwise.
_WHOLE = Fraction(1)


def groups(sent: list[schema.IngredientGroupIn], *, language: str) -> list[schema.IngredientGroup]:
    """Ingredient groups; lines that came without words are written in `language`."""
    return [
        schema.IngredientGroup(
            id=_own(group.id),
            name=group.name,
            lines=[_line(line, language=language) for line in group.lines],
        )
        for group in sent
    ]


def sections(sent: list[schema.SectionIn]) -> list[schema.Section]:
    """Sections with their steps."""
    return [
        schema.Section(
            id=_own(section.id), name=section.name, steps=[_step(step) for step in section.steps]
        )
        for section in sent
    ]


def times(sent: schema.TimesIn) -> schema.Times:
    """The four durations."""
    return schema.Times(
        prep=_time(sent.prep),
        cook=_time(sent.cook),
        rest=_time(sent.rest),
        total=_time(sent.total),
    )


def notes(sent: list[schema.NoteIn]) -> list[schema.Note]:
    """Notes."""
    return [schema.Note(id=_own(note.id), title=note.title, text=note.text) for note in sent]


def yields(sent: schema.YieldsIn) -> schema.Yields:
    """The yield; nothing in it has to be filled in."""
    return schema.Yields(**_members(sent))


def source(sent: schema.SourceIn) -> schema.Source:
    """The source; nothing in it has to be filled in."""
    return schema.Source(**_members(sent))


def nutrition(sent: schema.NutritionIn | None) -> schema.Nutrition | None:
    """The nutrition panel, if there is one."""
    return None if sent is None else schema.Nutrition.model_validate(sent.model_dump())


def _own(id: UUID | None) -> UUID:
    return id or new_id()


def _members(sent: schema.YieldsIn | schema.SourceIn) -> dict[str, Any]:
    return dict(sent)


def _line(sent: schema.IngredientLineIn, *, language: str) -> schema.IngredientLine:
    return schema.IngredientLine(
        id=_own(sent.id),
        kind=sent.kind,
        quantity=schema.Quantity.model_validate(sent.quantity.resolved()),
        unit_text=sent.unit_text,
        unit_id=None,
        food_text=sent.food_text,
        food_id=None,
        package=None if sent.package is None else schema.Package(**dict(sent.package)),
        plus=[schema.AddedAmount(**dict(amount)) for amount in sent.plus],
        preparation=sent.preparation,
        note=sent.note,
        optional=sent.optional,
        alt_group=sent.alt_group,
        alt_rank=sent.alt_rank,
        scaling=schema.Scaling(**dict(sent.scaling)),
        original_text=sent.original_text or _written(sent, language=language),
        parse=None,
    )


def _written(sent: schema.IngredientLineIn, *, language: str) -> str:
    package = sent.package
    parts = LineParts(
        quantity=sent.quantity.resolved(),
        unit=sent.unit_text,
        food=sent.food_text or "",
        package=None if package is None else Amount(package.size, package.unit_text),
        plus=tuple(Amount(added.amount, added.unit_text) for added in sent.plus),
        preparation=sent.preparation,
        note=sent.note,
        is_optional=sent.optional,
    )
    return write(parts, language=language)


def _step(sent: schema.StepIn) -> schema.Step:
    return schema.Step(
        id=_own(sent.id),
        title=sent.title,
        text=step_text.canonical(sent.text),
        ingredients=[
            schema.StepIngredient(
                line_id=used.line_id, share=_WHOLE if used.share is None else used.share
            )
            for used in sent.ingredients
        ],
        timers=[_timer(timer) for timer in sent.timers],
        active_s=sent.active_s,
        passive_s=sent.passive_s,
    )


def _timer(sent: schema.StepTimerIn) -> schema.StepTimer:
    return schema.StepTimer(
        id=_own(sent.id),
        label=sent.label,
        min_s=sent.min_s,
        max_s=sent.min_s if sent.max_s is None else sent.max_s,
        source=sent.source,
    )


def _time(sent: schema.TimeRangeIn | None) -> schema.TimeRange | None:
    if sent is None:
        return None
    return schema.TimeRange(
        min_s=sent.min_s,
        max_s=sent.min_s if sent.max_s is None else sent.max_s,
        original_text=sent.original_text,
    )
