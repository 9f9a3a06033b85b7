"""Sealed values: they open with their key in their place, and nowhere else."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.core import base64url, sealing
from potluck.core.sealing import Unsealable

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
PLACE = sealing.cell("signing_key", "private_sealed", "kid-1")


class TestSealing:
    @given(st.binary(max_size=200), st.binary(max_size=50))
    def test_what_was_sealed_opens_again(self, plaintext: bytes, place: bytes) -> None:
        assert sealing.unseal(KEY, sealing.seal(KEY, plaintext, place), place) == plaintext

    def test_sealing_twice_gives_two_texts(self) -> None:
        assert sealing.seal(KEY, b"same", PLACE) != sealing.seal(KEY, b"same", PLACE)

    def test_the_text_names_format_and_key_and_shows_nothing_else(self) -> None:
        version, name, box = sealing.seal(KEY, b"a private key", PLACE).split(".")
        assert (version, name) == ("v1", sealing.key_id(KEY))
        assert len(base64url.decode(box)) == 12 + len(b"a private key") + 16
        assert b"private" not in base64url.decode(box)

    def test_another_key_does_not_open_it(self) -> None:
        sealed = sealing.seal(KEY, b"secret", PLACE)
        with pytest.raises(Unsealable):
            sealing.unseal(OTHER_KEY, sealed, PLACE)

    def test_the_key_name_cannot_be_rewritten(self) -> None:
        sealed = sealing.seal(KEY, b"secret", PLACE)
        renamed = sealed.replace(sealing.key_id(KEY), sealing.key_id(OTHER_KEY))
        for key in (KEY, OTHER_KEY):
            with pytest.raises(Unsealable):
                sealing.unseal(key, renamed, PLACE)

    @pytest.mark.parametrize(
        "elsewhere",
        [
            sealing.cell("signing_key", "private_sealed", "kid-2"),
            sealing.cell("signing_key", "other", "kid-1"),
            sealing.cell("other", "private_sealed", "kid-1"),
            b"",
        ],
    )
    def test_o03_it_opens_in_no_other_row_column_or_table(self, elsewhere: bytes) -> None:
        with pytest.raises(Unsealable):
            sealing.unseal(KEY, sealing.seal(KEY, b"secret", PLACE), elsewhere)

    def test_two_places_are_never_written_alike(self) -> None:
        assert sealing.cell("ab", "c", "d") != sealing.cell("a", "bc", "d")
        row = UUID("0195514d-4a00-7c5e-9d10-6f2a4b3c8e01")
        assert sealing.cell("t", "c", row) == sealing.cell("t", "c", str(row))

    def test_o03_no_character_can_be_changed(self) -> None:
        sealed = sealing.seal(KEY, b"secret", PLACE)
        for place, character in enumerate(sealed):
            changed = sealed[:place] + ("A" if character != "A" else "B") + sealed[place + 1 :]
            with pytest.raises(Unsealable):
                sealing.unseal(KEY, changed, PLACE)

    @pytest.mark.parametrize("rest", ["", "AAAA", "!", "A" * 36, "é"])
    def test_what_is_too_short_or_no_text_of_ours_is_refused(self, rest: str) -> None:
        with pytest.raises(Unsealable) as refusal:
            sealing.unseal(KEY, f"v1.{sealing.key_id(KEY)}.{rest}", PLACE)
        assert str(refusal.value) == "The sealed value cannot be opened"

    def test_the_format_never_changes_for_what_is_stored_must_stay_readable(self) -> None:
        stored = "v1.0ebb9f0a01b6.MfUuOZ-p2WMzB-8RofX_NiB2kmAuvB-0WkBMh-uCHrtqlSoG85Y8uSbd"
        assert sealing.unseal(KEY, stored, PLACE) == b"kept for years"
