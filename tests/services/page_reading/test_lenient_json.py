from typing import Any

import pytest

from potluck.services.page_reading.lenient_json import read_documents


class TestReadDocuments:
    @pytest.mark.parametrize(
        "text",
        [
            '{"a": ["b", "c"]}',
            '{"a": ["b", "c",],}',
            '{"a": ["b", /* two */ "c"]} // end',
            '<!-- {"a": ["b", "c"]} -->',
            '//<![CDATA[\n{"a": ["b", "c"]}\n//]]>',
            '/* <![CDATA[ */{"a": ["b", "c"]};/* ]]> */',
            '{"a": ["b", "c"]};',
            "{&quot;a&quot;: [&quot;b&quot;, &quot;c&quot;]}",
            '\ufeff{"a": ["b", "c"]}',
        ],
    )
    def test_what_surrounds_and_litters_json_is_ignored(self, text: str) -> None:
        assert read_documents(text) == [{"a": ["b", "c"]}]

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ('{"a": "one\ntwo\tthree"}', "one\ntwo\tthree"),
            ('{"a": "a 12" pan",}', 'a 12" pan'),
            (r'{"a": "it\'s",}', "it's"),
            (r'{"a": "\x41\u12",}', "x41\\u12"),
            ('{"a": "// no comment",}', "// no comment"),
            ('{"a": 1.50}', "1.50"),
            ('{"a": ' + "9" * 100_000 + "}", "9" * 100_000),
            ('{"a": NaN}', None),
        ],
    )
    def test_broken_and_odd_values_are_mended(self, text: str, value: Any) -> None:
        assert read_documents(text) == [{"a": value}]

    def test_several_documents_in_one_script(self) -> None:
        assert read_documents('{"a": "1"}\n{"b": "2"},[]') == [{"a": "1"}, {"b": "2"}, []]

    @pytest.mark.parametrize("text", ["", "  ", "{", "not json", "[" * 100_000, '{"a":' * 100_000])
    def test_what_makes_no_sense_is_nothing(self, text: str) -> None:
        assert read_documents(text) == []
