"""How often something may be asked for. A family never meets these; a flood does."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from potluck.core.setting_section import Section


@dataclass(frozen=True)
class Window:
    """Over how many seconds a setting counts."""

    length_s: int


_COUNT = Field(ge=0, le=1_000_000)
_InAMinute = Annotated[int, _COUNT, Window(60)]
_In5Minutes = Annotated[int, _COUNT, Window(300)]
_InAnHour = Annotated[int, _COUNT, Window(3600)]


class ThrottleSettings(Section):
    login_per_address: _In5Minutes = Field(
        60, description="Sign-ins tried from one address in 5 minutes; 0 for no limit."
    )
    login_global: _In5Minutes = Field(
        3000, description="Sign-ins tried from everywhere in 5 minutes; 0 for no limit."
    )
    signup_per_address: _InAnHour = Field(
        30, description="Accounts tried to be made from one address in an hour; 0 for no limit."
    )
    setup_per_address: _InAnHour = Field(
        30, description="Setups tried from one address in an hour; 0 for no limit."
    )
    refresh_per_address: _In5Minutes = Field(
        600, description="Refresh tokens sent from one address in 5 minutes; 0 for no limit."
    )
    search_per_caller: _InAMinute = Field(
        600,
        description="Searches in a minute of one account, or of one address of strangers; "
        "0 for no limit.",
    )
    import_per_user: _InAnHour = Field(
        300, description="Pages one account may import in an hour; 0 for no limit."
    )
    upload_per_user: _InAnHour = Field(
        600, description="Pictures one account may send in an hour; 0 for no limit."
    )
    export_per_user: _InAnHour = Field(
        6, description="Archives of their data one account may ask for in an hour; 0 for no limit."
    )
    token_per_user: _InAnHour = Field(
        60, description="Personal tokens one account may make in an hour; 0 for no limit."
    )
    member_per_user: _InAnHour = Field(
        120, description="Members one account may add in an hour; 0 for no limit."
    )
    invitation_per_user: _InAnHour = Field(
        60, description="Invitations one account may make in an hour; 0 for no limit."
    )
    redemption_per_address: _InAnHour = Field(
        120,
        description="Links of invitations and mails used from one address in an hour; "
        "0 for no limit.",
    )
    mail_per_address: _InAnHour = Field(
        30,
        description="Mails about accounts asked for from one address in an hour; 0 for no limit.",
    )
    mail_per_account: _InAnHour = Field(
        5, description="Mails about an account asked for in an hour; 0 for no limit."
    )


def window_s(name: str) -> int:
    """Over how many seconds the setting of this name counts."""
    marks = ThrottleSettings.model_fields[name].metadata
    return next(mark.length_s for mark in marks if isinstance(mark, Window))
