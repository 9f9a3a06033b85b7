"""Mails as they are put together, and the ways that need no server."""

import stat
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from potluck.clients import email
from potluck.clients.email import (
    FileMailer,
    Letter,
    MailDelayed,
    MailRefused,
    MemoryMailer,
    NoMailer,
    Sender,
    compose,
    sender_of,
)
from potluck.core.config import Settings
from potluck.core.mail_settings import MailSettings
from tests.log_capture import captured

SENDER = Sender("Potluck", "potluck@recipes.example")
AT = datetime(2026, 3, 1, 17, 5, tzinfo=UTC)


def mail(
    *,
    subject: str = "Soup",
    to: str = "ada@example.org",
    id: str = "0195",
    sender: Sender = SENDER,
) -> EmailMessage:
    letter = Letter(subject, "Come.\n", "<p>Come.</p>", "de")
    return compose(letter, sender=sender, to=to, id=id, at=AT)


def sent(message: EmailMessage) -> EmailMessage:
    """The mail as who gets it reads it."""
    return message_from_bytes(message.as_bytes(), policy=policy.default)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


class TestHeaders:
    def test_say_who_when_and_in_which_language(self) -> None:
        assert dict(sent(mail()).items()) | {"Content-Type": ""} == {
            "Subject": "Soup",
            "From": "Potluck <potluck@recipes.example>",
            "To": "ada@example.org",
            "Date": "Sun, 01 Mar 2026 17:05:00 +0000",
            "Message-ID": "<0195@recipes.example>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": "de",
            "MIME-Version": "1.0",
            "Content-Type": "",
        }

    def test_the_same_mail_has_the_same_id_whenever_it_is_sent(self) -> None:
        assert mail()["Message-ID"] == mail()["Message-ID"] != mail(id="0196")["Message-ID"]

    def test_names_beyond_ascii_are_encoded(self) -> None:
        message = mail(
            subject="Käthe lädt ein 🍲", sender=Sender("Käthes Küche", "k@kueche.example")
        )
        assert message.as_bytes().isascii()
        assert sent(message)["Subject"] == "Käthe lädt ein 🍲"
        assert sent(message)["From"].addresses[0].display_name == "Käthes Küche"

    @pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\x00"])
    def test_i10_a_line_break_in_a_name_begins_no_header(self, ending: str) -> None:
        inserted = f"a{ending}Bcc: x@evil.test{ending}{ending}<b>Body</b>"
        sender = Sender(inserted, "potluck@recipes.example")
        message = sent(mail(subject=inserted, sender=sender))
        assert message["Bcc"] is None
        assert message["Subject"] == "a Bcc: x@evil.test <b>Body</b>"
        assert [each.get_content_type() for each in message.iter_parts()] == [
            "text/plain",
            "text/html",
        ]

    @pytest.mark.parametrize(
        "to",
        ["ada@example.org\r\nBcc: x@evil.test", "ada@example.org, x@evil.test", "ada", "",
         "<ada@example.org>", "ada@" + "ü" * 60 + ".example"],
    )  # fmt: skip
    def test_i10_what_is_no_address_gets_no_mail(self, to: str) -> None:
        with pytest.raises(MailRefused):
            mail(to=to)


class TestSender:
    @pytest.mark.parametrize(
        ("base_url", "address"),
        [
            ("https://recipes.example.org/kitchen", "potluck@recipes.example.org"),
            ("https://küche.example", "potluck@xn--kche-0ra.example"),
            ("http://192.168.1.7:8000", "potluck@[192.168.1.7]"),
            ("http://[fd00::7]:8000", "potluck@[IPv6:fd00::7]"),
            (None, "potluck@[127.0.0.1]"),
        ],
    )
    def test_is_at_the_host_that_people_type(self, base_url: str | None, address: str) -> None:
        assert sender_of(Settings(base_url=base_url)) == Sender("Potluck", address)

    def test_is_whom_the_settings_name(self) -> None:
        named = MailSettings(from_address="kitchen@example.org", from_name="Kitchen")
        assert sender_of(Settings(mail=named)) == Sender("Kitchen", "kitchen@example.org")

    def test_an_address_of_a_network_makes_a_good_message_id(self) -> None:
        message = mail(sender=sender_of(Settings(base_url="http://[fd00::7]:8000")))
        assert sent(message)["Message-ID"] == "<0195@IPv6.fd00..7>"


class TestFiles:
    async def test_each_mail_is_a_file_that_only_its_owner_reads(self, tmp_path: Path) -> None:
        mailer = FileMailer(tmp_path / "mail")
        await mailer.send(mail(id="0195"))
        [file] = (tmp_path / "mail").iterdir()
        assert file.name == "0195.eml"
        assert sent(message_from_bytes(file.read_bytes(), policy=policy.default))["To"] == (
            "ada@example.org"
        )
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700

    async def test_the_same_mail_again_is_the_same_file(self, tmp_path: Path) -> None:
        mailer = FileMailer(tmp_path)
        await mailer.send(mail())
        await mailer.send(mail())
        assert names(tmp_path) == ["0195.eml"]

    async def test_the_oldest_give_way(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(email, "KEPT_FILES", 2)
        for id in ("3", "1", "2"):
            await FileMailer(tmp_path).send(mail(id=id))
        assert names(tmp_path) == ["2.eml", "3.eml"]

    async def test_a_folder_that_cannot_be_written_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "mail").write_text("a file")
        with pytest.raises(MailDelayed, match="cannot be written"):
            await FileMailer(tmp_path / "mail").send(mail())


async def test_memory_keeps_the_newest() -> None:
    mailer = MemoryMailer()
    for number in range(email.KEPT_IN_MEMORY + 1):
        await mailer.send(mail(id=str(number)))
    assert len(mailer.sent) == email.KEPT_IN_MEMORY
    assert mailer.sent[0]["Message-ID"] == "<1@recipes.example>"


async def test_none_drops_mails_and_says_so_without_the_address() -> None:
    with captured() as log:
        await NoMailer().send(mail())
    assert "mail_dropped" in log.text
    assert "ada@" not in log.text
