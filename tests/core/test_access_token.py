"""Access tokens: what is said is what is read, and nothing that we did not sign is read at all."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from potluck.core import base64url, signing_keys
from potluck.core.access_claims import AccessClaims
from potluck.core.access_token import AccessTokens
from potluck.core.errors import InvalidToken
from potluck.core.signing_keys import SigningKeys
from tests.core.forgeries import Mint, forge
from tests.doubles import START as NOW
from tests.doubles import FakeClock

USER = UUID("0195514d-4a00-7c5e-9d10-6f2a4b3c8e01")
FAMILY = UUID("0195514d-4a00-7c5e-9d10-6f2a4b3c8e02")
ISSUER = "https://potluck.test"

CLOCK = FakeClock()
TOKENS = AccessTokens(ISSUER, f"{ISSUER}/api", CLOCK)
KEYS = SigningKeys(signing_keys.generate())


def genuine(tokens: AccessTokens = TOKENS, key: OKPKey | None = None) -> str:
    return tokens.sign(
        user_id=USER,
        family_id=FAMILY,
        epoch=3,
        scopes={"recipes:write", "recipes:read"},
        client_id="cli",
        auth_time=NOW - timedelta(minutes=5),
        keys=SigningKeys(key) if key else KEYS,
    )


GENUINE = genuine()
FORGERIES = forge(GENUINE, KEYS.active)


@pytest.fixture(autouse=True)
def _clock_set_back() -> Iterator[None]:
    yield
    CLOCK.reset()


def part(token: str, number: int) -> dict[str, object]:
    members: dict[str, object] = json.loads(base64url.decode(token.split(".")[number]))
    return members


class TestGenuineTokens:
    def test_what_was_signed_is_read_back(self) -> None:
        claims = TOKENS.verify(GENUINE, KEYS)
        assert claims == AccessClaims(
            issuer=ISSUER,
            audience=f"{ISSUER}/api",
            user_id=USER,
            family_id=FAMILY,
            epoch=3,
            scopes=frozenset({"recipes:read", "recipes:write"}),
            client_id="cli",
            issued_at=NOW,
            expires_at=NOW + timedelta(minutes=10),
            auth_time=NOW - timedelta(minutes=5),
            jti=claims.jti,
        )

    def test_the_header_is_algorithm_type_and_key_id_and_nothing_else(self) -> None:
        assert part(GENUINE, 0) == {
            "alg": "Ed25519",
            "typ": "at+jwt",
            "kid": KEYS.active.thumbprint(),
        }

    def test_d09_a_token_lives_ten_minutes_and_holds_no_personal_data(self) -> None:
        claims = part(GENUINE, 1)
        assert claims == {
            "iss": ISSUER,
            "aud": f"{ISSUER}/api",
            "sub": str(USER),
            "sid": str(FAMILY),
            "ep": 3,
            "scope": "recipes:read recipes:write",
            "client_id": "cli",
            "iat": 1772366400,
            "exp": 1772366400 + 600,
            "auth_time": 1772366400 - 300,
            "jti": claims["jti"],
        }

    def test_r12_a_sign_in_that_the_clock_has_not_reached_again_was_made_just_now(self) -> None:
        CLOCK.advance(timedelta(days=-1))
        claims = TOKENS.verify(genuine(), KEYS)
        assert claims.auth_time == claims.issued_at == NOW - timedelta(days=1)

    def test_two_tokens_of_the_same_second_differ_by_their_id(self) -> None:
        assert TOKENS.verify(genuine(), KEYS).jti != TOKENS.verify(genuine(), KEYS).jti

    def test_no_scope_at_all_can_be_said(self) -> None:
        token = Mint(GENUINE, KEYS.active).with_claims(scope="")
        assert TOKENS.verify(token, KEYS).scopes == frozenset()

    def test_a_claim_of_a_newer_version_is_passed_over(self) -> None:
        token = Mint(GENUINE, KEYS.active).with_claims(amr=["pwd"])
        assert TOKENS.verify(token, KEYS) == TOKENS.verify(GENUINE, KEYS)


class TestTime:
    @pytest.mark.parametrize("seconds", [-30, 0, 599, 629])
    def test_d03_a_token_is_good_from_issue_to_expiry_and_thirty_seconds_around(
        self, seconds: int
    ) -> None:
        CLOCK.advance(timedelta(seconds=seconds))
        assert TOKENS.verify(GENUINE, KEYS).user_id == USER

    @pytest.mark.parametrize("seconds", [-31, -3600, 630, 631, 86_400])
    def test_d03_outside_of_that_it_is_refused(self, seconds: int) -> None:
        CLOCK.advance(timedelta(seconds=seconds))
        with pytest.raises(InvalidToken):
            TOKENS.verify(GENUINE, KEYS)

    def test_a_token_that_outlives_the_configured_life_is_refused(self) -> None:
        generous = AccessTokens(ISSUER, f"{ISSUER}/api", CLOCK, lifetime_s=601)
        with pytest.raises(InvalidToken):
            TOKENS.verify(genuine(generous), KEYS)


class TestForgeries:
    def test_d01_there_are_many_more_than_forty_and_each_has_its_name(self) -> None:
        assert len({name for name, _ in FORGERIES}) == len(FORGERIES) >= 200

    def test_the_mint_itself_makes_good_tokens(self) -> None:
        """Else every forgery would be refused for the mint's mistakes."""
        mint = Mint(GENUINE, KEYS.active)
        expected = TOKENS.verify(GENUINE, KEYS)
        assert TOKENS.verify(mint.token(), KEYS) == expected
        assert TOKENS.verify(mint.with_header(), KEYS) == expected
        assert TOKENS.verify(mint.with_raw_claim("exp", str(mint.claims["exp"])), KEYS) == expected

    @pytest.mark.parametrize(
        "token",
        [token for _, token in FORGERIES],
        # Some names repeat a random key; every test process must see the same ones.
        ids=[f"{number} {name.split()[0]}" for number, (name, _) in enumerate(FORGERIES)],
    )
    def test_d01_d03_d05_d07_every_forgery_gets_one_and_the_same_refusal(self, token: str) -> None:
        with pytest.raises(InvalidToken) as refusal:
            TOKENS.verify(token, KEYS)
        assert type(refusal.value) is InvalidToken
        assert str(refusal.value) == "The token is not valid"
        assert refusal.value.detail is None
        assert refusal.value.extra == {}
        assert refusal.value.__suppress_context__

    @pytest.mark.parametrize(
        "token",
        [
            f"{GENUINE}\n",
            f"\n{GENUINE}",
            f"{GENUINE}\0",
            f"{GENUINE}é",
            "\ud800",
            GENUINE + "\u0661",
        ],
    )
    def test_d05_characters_that_no_header_can_carry_are_refused_too(self, token: str) -> None:
        with pytest.raises(InvalidToken):
            TOKENS.verify(token, KEYS)

    @given(st.integers(0, len(GENUINE) - 1), st.characters(codec="ascii"))
    def test_d01_no_single_character_can_be_changed(self, place: int, character: str) -> None:
        changed = GENUINE[:place] + character + GENUINE[place + 1 :]
        if changed != GENUINE:
            with pytest.raises(InvalidToken):
                TOKENS.verify(changed, KEYS)

    @given(st.text(), st.binary(), st.recursive(st.none() | st.floats() | st.text(), st.lists))
    def test_d03_d05_whatever_is_sent_or_signed_is_refused_and_never_breaks(
        self, text: str, data: bytes, value: object
    ) -> None:
        mint = Mint(GENUINE, KEYS.active)
        free_text = {"scope", "client_id", "jti"}
        strict = [name for name in mint.claims if name not in free_text]
        signed = [mint.with_claims(**{name: value}) for name in strict]
        for token in [text, mint.token(claims=data), mint.token(header=data), *signed]:
            with pytest.raises(InvalidToken):
                TOKENS.verify(token, KEYS)

    def test_d05_ten_million_characters_are_refused_unread(self) -> None:
        token = "A" * 10_000_000
        started = time.perf_counter()
        for _ in range(100):
            with pytest.raises(InvalidToken):
                TOKENS.verify(token, KEYS)
        assert time.perf_counter() - started < 0.5

    def test_d04_a_token_of_another_instance_with_the_same_keys_is_refused(self) -> None:
        for issuer, audience in (
            (ISSUER, "https://other.test/api"),
            ("https://x.test", f"{ISSUER}/api"),
        ):
            with pytest.raises(InvalidToken):
                TOKENS.verify(genuine(AccessTokens(issuer, audience, CLOCK)), KEYS)


class TestRotation:
    def test_d08_after_a_rotation_old_and_new_tokens_are_good(self) -> None:
        rotated = SigningKeys(signing_keys.generate(), verify_only=[KEYS.active])
        assert TOKENS.verify(GENUINE, rotated).user_id == USER
        assert TOKENS.verify(genuine(key=rotated.active), rotated).user_id == USER

    def test_d08_a_key_that_is_gone_verifies_nothing(self) -> None:
        with pytest.raises(InvalidToken):
            TOKENS.verify(GENUINE, SigningKeys(signing_keys.generate()))

    def test_d08_the_old_key_may_be_known_by_its_public_part_alone(self) -> None:
        public = OKPKey.import_key(KEYS.active.as_dict(private=False))
        rotated = SigningKeys(signing_keys.generate(), verify_only=[public])
        assert TOKENS.verify(GENUINE, rotated).user_id == USER
