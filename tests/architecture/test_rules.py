"""House rules as code. Each failure says where, and what to do instead."""

from collections.abc import Iterator

import pytest
from pydantic import BaseModel
from sqlalchemy.orm import Mapper, RelationshipProperty

from potluck import models
from potluck.db.base import Base
from potluck.main import create_app
from potluck.schemas.base import Out
from tests.architecture.modules import modules
from tests.architecture.rules import RULES, Rule

MODULES = modules()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
class TestRule:
    def test_holds(self, rule: Rule) -> None:
        found = {
            module.path: places
            for module in MODULES
            if module.path not in rule.excepted and (places := list(rule.find(module)))
        }
        assert found == {}, rule.instead

    def test_sees_a_breach(self, rule: Rule) -> None:
        assert list(rule.find(rule.breach))

    def test_excepts_only_what_needs_it(self, rule: Rule) -> None:
        breaking = {module.path for module in MODULES if list(rule.find(module))}
        assert set(rule.excepted) - breaking == set(), "take the exception out again"


class TestSchemas:
    def test_there_are_answers_to_look_at(self) -> None:
        assert len(list(answers(Out))) > 10

    @pytest.mark.parametrize("name", ["version", "created_at"])
    def test_a_default_would_be_seen(self, name: str) -> None:
        class Sample(Out):
            version: int = 1
            created_at: str = ""

        assert name in with_default(Sample)

    def test_answers_have_no_optional_members(self) -> None:
        create_app  # noqa: B018 - imported, so that every schema that is answered is known
        found = {each.__name__: with_default(each) for each in answers(Out) if with_default(each)}
        assert found == {}, "a default makes generated clients treat the member as maybe absent"


def answers(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Every schema of the package below `base`."""
    for child in base.__subclasses__():
        if child.__module__.startswith("potluck."):
            yield child
        yield from answers(child)


def with_default(schema: type[BaseModel]) -> list[str]:
    return [name for name, field in schema.model_fields.items() if not field.is_required()]


class TestModels:
    def test_every_model_is_exported(self) -> None:
        """A mapper that was not imported is missing in migrations."""
        mapped = {mapper.class_.__name__ for mapper in mappers()}
        assert mapped == set(models.__all__), "add it to potluck/models/__init__.py"

    def test_relationships_are_loaded_on_purpose(self) -> None:
        found = [
            str(relation)
            for relation in relationships()
            if relation.lazy not in {"raise", "noload"}
        ]
        assert found == [], 'lazy="raise": what a query did not ask for must not be loaded later'

    def test_there_are_relationships_to_look_at(self) -> None:
        assert len(list(relationships())) > 5


def mappers() -> list[Mapper[Base]]:
    return [
        mapper
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("potluck.models")
    ]


def relationships() -> Iterator[RelationshipProperty[object]]:
    for mapper in mappers():
        yield from mapper.relationships
