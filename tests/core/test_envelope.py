"""Encrypted access tokens: they say what is inside, and nothing else opens the door."""

import json
import time
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from potluck.core import base64url, envelope, signing_keys
from potluck.core.access_token import AccessTokens, key_id_of
from potluck.core.errors import InvalidToken
from potluck.core.master_key import MasterKey
from potluck.core.signing_keys import SigningKeys
from tests.core.sealed_forgeries import Sealer, forge_sealed
from tests.doubles import START as NOW
from tests.doubles import FakeClock

USER = UUID("0195514d-4a00-7c5e-9d10-6f2a4b3c8e01")
ISSUER = "https://potluck.test"
MASTER = MasterKey(bytes(range(7, 39)))
CLOCK = FakeClock()
SEALING = AccessTokens(ISSUER, f"{ISSUER}/api", CLOCK, is_encrypted=True)
PLAIN = AccessTokens(ISSUER, f"{ISSUER}/api", CLOCK)


def keys_of(*signing: OKPKey, master: MasterKey = MASTER) -> SigningKeys:
    envelope_keys = {
        kid: envelope.derive_key(master, kid) for kid in map(signing_keys.key_id, signing)
    }
    return SigningKeys(signing[0], signing[1:], envelope_keys)


KEYS = keys_of(signing_keys.generate())


def made(by: AccessTokens = SEALING, keys: SigningKeys = KEYS) -> str:
    return by.sign(
        user_id=USER,
        family_id=UUID("0195514d-4a00-7c5e-9d10-6f2a4b3c8e02"),
        epoch=3,
        scopes=["recipes:read"],
        client_id="api",
        auth_time=NOW - timedelta(hours=1),
        keys=keys,
    )


KID = signing_keys.key_id(KEYS.active)
KEY = envelope.derive_key(MASTER, KID)
GENUINE = made()
INNER = envelope.open_(GENUINE, KEY)
FORGERIES = forge_sealed(GENUINE, INNER, KEY, KEYS.active)


class TestGenuine:
    def test_d06_the_header_names_one_algorithm_the_kind_in_and_outside_and_a_key_of_its_own(
        self,
    ) -> None:
        outside, inside = (
            json.loads(base64url.decode(token.partition(".")[0])) for token in (GENUINE, INNER)
        )
        assert outside == {
            "alg": "dir",
            "enc": "A256GCM",
            "typ": "at+jwt",
            "cty": "JWT",
            "kid": f"{KID}.enc",
        }
        assert inside == {"alg": "Ed25519", "typ": "at+jwt", "kid": KID}

    def test_who_holds_it_reads_nothing_of_it(self) -> None:
        readable = b"".join(base64url.decode(part) for part in GENUINE.split("."))
        for text in (str(USER), "recipes:read", ISSUER, INNER):
            assert text not in GENUINE
            assert text.encode() not in readable

    def test_what_it_says_is_what_the_plain_token_says(self) -> None:
        assert SEALING.verify(GENUINE, KEYS) == PLAIN.verify(INNER, KEYS)

    def test_two_around_the_same_token_differ(self) -> None:
        assert envelope.seal(INNER, KID, KEY) != envelope.seal(INNER, KID, KEY)

    def test_it_is_much_shorter_than_what_is_refused_unread(self) -> None:
        assert len(GENUINE) < 1000

    @pytest.mark.parametrize("by", [SEALING, PLAIN], ids=["on", "off"])
    def test_d04_whether_new_tokens_are_encrypted_ends_none_that_is_there(
        self, by: AccessTokens
    ) -> None:
        assert by.verify(GENUINE, KEYS).user_id == by.verify(made(PLAIN), KEYS).user_id == USER

    def test_d03_it_ends_with_the_token_inside(self) -> None:
        CLOCK.advance(timedelta(seconds=629))
        try:
            assert SEALING.verify(GENUINE, KEYS).user_id == USER
            CLOCK.advance(timedelta(seconds=1))
            with pytest.raises(InvalidToken):
                SEALING.verify(GENUINE, KEYS)
        finally:
            CLOCK.reset()


class TestKeys:
    def test_are_their_own_for_each_signing_key_and_each_master_key(self) -> None:
        other = MasterKey(bytes(range(8, 40)))
        keys = [(MASTER, KID), (MASTER, "another"), (other, KID)]
        raw = {envelope.derive_key(master, kid).raw_value for master, kid in keys}
        raw |= {MASTER.derive(label) for label in ("sealing", "token-hmac", "csrf", KID)}
        assert len(raw) == 7
        assert {len(each) for each in raw} == {32}

    def test_d08_old_and_new_envelopes_open_around_a_rotation(self) -> None:
        rotated = keys_of(signing_keys.generate(), KEYS.active)
        assert SEALING.verify(GENUINE, rotated).user_id == USER
        assert SEALING.verify(made(keys=rotated), rotated).user_id == USER
        assert key_id_of(made(keys=rotated)) == signing_keys.key_id(rotated.active) != KID

    def test_d08_go_with_the_signing_key(self) -> None:
        with pytest.raises(InvalidToken):
            SEALING.verify(GENUINE, keys_of(signing_keys.generate()))
        left_over = SigningKeys(signing_keys.generate(), (), {KID: KEY})
        with pytest.raises(InvalidToken):
            SEALING.verify(GENUINE, left_over)

    def test_are_not_published(self) -> None:
        published = json.dumps(KEYS.jwks())
        assert "oct" not in published
        assert base64url.encode(KEY.raw_value) not in published


class TestForgeries:
    def test_there_are_many_and_each_has_its_name(self) -> None:
        assert len({name for name, _ in FORGERIES}) == len(FORGERIES) >= 300

    def test_the_sealer_itself_makes_good_envelopes(self) -> None:
        """Else every forgery would be refused for its mistakes."""
        sealer = Sealer(GENUINE, INNER, KEY)
        for good in (sealer.envelope(), sealer.with_header()):
            assert SEALING.verify(good, KEYS) == SEALING.verify(GENUINE, KEYS)

    @pytest.mark.parametrize(
        "token",
        [token for _, token in FORGERIES],
        ids=[f"{number} {name.split()[0]}" for number, (name, _) in enumerate(FORGERIES)],
    )
    def test_d01_d03_d05_d06_d07_every_forgery_gets_one_and_the_same_refusal(
        self, token: str
    ) -> None:
        with pytest.raises(InvalidToken) as refusal:
            SEALING.verify(token, KEYS)
        assert type(refusal.value) is InvalidToken
        assert str(refusal.value) == "The token is not valid"
        assert (refusal.value.detail, refusal.value.extra) == (None, {})
        assert refusal.value.__suppress_context__

    def test_d06_none_of_them_makes_us_compute(self) -> None:
        """5,000,000 rounds of PBKDF2 take a second, 50 MB take 100 ms to unpack."""
        slowest_s = 0.0
        for _, token in FORGERIES:
            tries = []
            for _ in range(3):
                began_s = time.perf_counter()
                with pytest.raises(InvalidToken):
                    SEALING.verify(token, KEYS)
                tries.append(time.perf_counter() - began_s)
            slowest_s = max(slowest_s, min(tries))
        assert slowest_s < 0.02

    @given(st.integers(0, len(GENUINE) - 1), st.characters(codec="ascii"))
    def test_d06_no_single_character_can_be_changed(self, place: int, character: str) -> None:
        changed = GENUINE[:place] + character + GENUINE[place + 1 :]
        if changed != GENUINE:
            with pytest.raises(InvalidToken):
                SEALING.verify(changed, KEYS)

    @given(st.binary(max_size=300))
    def test_d06_whatever_is_inside_is_refused_and_never_breaks(self, inside: bytes) -> None:
        with pytest.raises(InvalidToken):
            SEALING.verify(Sealer(GENUINE, INNER, KEY).envelope(inside), KEYS)
