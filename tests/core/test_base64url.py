"""base64url: one text per value, one value per text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.core import base64url


class TestBase64Url:
    @pytest.mark.parametrize(
        ("data", "text"),
        [(b"", ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foo", "Zm9v"), (b"\xfb\xff", "-_8")],
    )
    def test_the_vectors_of_rfc_4648_without_padding(self, data: bytes, text: str) -> None:
        assert base64url.encode(data) == text
        assert base64url.decode(text) == data

    @given(st.binary())
    def test_every_value_comes_back(self, data: bytes) -> None:
        assert base64url.decode(base64url.encode(data)) == data

    @pytest.mark.parametrize(
        "text", ["Zg==", "Zh", "Z", "Zm9v\n", "Z m9v", "+_8", "-/8", "é", "Zg=", "\ud800"]
    )
    def test_second_spellings_are_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="base64url"):
            base64url.decode(text)

    @given(st.text(alphabet="AQZgw_-8", max_size=12))
    def test_what_can_be_decoded_encodes_to_the_same_text(self, text: str) -> None:
        try:
            data = base64url.decode(text)
        except ValueError:
            return
        assert base64url.encode(data) == text
