"""Messages that the next page shows."""

import pytest

from potluck.core import base64url
from potluck.web import flash
from potluck.web.templating import Flash

KEY = b"k" * 32
MESSAGE = Flash(text="“Crème” is in the trash.", undo_path="/recipes/1/restore")


class TestFlash:
    def test_comes_back_as_it_was(self) -> None:
        assert flash.unseal(KEY, "s", flash.seal(KEY, "s", MESSAGE)) == MESSAGE

    def test_is_for_one_session(self) -> None:
        assert flash.unseal(KEY, "t", flash.seal(KEY, "s", MESSAGE)) is None

    @pytest.mark.parametrize("value", ["", "x", "!", "AAAA", base64url.encode(b"\0" * 40)])
    def test_what_others_wrote_is_no_message(self, value: str) -> None:
        assert flash.unseal(KEY, "s", value) is None

    def test_a_changed_one_is_no_message(self) -> None:
        sealed = base64url.decode(flash.seal(KEY, "s", MESSAGE))
        for index in range(len(sealed)):
            changed = bytearray(sealed)
            changed[index] ^= 1
            assert flash.unseal(KEY, "s", base64url.encode(bytes(changed))) is None
