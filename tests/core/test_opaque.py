"""Opaque credentials: random, of a recognisable kind, stored as digests."""

import base64
import hashlib
import hmac
import re
import string
import zlib

import pytest

from potluck.core import opaque, sealing
from potluck.core.opaque import Prefix
from potluck.core.sealing import Unsealable


class TestOpaqueCredentials:
    @pytest.mark.parametrize(
        ("prefix", "start"),
        [(Prefix.REFRESH, "prt_"), (Prefix.SETUP, "pst_"), (Prefix.SESSION, "pss_")],
    )
    def test_each_kind_has_its_prefix_and_256_random_bits(self, prefix: Prefix, start: str) -> None:
        assert re.fullmatch(start + "[A-Za-z0-9_-]{43}", opaque.issue(prefix))

    def test_g01_a_personal_token_ends_in_the_checksum_of_the_rest(self) -> None:
        token = opaque.issue(Prefix.PERSONAL)
        assert re.fullmatch("ppt_[A-Za-z0-9_-]{43}[A-Za-z0-9_-]{6}", token)
        checksum = zlib.crc32(token[:-6].encode()).to_bytes(4, "big")
        assert base64.urlsafe_b64encode(checksum).rstrip(b"=").decode() == token[-6:]

    def test_g01_any_letter_mistyped_and_any_two_swapped_are_noticed(self) -> None:
        token = opaque.issue(Prefix.PERSONAL)
        letters = string.ascii_letters + string.digits + "-_"
        mistyped = {
            token[:at] + letter + token[at + 1 :] for at in range(len(token)) for letter in letters
        }
        swapped = {
            token[:at] + token[at + 1] + token[at] + token[at + 2 :] for at in range(len(token) - 1)
        }
        taken = {each for each in mistyped | swapped if opaque.has_prefix(each, Prefix.PERSONAL)}
        assert taken == {token}

    def test_no_two_are_alike(self) -> None:
        assert len({opaque.issue(Prefix.REFRESH) for _ in range(1000)}) == 1000

    @pytest.mark.parametrize("kind", list(Prefix))
    @pytest.mark.parametrize("wanted", list(Prefix))
    def test_d04_one_kind_is_never_taken_for_another(self, kind: Prefix, wanted: Prefix) -> None:
        assert opaque.has_prefix(opaque.issue(kind), wanted) is (kind is wanted)

    @pytest.mark.parametrize(
        "change",
        [
            lambda token: token[:0],
            lambda token: token[4:],
            lambda token: token[:-1],
            lambda token: token + "A",
            lambda token: token.upper(),
            lambda token: token[:-1] + "=",
            lambda token: token[:-1] + "\n",
            lambda token: token[:-1] + "é",
            lambda token: token[:-1] + "\ud800",
            lambda token: " " + token[:-1],
            lambda token: token * 1000,
        ],
    )
    def test_what_has_another_form_is_refused_before_a_query(self, change: object) -> None:
        assert callable(change)
        for kind in (Prefix.REFRESH, Prefix.PERSONAL):
            assert not opaque.has_prefix(change(opaque.issue(kind)), kind)

    def test_e03_what_is_stored_is_the_sha256(self) -> None:
        token = opaque.issue(Prefix.REFRESH)
        assert opaque.digest(token) == hashlib.sha256(token.encode()).hexdigest()
        assert token[4:] not in opaque.digest(token)

    def test_g01_what_is_stored_of_a_personal_token_takes_the_key_to_make(self) -> None:
        token = opaque.issue(Prefix.PERSONAL)
        stored = opaque.keyed_digest(token, b"k" * 32)
        assert stored == hmac.new(b"k" * 32, token.encode(), hashlib.sha256).hexdigest()
        assert stored != opaque.keyed_digest(token, b"l" * 32)

    def test_the_digest_of_nonsense_is_a_digest(self) -> None:
        assert len(opaque.digest("\ud800")) == 64


class TestSuccessors:
    def test_e02_the_presented_token_opens_the_same_successor_each_time(self) -> None:
        presented, successor = opaque.issue(Prefix.REFRESH), opaque.issue(Prefix.REFRESH)
        sealed = opaque.seal_successor(presented, successor)
        assert opaque.open_successor(presented, sealed) == successor
        assert opaque.open_successor(presented, sealed) == successor

    def test_e03_nothing_that_is_stored_opens_it(self) -> None:
        presented, successor = opaque.issue(Prefix.REFRESH), opaque.issue(Prefix.REFRESH)
        sealed = opaque.seal_successor(presented, successor)
        assert successor[4:] not in sealed
        for stored in (opaque.digest(presented), opaque.digest(successor), sealed, successor):
            with pytest.raises(Unsealable):
                opaque.open_successor(stored, sealed)

    def test_e01_the_successor_of_one_token_is_not_given_to_another(self) -> None:
        one, other = opaque.issue(Prefix.REFRESH), opaque.issue(Prefix.REFRESH)
        sealed = opaque.seal_successor(one, opaque.issue(Prefix.REFRESH))
        with pytest.raises(Unsealable):
            opaque.open_successor(other, sealed)

    def test_each_token_seals_under_a_key_of_its_own(self) -> None:
        successor = opaque.issue(Prefix.REFRESH)
        sealed = {opaque.seal_successor(opaque.issue(Prefix.REFRESH), successor) for _ in range(9)}
        assert len({text.split(".")[1] for text in sealed}) == 9

    def test_the_key_is_made_of_the_token_itself_not_of_its_stored_digest(self) -> None:
        presented, successor = "prt_" + "A" * 43, "prt_" + "B" * 42 + "A"
        pseudorandom = hmac.digest(bytes(32), presented.encode(), "sha256")
        info = b"potluck/v1/refresh-successor"
        key = hmac.digest(pseudorandom, info + b"\x01", "sha256")  # RFC 5869 section 2
        place = sealing.cell("refresh_token", "successor_sealed", opaque.digest(presented))
        sealed = opaque.seal_successor(presented, successor)
        assert sealing.unseal(key, sealed, place).decode() == successor
