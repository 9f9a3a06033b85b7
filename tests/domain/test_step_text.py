from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.domain.step_text import Reference, Temperature, canonical, parts, references

ID = "0192f0a1-7c5e-7d3a-9b1c-2f6d0e8a4b57"


class TestParts:
    def test_cuts_the_text_at_its_tokens(self) -> None:
        text = f"Fold in {{{{line:{ID}}}}}, bake at {{{{temp:180C}}}} for {{{{timer:{ID}}}}}"
        assert list(parts(text)) == [
            "Fold in ",
            Reference("line", UUID(ID)),
            ", bake at ",
            Temperature(180, "C"),
            " for ",
            Reference("timer", UUID(ID)),
        ]

    def test_reads_fahrenheit_and_frost(self) -> None:
        assert list(parts("{{temp:350F}}{{temp:-18C}}")) == [
            Temperature(350, "F"),
            Temperature(-18, "C"),
        ]

    def test_a_reference_that_is_no_id_has_none(self) -> None:
        assert list(parts("{{line:2}}")) == [Reference("line", None)]

    @pytest.mark.parametrize(
        "text",
        [
            "{{7*7}}", "{0.__class__}", "${7*7}", "{{ line:1 }}", "{{line}}", "{{line:}}",
            "{{temp:hot}}", "{{temp:180K}}", "{{food:1}}", "{line:1}", "{{line:1}", "{}", "{{}}",
            "{{line:{{line", "{% raw %}",
        ],
    )  # fmt: skip
    def test_i09_other_braces_are_text(self, text: str) -> None:
        assert list(parts(text)) == [text]
        assert canonical(text) == text

    @given(st.text("{}line:tmpr1CF ", max_size=60))
    def test_text_without_references_is_never_changed(self, text: str) -> None:
        assert canonical(text) == text
        assert all(part for part in parts(text))


class TestReferences:
    def test_are_given_in_order(self) -> None:
        text = f"{{{{timer:{ID}}}}} {{{{temp:180C}}}} {{{{line:{ID}}}}}"
        assert [reference.kind for reference in references(text)] == ["timer", "line"]


class TestCanonical:
    def test_ids_are_written_in_lower_case(self) -> None:
        assert canonical(f"A {{{{line:{ID.upper()}}}}} B") == f"A {{{{line:{ID}}}}} B"
