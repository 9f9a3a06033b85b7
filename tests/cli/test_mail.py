"""`potluck mail test`: one mail by the settings, at once."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from pydantic import SecretStr

from potluck.core.config import Settings
from potluck.core.mail_settings import MailSettings
from tests.cli.conftest import Command
from tests.smtp_server import SmtpServer


@pytest.fixture
def variables(variables: dict[str, str], tmp_path: Path) -> dict[str, str]:
    variables["POTLUCK_DATA_DIR"] = str(tmp_path)
    return variables


def by(server: SmtpServer) -> dict[str, str]:
    return {
        "POTLUCK_MAIL__HOST": "127.0.0.1",
        "POTLUCK_MAIL__PORT": str(server.port),
        "POTLUCK_MAIL__SECURITY": "none",
    }


class TestMailTest:
    async def test_goes_to_the_server_of_the_settings(
        self, command: Command, variables: dict[str, str]
    ) -> None:
        with SmtpServer() as server:
            variables |= by(server)
            ended = await command("mail", "test", "ada@example.org")
        assert (ended.exit_code, ended.output) == (
            0,
            f"The mail went to 127.0.0.1:{server.port}.\n",
        )
        [taken] = server.taken
        assert taken.recipients == ["ada@example.org"]
        assert taken.message["Subject"] == "Mail from Potluck works"
        assert taken.message["From"] == "Potluck <potluck@potluck.test>"

    async def test_speaks_german_when_asked_to(
        self, command: Command, variables: dict[str, str]
    ) -> None:
        with SmtpServer() as server:
            variables |= by(server)
            await command("mail", "test", "ada@example.org", "--language", "de")
        assert server.taken[0].message["Subject"] == "Mail von Potluck funktioniert"

    async def test_goes_to_a_file_where_no_server_is_named(
        self, command: Command, tmp_path: Path
    ) -> None:
        ended = await command("mail", "test", "ada@example.org")
        assert ended.output == f"The mail went to a file in {tmp_path}/mail.\n"
        [file] = (tmp_path / "mail").glob("*.eml")
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert mail["To"] == "ada@example.org"

    async def test_tells_what_the_server_said_against_it(
        self, command: Command, variables: dict[str, str]
    ) -> None:
        with SmtpServer(rcpt_reply="550 5.1.1 No such user") as server:
            variables |= by(server)
            ended = await command("mail", "test", "ada@example.org")
        assert ended.exit_code == 1
        assert ended.output == (
            f"The mail was not sent. 127.0.0.1:{server.port} said 550 5.1.1 No such user\n"
        )

    async def test_refuses_what_is_no_address(self, command: Command) -> None:
        ended = await command("mail", "test", "ada")
        assert ended.exit_code == 1
        assert ended.output == (
            "The mail was not sent. This is not an address that mail can go to.\n"
        )

    async def test_a_server_without_a_name_is_a_mistake_of_the_settings(
        self, command: Command, variables: dict[str, str]
    ) -> None:
        variables["POTLUCK_MAIL__BACKEND"] = "smtp"
        ended = await command("mail", "test", "ada@example.org")
        assert ended.exit_code == 78
        assert "POTLUCK_MAIL: smtp needs the name of a mail server: set host" in ended.output


def test_the_password_of_the_server_is_not_shown() -> None:
    mail = MailSettings(username="ada", password=SecretStr("canary-of-the-mail-server"))
    assert "canary" not in repr(Settings(mail=mail))
