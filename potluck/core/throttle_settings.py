"""How often something may be asked for. A family never meets these; a flood does.

`WINDOWS_S` says over how long each is counted.
"""

from typing import Annotated

from pydantic import Field

from potluck.core.setting_section import Section

MINUTE_S, HOUR_S = 60, 3600
_Count = Annotated[int, Field(ge=0, le=1_000_000)]


class ThrottleSettings(Section):
    login_per_address: _Count = Field(
        60, description="Sign-ins tried from one address in 5 minutes; 0 for no limit."
    )
    login_global: _Count = Field(
        3000, description="Sign-ins tried from everywhere in 5 minutes; 0 for no limit."
    )
    signup_per_address: _Count = Field(
        30, description="Accounts tried to be made from one address in an hour; 0 for no limit."
    )
    setup_per_address: _Count = Field(
        30, description="Setups tried from one address in an hour; 0 for no limit."
    )
    refresh_per_address: _Count = Field(
        600, description="Refresh tokens sent from one address in 5 minutes; 0 for no limit."
    )
    search_per_caller: _Count = Field(
        600,
        description="Searches in a minute of one account, or of one address of strangers; "
        "0 for no limit.",
    )
    import_per_user: _Count = Field(
        300, description="Pages one account may import in an hour; 0 for no limit."
    )
    upload_per_user: _Count = Field(
        600, description="Pictures one account may send in an hour; 0 for no limit."
    )
    token_per_user: _Count = Field(
        60, description="Personal tokens one account may make in an hour; 0 for no limit."
    )
    member_per_user: _Count = Field(
        120, description="Members one account may add in an hour; 0 for no limit."
    )


WINDOWS_S = {
    "login_per_address": 5 * MINUTE_S,
    "login_global": 5 * MINUTE_S,
    "signup_per_address": HOUR_S,
    "setup_per_address": HOUR_S,
    "refresh_per_address": 5 * MINUTE_S,
    "search_per_caller": MINUTE_S,
    "import_per_user": HOUR_S,
    "upload_per_user": HOUR_S,
    "token_per_user": HOUR_S,
    "member_per_user": HOUR_S,
}
