"""What each setting accepts, and which settings must agree."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from potluck.core.config import Settings


def refusal_of(**values: Any) -> str:
    with pytest.raises(ValidationError) as refusal:
        Settings(**values)
    errors = refusal.value.errors(include_input=False, include_context=False)
    return "; ".join(error["msg"] for error in errors)


#: Random once; as good a key as any, and nobody's.
KEY = "q3J8vT0mZr5xLk9wYb2hNc7dFs4gPe6uAi1oXtRzVjQ"


class TestDefaults:
    def test_they_suit_one_household_on_this_machine_only(self) -> None:
        settings = Settings()
        assert settings.server.host == "127.0.0.1"
        assert settings.database_url.path == Path("data/potluck.db")
        assert settings.public_url == "http://127.0.0.1:8000"
        assert settings.server.trusted_proxies == []
        assert settings.cors.origins == []

    def test_a11_no_secret_has_a_default(self) -> None:
        settings = Settings()
        assert (settings.master_key, settings.master_key_file) == (None, None)

    def test_n03_waits_for_the_database_are_short(self) -> None:
        database = Settings().database
        assert database.pool_timeout_s <= 2
        assert database.statement_timeout_s <= 5
        assert database.lock_timeout_s <= 2

    def test_the_database_lies_in_the_data_folder(self) -> None:
        assert Settings(data_dir=Path("/kitchen")).database_url.path == Path("/kitchen/potluck.db")


class TestAddresses:
    @pytest.mark.parametrize(
        "value",
        [
            "recipes.example.org",
            "ftp://example.org",
            "https://",
            "https://:8000",
            "https://example.org?x=1",
            "https://example.org#top",
            "https://cook:hunter2@example.org",
            "https://[::1",
            "https://example.org:port",
        ],
    )
    def test_a_base_url_is_what_people_type(self, value: str) -> None:
        said = refusal_of(base_url=value)
        assert "use the address people type" in said
        assert "hunter2" not in said

    def test_a_base_url_ends_without_a_slash(self) -> None:
        assert Settings(base_url="https://example.org/recipes/").public_url == (
            "https://example.org/recipes"
        )

    @pytest.mark.parametrize(
        "value", ["*", "null", "https://app.example.org/", "https://APP.example.org", "app.org"]
    )
    def test_c08_origins_are_exact(self, value: str) -> None:
        assert "use exact origins" in refusal_of(cors={"origins": value})

    def test_lists_are_separated_by_commas(self) -> None:
        settings = Settings(cors={"origins": "https://a.example, http://localhost:5173,"})
        assert settings.cors.origins == ["https://a.example", "http://localhost:5173"]

    @pytest.mark.parametrize("value", ["*", "0.0.0.0/0", "::/0", "proxy.example.org"])
    def test_not_everybody_can_be_a_trusted_proxy(self, value: str) -> None:
        assert "not everything" in refusal_of(server={"trusted_proxies": value})

    def test_a_network_can_be_trusted(self) -> None:
        settings = Settings(server={"trusted_proxies": "127.0.0.1,10.1.0.0/16"})
        assert settings.server.trusted_proxies == ["127.0.0.1", "10.1.0.0/16"]

    @pytest.mark.parametrize("value", ["*", "*.nas.home", "nas.home:8000", "http://nas", ".nas"])
    def test_j08_names_of_ours_are_bare_names(self, value: str) -> None:
        assert "without a port and without *" in refusal_of(server={"hosts": value})

    def test_j08_our_names_are_those_listed_and_that_of_the_base_url(self) -> None:
        listed = Settings(base_url="https://Recipes.example:8443", server={"hosts": "NAS.home,x"})
        assert listed.own_hosts == {"recipes.example", "nas.home", "x"}
        assert Settings(server={"hosts": "nas.home"}).own_hosts == {"nas.home"}
        assert Settings().own_hosts == set()

    @pytest.mark.parametrize("value", ["nas.home", "nas.home:", ":8080", "nas.home:0", "nas:x"])
    def test_allowed_hosts_have_a_port(self, value: str) -> None:
        assert "use host:port" in refusal_of(fetch={"allow": value})

    @pytest.mark.parametrize(
        "value", ["r/recipes", "../recipes", "a b", "reci.pes", "a" * 51, "-a", "a?b", "é", "a/b"]
    )
    def test_subreddits_are_bare_names(self, value: str) -> None:
        assert "use names like recipes" in refusal_of(ideas={"subreddits": value})

    def test_a_subreddit_counts_once_however_it_is_written(self) -> None:
        settings = Settings(ideas={"subreddits": "recipes, Breadit,Recipes,breadit, u_some-cook"})
        assert settings.ideas.subreddits == ["recipes", "Breadit", "u_some-cook"]

    def test_there_may_be_no_subreddits_and_not_too_many(self) -> None:
        assert Settings(ideas={"subreddits": ""}).ideas.subreddits == []
        many = [f"kitchen{number}" for number in range(21)]
        assert "at most 20 items" in refusal_of(ideas={"subreddits": many})

    @pytest.mark.parametrize(
        ("host", "url"),
        [
            ("0.0.0.0", "http://127.0.0.1:8000"),
            ("::", "http://127.0.0.1:8000"),
            ("::1", "http://[::1]:8000"),
        ],
    )
    def test_without_a_base_url_the_server_s_own_address_is_public(
        self, host: str, url: str
    ) -> None:
        assert Settings(server={"host": host}).public_url == url


class TestAgreement:
    def test_insecure_cookies_and_https_exclude_each_other(self) -> None:
        said = refusal_of(insecure_local_http=True, base_url="https://recipes.example.org")
        assert "insecure_local_http cannot be used with an https base_url" in said

    def test_insecure_cookies_may_be_had_over_plain_http(self) -> None:
        assert Settings(insecure_local_http=True, base_url="http://nas.home").insecure_local_http

    def test_a10_addresses_are_verified_by_mail(self) -> None:
        said = refusal_of(signup={"verify_email": True}, mail={"backend": "none"})
        assert "signup.verify_email needs mail: set mail.host" in said

    def test_there_is_one_master_key(self) -> None:
        said = refusal_of(master_key=KEY, master_key_file="key")
        assert "give master_key or master_key_file, not both" in said
        assert KEY not in said


class TestSecrecy:
    SETTINGS = Settings(
        master_key=KEY,
        database={"url": "postgresql://cook:hunter2@host/db?sslpassword=hunter2"},
        reddit={"client_id": "kitchen", "client_secret": "hunter2"},
    )

    def test_neither_text_nor_repr_nor_dump_shows_a_secret(self) -> None:
        shown = [
            str(self.SETTINGS),
            repr(self.SETTINGS),
            str(self.SETTINGS.model_dump()),
            self.SETTINGS.model_dump_json(),
        ]
        assert [text for text in shown if "hunter2" in text or KEY in text] == []

    def test_they_are_frozen(self) -> None:
        with pytest.raises(ValidationError, match="frozen"):
            self.SETTINGS.docs = False  # type: ignore[misc]
