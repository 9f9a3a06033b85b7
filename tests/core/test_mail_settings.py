"""Settings of mail: what follows from what, and what does not go together."""

from typing import Any

import pytest
from pydantic import ValidationError

from potluck.core.config import Settings
from potluck.core.mail_settings import MailSettings


def refusal_of(**values: Any) -> str:
    with pytest.raises(ValidationError) as refusal:
        MailSettings(**values)
    [error] = refusal.value.errors(include_input=False, include_context=False)
    return error["msg"].removeprefix("Value error, ")


class TestTheWay:
    def test_is_into_files_as_long_as_no_server_is_named(self) -> None:
        assert MailSettings().way == "file"

    def test_is_by_the_server_as_soon_as_one_is(self) -> None:
        assert MailSettings(host="smtp.example.org").way == "smtp"

    def test_can_be_said(self) -> None:
        assert MailSettings(host="smtp.example.org", backend="none").way == "none"

    def test_needs_a_server_for_smtp(self) -> None:
        assert refusal_of(backend="smtp") == "smtp needs the name of a mail server: set host"


class TestTheServer:
    @pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
    def test_is_asked_at_the_registered_port(self, security: Any, port: int) -> None:
        assert MailSettings(host="smtp.example.org", security=security).server_port == port

    def test_may_have_another(self) -> None:
        assert MailSettings(host="smtp.example.org", port=2525).server_port == 2525

    @pytest.mark.parametrize(
        "host", ["mail..example", "mail.example:587", "smtp://mail.example", "a\r\nb", "", "-a"]
    )
    def test_has_a_name_or_an_address(self, host: str) -> None:
        assert "without a port" in refusal_of(host=host)

    @pytest.mark.parametrize("host", ["smtp.example.org", "mail_relay", "10.0.0.7", "fd00::7"])
    def test_takes_names_of_networks_at_home(self, host: str) -> None:
        assert MailSettings(host=host).host == host

    def test_is_told_a_password_with_its_user(self) -> None:
        assert refusal_of(username="ada") == "give username and password, or neither"

    def test_is_told_it_under_tls_only(self) -> None:
        known = {"username": "ada", "password": "secret", "security": "none"}
        assert "without TLS" in refusal_of(host="smtp.example.org", **known)
        assert MailSettings(host="localhost", **known).is_this_machine
        assert MailSettings(host="127.0.0.1", **known).is_this_machine


@pytest.mark.parametrize(
    "address", ["ada", "@example.org", "a b@example.org", "ada@example.org\r\nBcc: x", "käthe@a.de"]
)
def test_the_sender_is_an_address_that_every_server_takes(address: str) -> None:
    assert "like potluck@example.org" in refusal_of(from_address=address)


def test_the_preview_is_no_page_of_the_internet() -> None:
    with pytest.raises(ValidationError, match="for development"):
        Settings(base_url="https://recipes.example.org", mail=MailSettings(preview=True))
    assert Settings(mail=MailSettings(preview=True)).mail.preview
