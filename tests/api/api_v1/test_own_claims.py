"""The claims that an installation adds to its access tokens by a setting."""

import httpx2
import pytest

from potluck.core.access_claims import OwnClaims
from potluck.models import User
from potluck.resources import Resources, open_tokens
from tests.api.api_v1.test_auth_tokens import claims_of
from tests.api.auth_calls import me, signed_in


async def test_the_setting_is_said_by_every_token_and_opens_nothing(
    client: httpx2.AsyncClient, ada: User, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = (await signed_in(client, ada))["access_token"]
    limits = resources.settings.tokens.model_copy(update={"claims": OwnClaims(tenant="north")})
    settings = resources.settings.model_copy(update={"tokens": limits})
    monkeypatch.setattr(resources, "tokens", open_tokens(settings, resources.clock))

    token = (await signed_in(client, ada))["access_token"]

    assert "tenant" not in claims_of(plain)
    assert claims_of(token)["tenant"] == "north"
    answers = [(await me(client, each)).status_code for each in (plain, token)]
    assert answers == [200, 200]
