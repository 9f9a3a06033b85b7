"""Settings that are allowed, and dangerous where the installation runs."""

from pathlib import Path
from typing import Any

import pytest

from potluck.services.doctor import settings as check
from tests.conftest import make_settings

HTTPS = {"base_url": "https://recipes.example.org"}


def sentences(tmp_path: Path, **values: Any) -> list[str]:
    settings = make_settings(tmp_path, f"sqlite:///{tmp_path}/x.db", **values)
    found = list(check.risks(settings))
    assert {finding.level for finding in found} <= {"warning"}
    assert all(finding.mend for finding in found)
    return [finding.what for finding in found]


class TestRisks:
    @pytest.mark.parametrize(
        "values",
        [
            {"base_url": None},
            HTTPS,
            HTTPS | {"server": {"host": "0.0.0.0", "trusted_proxies": "10.0.0.0/8,fd00::/8"}},
            {"base_url": "http://nas.lan:8000", "insecure_local_http": True},
            {"base_url": "http://192.168.1.4:8000", "log": {"level": "debug"}},
            {"base_url": "http://potluck"},
        ],
    )
    def test_there_are_none_at_home_or_behind_https(
        self, tmp_path: Path, values: dict[str, Any]
    ) -> None:
        assert sentences(tmp_path, **values) == []

    @pytest.mark.parametrize(
        ("values", "what"),
        [
            (
                {"base_url": None, "server": {"host": "0.0.0.0"}},
                "POTLUCK_BASE_URL is not set, so links lead to http://127.0.0.1:8000.",
            ),
            (
                {"base_url": "http://recipes.example.org"},
                "People reach the service by plain http, so anybody on the way reads passwords.",
            ),
            (
                {"base_url": "http://8.8.8.8:8000"},
                "People reach the service by plain http, so anybody on the way reads passwords.",
            ),
            (
                HTTPS | {"log": {"level": "debug"}},
                "The log is written at level debug, and the service is on the internet.",
            ),
            (
                HTTPS | {"server": {"trusted_proxies": "0.0.0.0/1,128.0.0.0/1"}},
                "POTLUCK_SERVER__TRUSTED_PROXIES believes strangers what they say of themselves.",
            ),
            (
                HTTPS | {"server": {"trusted_proxies": "127.0.0.1,2000::/3"}},
                "POTLUCK_SERVER__TRUSTED_PROXIES believes strangers what they say of themselves.",
            ),
        ],
    )
    def test_each_is_told(self, tmp_path: Path, values: dict[str, Any], what: str) -> None:
        assert sentences(tmp_path, **values) == [what]

    def test_several_are_told_at_once(self, tmp_path: Path) -> None:
        address = {"base_url": "http://recipes.example.org", "insecure_local_http": True}
        assert sentences(tmp_path, **address, log={"level": "debug"}) == [
            "People reach the service by plain http, so anybody on the way reads passwords.",
            "POTLUCK_INSECURE_LOCAL_HTTP lets sign-ins cross the internet unprotected.",
            "The log is written at level debug, and the service is on the internet.",
        ]
