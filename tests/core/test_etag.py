"""Entity tags and preconditions, after RFC 9110."""

import re
import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.core.etag import etag_of, etag_of_body, matches

ID = UUID("0195514d-4a00-7c5e-9d10-6f2a4b3c8e01")
OTHER = UUID("0195514d-4a00-7c5e-9d10-6f2a4b3c8e02")


class TestTags:
    def test_a_tag_is_strong_quoted_and_opaque(self) -> None:
        tag = etag_of("recipe", ID, 3)
        assert re.fullmatch(r'"[A-Za-z0-9_-]{20}"', tag)

    def test_the_same_state_has_the_same_tag_in_every_process(self) -> None:
        assert etag_of("recipe", ID, 3) == '"aL3DIIKqd7jkTATwzhWm"'

    def test_kind_id_and_version_each_change_it(self) -> None:
        tags = {
            etag_of(kind, id, version)
            for kind in ("recipe", "tag")
            for id in (ID, OTHER)
            for version in range(1, 100)
        }
        assert len(tags) == 2 * 2 * 99

    def test_a_body_has_the_tag_of_its_bytes(self) -> None:
        assert etag_of_body(b'{"a":1}') == etag_of_body(b'{"a":1}')
        assert etag_of_body(b'{"a":1}') != etag_of_body(b'{"a":2}')
        assert re.fullmatch(r'"[A-Za-z0-9_-]{20}"', etag_of_body(b""))

    @given(st.uuids(), st.integers(1, 2**31))
    def test_every_tag_matches_itself(self, id: UUID, version: int) -> None:
        tag = etag_of("recipe", id, version)
        assert matches(tag, tag, weak=False)
        assert matches(f"W/{tag}", tag, weak=True)


class TestComparison:
    @pytest.mark.parametrize(
        ("one", "other", "strong", "weak"),
        [
            ('W/"1"', 'W/"1"', False, True),
            ('W/"1"', 'W/"2"', False, False),
            ('W/"1"', '"1"', False, True),
            ('"1"', 'W/"1"', False, True),
            ('"1"', '"1"', True, True),
        ],
    )
    def test_the_table_of_rfc_9110_section_8_8_3_2(
        self, one: str, other: str, strong: bool, weak: bool
    ) -> None:
        assert matches(one, other, weak=False) is strong
        assert matches(one, other, weak=True) is weak


class TestHeaders:
    @pytest.mark.parametrize(
        "header",
        [
            '"x"',
            ' "x" ',
            '\t"x"\t',
            '"a", "x"',
            '"x","b"',
            '"a" ,"x", W/"c"',
            ', ,"x", ,',
            '"a,b", "x"',
            'W/"x", "x"',
            '"", "x"',
            '"\xe9", "x"',
            "*",
            " * ",
        ],
    )
    def test_m03_lists_blanks_empty_elements_and_the_star_are_understood(self, header: str) -> None:
        assert matches(header, '"x"', weak=False)
        assert matches(header, '"x"', weak=True)

    @pytest.mark.parametrize(
        "header",
        [
            None, "", " ", ",", "x", '"', '"x', 'x"', "'x'", '"x" "y"', '"y" "x"', '"x"y', 'w/"x"',
            'W/ "x"', 'W /"x"', '"x"\n', '"x"\0', '"x", y', '"x";"y"', '*, "x"', '"x", *', "**",
            '"x y", "x"', '"x\x7f", "x"', '"y"', '"X"', '"xx"', '"x"W/', "W/", '"\u0430", "x"',
        ],
    )  # fmt: skip
    def test_m03_what_is_absent_different_or_malformed_matches_nothing(
        self, header: str | None
    ) -> None:
        assert not matches(header, '"x"', weak=False)
        assert not matches(header, '"x"', weak=True)

    @given(st.text(alphabet='W/"x, \t*\\\x80é', max_size=30))
    def test_no_header_breaks_it(self, header: str) -> None:
        if matches(header, '"x"', weak=False):
            assert matches(header, '"x"', weak=True)

    @pytest.mark.parametrize(
        "header",
        ['"' * 300_000, '"x",' * 100_000 + "!", " " * 300_000 + "!", 'W/"' * 100_000,
         "," * 300_000 + "!", " ,\t" * 100_000 + "!", '"' + "x" * 300_000],
    )  # fmt: skip
    def test_hostile_headers_take_linear_time(self, header: str) -> None:
        started = time.perf_counter()
        assert not matches(header, '"x"', weak=True)
        assert time.perf_counter() - started < 2
