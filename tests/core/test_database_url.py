"""The forms of a database address, and that nothing repeats the password."""

from pathlib import Path

import pytest

from potluck.core import database_url
from potluck.core.database_url import DatabaseUrl, UnknownDatabaseUrl

REFUSED = [
    "",
    "potluck.db",
    "/var/lib/potluck.db",
    "sqlite",
    "sqlite://",
    "sqlite:///",
    "sqlite://relative.db",
    "sqlite:///folder/",
    "sqlite:///.",
    "sqlite:///folder/..",
    "sqlite:///:memory:",
    "sqlite:///potluck.db?mode=ro",
    "sqlite:///potluck%00.db",
    "sqlite+aiosqlite:///potluck.db",
    "mysql://cook:hunter2@host/potluck",
    "postgres://cook:hunter2@host/potluck",
    "postgresql+psycopg://cook:hunter2@host/potluck",
    "postgresql://cook:hunter2@host",
    "postgresql://cook:hunter2@host/",
    "postgresql://cook:hunter2@/potluck",
    "postgresql://cook:hunter2@host/pot/luck",
    "postgresql://cook:hunter2@host:port/potluck",
    "postgresql://cook:hunter2@host:99999/potluck",
    "postgresql://cook:hunter2@[::1/potluck",
    "postgresql://cook:hunter2@ho\N{ACCOUNT OF}st/potluck",
    "postgresql://cook:hunter2@%2Frun%2Fpostgresql/potluck",
    "postgresql://cook:hun/ter2@host/potluck",
    "postgresql://cook:hun#ter2@host/potluck",
    "postgresql://cook:hunter2@host/potluck?hunter2",
    "postgresql://cook:hunter2@host/potluck#hunter2",
]


class TestSqlite:
    def test_three_slashes_are_a_path_from_here(self) -> None:
        url = database_url.parse("sqlite:///data/potluck.db")
        assert (url.engine, url.path) == ("sqlite", Path("data/potluck.db"))

    def test_four_slashes_are_a_path_from_the_root(self) -> None:
        url = database_url.parse("sqlite:////var/lib/potluck.db")
        assert url.path == Path("/var/lib/potluck.db")

    def test_escapes_are_undone(self) -> None:
        assert database_url.parse("sqlite:///my%20recipes.db").path == Path("my recipes.db")

    def test_its_text_is_the_url_again(self) -> None:
        text = "sqlite:////var/lib/potluck.db"
        assert str(database_url.parse(text)) == text


class TestPostgresql:
    def test_every_part_is_read(self) -> None:
        url = database_url.parse("postgresql://user:p%40ss@host:6432/db?sslmode=require")
        assert url == DatabaseUrl(
            "postgresql",
            user="user",
            password="p@ss",
            host="host",
            port=6432,
            name="db",
            options=(("sslmode", "require"),),
        )

    def test_user_password_and_port_may_be_left_out(self) -> None:
        url = database_url.parse("postgresql://host/db")
        assert (url.user, url.password, url.port) == (None, None, None)

    def test_a_socket_folder_is_an_option(self) -> None:
        url = database_url.parse("postgresql:///db?host=/run/postgresql")
        assert (url.host, url.options) == (None, (("host", "/run/postgresql"),))

    def test_blanks_around_it_do_not_count(self) -> None:
        assert database_url.parse(" postgresql://host/db\n").name == "db"


class TestRefusals:
    @pytest.mark.parametrize("text", REFUSED)
    def test_anything_else_is_refused_with_the_forms_and_without_the_text(self, text: str) -> None:
        with pytest.raises(UnknownDatabaseUrl) as refusal:
            database_url.parse(text)
        said = str(refusal.value)
        assert database_url.FORMS in said
        assert "hunter2" not in said
        assert "hun" not in said
        assert refusal.value.__cause__ is None


class TestSecrecy:
    URL = "postgresql://cook:hunter2@db.example.org:6432/potluck?sslpassword=hunter2"

    def test_neither_text_nor_repr_shows_password_or_options(self) -> None:
        url = database_url.parse(self.URL)
        assert str(url) == "postgresql://cook:***@db.example.org:6432/potluck"
        assert "hunter2" not in repr(url)

    def test_an_ipv6_host_keeps_its_brackets(self) -> None:
        assert str(database_url.parse("postgresql://[::1]:5432/db")) == "postgresql://[::1]:5432/db"
