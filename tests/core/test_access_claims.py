"""What a token says goes through one model, an installation's own claims included."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pydantic import ValidationError

from potluck.core import signing_keys
from potluck.core.access_claims import AccessClaims, OwnClaims
from potluck.core.access_token import AccessTokens
from potluck.core.errors import InvalidToken
from potluck.core.signing_keys import SigningKeys
from tests.core.forgeries import Mint
from tests.doubles import START as NOW
from tests.doubles import FakeClock

ISSUER = "https://potluck.test"
KEYS = SigningKeys(signing_keys.generate())
WIRE = {
    "iss": ISSUER,
    "aud": f"{ISSUER}/api",
    "sub": "0195514d-4a00-7c5e-9d10-6f2a4b3c8e01",
    "sid": "0195514d-4a00-7c5e-9d10-6f2a4b3c8e02",
    "ep": 3,
    "scope": "recipes:read recipes:write",
    "client_id": "api",
    "iat": 1772366400,
    "exp": 1772367000,
    "auth_time": 1772366400,
    "jti": "x",
}
#: Names of RFC 7519, 7800, 8176, 8693, 9068 and of OpenID Connect, which mean what they mean.
REGISTERED = {
    *("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf", "amr", "acr", "azp", "act", "scope"),
    *("may_act", "client_id", "auth_time", "nonce", "sid", "at_hash", "c_hash", "name", "email"),
    *("email_verified", "given_name", "family_name", "nickname", "preferred_username", "profile"),
    *("picture", "website", "gender", "birthdate", "zoneinfo", "locale", "phone_number", "address"),
    *("updated_at", "groups", "roles", "entitlements"),
}


def tokens(own_claims: OwnClaims | None = None) -> AccessTokens:
    return AccessTokens(ISSUER, f"{ISSUER}/api", FakeClock(), own_claims=own_claims)


def signed(by: AccessTokens) -> str:
    return by.sign(
        user_id=UUID(int=1),
        family_id=UUID(int=2),
        epoch=0,
        scopes=["recipes:read"],
        client_id="api",
        auth_time=NOW - timedelta(hours=1, microseconds=1),
        keys=KEYS,
    )


class TestModel:
    def test_what_is_written_is_what_was_read(self) -> None:
        assert AccessClaims.from_wire(WIRE).to_wire() == WIRE

    def test_instants_are_aware_and_in_utc(self) -> None:
        claims = AccessClaims.from_wire(WIRE)
        assert claims.issued_at == datetime(2026, 3, 1, 12, tzinfo=UTC)
        assert claims.expires_at.tzinfo is UTC

    @pytest.mark.parametrize("name", sorted(WIRE))
    def test_d03_every_claim_is_needed(self, name: str) -> None:
        with pytest.raises(ValidationError):
            AccessClaims.from_wire({key: value for key, value in WIRE.items() if key != name})

    @pytest.mark.parametrize("name", ["issuer", "user_id", "expires_at", "scopes"])
    def test_d03_a_claim_under_our_own_name_for_it_is_none(self, name: str) -> None:
        alias = AccessClaims.model_fields[name].alias
        assert alias is not None
        with pytest.raises(ValidationError):
            AccessClaims.from_wire({key: WIRE[key] for key in WIRE if key != alias} | {name: "x"})

    def test_a_refusal_does_not_repeat_what_was_sent(self) -> None:
        with pytest.raises(ValidationError) as refusal:
            AccessClaims.from_wire(WIRE | {"ep": "a-forged-value"})
        assert "a-forged-value" not in str(refusal.value)

    def test_claims_that_were_verified_are_not_changed_afterwards(self) -> None:
        claims = AccessClaims.from_wire(WIRE)
        with pytest.raises(ValidationError):
            claims.epoch = 4  # type: ignore[misc]


class TestOwnClaims:
    def test_are_left_out_unless_they_have_a_value(self) -> None:
        assert Mint(signed(tokens()), KEYS.active).claims.keys() == WIRE.keys()

    def test_are_signed_and_read_back_as_what_they_are(self) -> None:
        by = tokens(OwnClaims(tenant="north"))
        token = signed(by)
        assert Mint(token, KEYS.active).claims["tenant"] == "north"
        assert by.verify(token, KEYS).tenant == "north"

    def test_a_token_from_before_their_setting_changed_is_good(self) -> None:
        for before, after in [(None, "north"), ("north", None), ("north", "south")]:
            token = signed(tokens(OwnClaims(tenant=before)))
            assert tokens(OwnClaims(tenant=after)).verify(token, KEYS).tenant == before

    @pytest.mark.parametrize(
        "json_text", ["1", "true", "[]", "{}", '""', '"a b"', '"\\u0000"', f'"{"x" * 101}"']
    )
    def test_d03_their_types_are_as_exact_as_those_of_the_others(self, json_text: str) -> None:
        token = Mint(signed(tokens()), KEYS.active).with_raw_claim("tenant", json_text)
        with pytest.raises(InvalidToken):
            tokens().verify(token, KEYS)

    def test_their_names_mean_nothing_else(self) -> None:
        taken = AccessClaims.model_fields.keys() - OwnClaims.model_fields.keys()
        taken |= REGISTERED | {field.alias or "" for field in AccessClaims.model_fields.values()}
        assert OwnClaims.model_fields.keys() & taken == set()

    def test_all_of_them_may_be_left_out(self) -> None:
        assert set(OwnClaims().model_dump().values()) == {None}
