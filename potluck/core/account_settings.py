"""How people sign up and in, and for how long."""

from typing import Literal

from pydantic import Field

from potluck.core.access_claims import OwnClaims
from potluck.core.setting_section import Section


class SignupSettings(Section):
    mode: Literal["open", "invite", "closed"] = Field(
        "open",
        description="Who may make an account: everybody, who was invited to a household, nobody.",
    )
    verify_email: bool = Field(
        False, description="An account is made once the link of a mail to its address is used."
    )


class PasswordSettings(Section):
    min_length: int = Field(15, ge=8, le=128, description="Fewest characters; 8 at least.")
    memory_kib: int = Field(19_456, ge=19_456, le=1_048_576, description="Argon2id memory.")
    time_cost: int = Field(2, ge=2, le=20, description="Argon2id passes.")
    parallelism: int = Field(1, ge=1, le=16, description="Argon2id lanes.")


class TokenSettings(Section):
    access_s: int = Field(600, ge=60, le=600, description="Life of an access token.")
    refresh_idle_s: int = Field(
        14 * 86_400, ge=3600, le=30 * 86_400, description="A refresh token unused this long ends."
    )
    refresh_absolute_s: int = Field(
        30 * 86_400, ge=3600, le=30 * 86_400, description="Sign in again after this at the latest."
    )
    refresh_remembered_s: int = Field(
        365 * 86_400, ge=3600, le=400 * 86_400, description="The same for who stays signed in."
    )
    refresh_grace_s: int = Field(
        20, ge=0, le=60, description="A repeated refresh within this gets the same successor."
    )
    rotate_days: int = Field(
        90, ge=0, le=3650, description="A new signing key after this, by itself; 0 for never."
    )
    encrypted: bool = Field(
        False, description="New access tokens can be read by nobody but Potluck (JWE)."
    )
    claims: OwnClaims = OwnClaims()


class SessionSettings(Section):
    idle_s: int = Field(14 * 86_400, ge=600, le=30 * 86_400, description="Idle web session ends.")
    absolute_s: int = Field(
        30 * 86_400, ge=600, le=30 * 86_400, description="Web session ends at the latest."
    )
    remembered_s: int = Field(
        365 * 86_400, ge=600, le=400 * 86_400, description="The same for who stays signed in."
    )
