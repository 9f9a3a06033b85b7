"""Mails over a real SMTP server: how they arrive, and what is tried again."""

import asyncio
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from potluck.clients.email import Letter, MailDelayed, MailFailure, MailRefused, Sender, compose
from potluck.clients.smtp import SmtpMailer
from potluck.core.mail_settings import MailSettings
from tests.certificates import make_certificate
from tests.processes import free_port
from tests.smtp_server import PASSWORD, USERNAME, SmtpServer

LETTER = Letter("Soup", "Come & eat.\n", "<p>Come &amp; eat.</p>", "en")
SENDER = Sender("Potluck", "potluck@recipes.example")
AT = datetime(2026, 3, 1, 17, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls") / "mail.pem")


def mail(to: str = "ada@example.org") -> EmailMessage:
    return compose(LETTER, sender=SENDER, to=to, id="0195", at=AT)


def mailer(server: SmtpServer, **changes: Any) -> SmtpMailer:
    values = {"host": "127.0.0.1", "port": server.port, "security": "none"} | changes
    return SmtpMailer(MailSettings(**values), own_name=SENDER.domain)


def refusing(step: str, reply: str) -> SmtpServer:
    """A server that says `reply` at this step."""
    options: dict[str, Any] = {step: reply}
    return SmtpServer(**options)


async def failure_of(sending: SmtpMailer, to: str = "ada@example.org") -> MailFailure:
    with pytest.raises(MailFailure) as caught:
        await sending.send(mail(to))
    return caught.value


class TestPlain:
    async def test_a_mail_arrives_as_it_was_written(self) -> None:
        with SmtpServer() as server:
            await mailer(server).send(mail())
        [taken] = server.taken
        assert (taken.sender, taken.recipients) == ("potluck@recipes.example", ["ada@example.org"])
        assert taken.message["Subject"] == "Soup"
        assert taken.message["Message-ID"] == "<0195@recipes.example>"
        parts = {each.get_content_type(): each.get_content() for each in taken.message.iter_parts()}
        assert parts["text/plain"].replace("\r\n", "\n") == "Come & eat.\n"
        assert parts["text/html"].strip() == "<p>Come &amp; eat.</p>"

    async def test_the_server_is_greeted_by_the_name_of_the_instance(self) -> None:
        with SmtpServer() as server:
            await mailer(server).send(mail())
        assert server.greeted_as == ["recipes.example"]

    async def test_hosts_beyond_ascii_arrive_at_any_server(self) -> None:
        with SmtpServer(has_utf8=False) as server:
            await mailer(server).send(mail("ada@käse.example"))
        assert server.taken[0].recipients == ["ada@xn--kse-qla.example"]

    async def test_names_beyond_ascii_arrive_where_the_server_takes_them(self) -> None:
        with SmtpServer() as server:
            await mailer(server).send(mail("zoë@example.org"))
        assert server.taken[0].recipients == ["zoë@example.org"]
        assert server.taken[0].message["To"] == "zoë@example.org"

    async def test_and_are_given_up_where_it_does_not(self) -> None:
        with SmtpServer(has_utf8=False) as server:
            failure = await failure_of(mailer(server), "zoë@example.org")
        assert isinstance(failure, MailRefused)
        assert failure.reason == f"127.0.0.1:{server.port} takes no addresses beyond ASCII."


class TestTls:
    @pytest.mark.parametrize("is_implicit", [False, True], ids=["starttls", "tls"])
    async def test_signs_in_and_sends_under_tls(self, certificate: Path, is_implicit: bool) -> None:
        with SmtpServer(
            certificate=certificate, is_implicit=is_implicit, needs_sign_in=not is_implicit
        ) as server:
            sending = mailer(
                server,
                security="tls" if is_implicit else "starttls",
                ca_file=certificate,
                username=None if is_implicit else USERNAME,
                password=None if is_implicit else PASSWORD,
            )
            await sending.send(mail())
        assert server.taken[0].has_tls
        assert server.taken[0].is_signed_in is not is_implicit

    async def test_a_certificate_that_nobody_vouches_for_is_refused(
        self, certificate: Path
    ) -> None:
        with SmtpServer(certificate=certificate) as server:
            failure = await failure_of(mailer(server, security="starttls"))
        assert isinstance(failure, MailDelayed)
        assert "certificate verify failed" in failure.reason
        assert server.taken == []

    async def test_a_certificate_of_another_name_is_refused(self, tmp_path: Path) -> None:
        other = make_certificate(tmp_path / "other.pem", names=("mail.example",))
        with SmtpServer(certificate=other) as server:
            failure = await failure_of(mailer(server, security="starttls", ca_file=other))
        assert isinstance(failure, MailDelayed)
        assert "not valid for" in failure.reason
        assert server.taken == []

    async def test_a_server_that_knows_no_starttls_gets_no_mail(self) -> None:
        with SmtpServer() as server:
            failure = await failure_of(mailer(server, security="starttls"))
        assert isinstance(failure, MailDelayed)
        assert "STARTTLS" in failure.reason
        assert server.taken == []

    async def test_a_file_of_certificates_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        with SmtpServer() as server:
            missing = tmp_path / "none.pem"
            failure = await failure_of(mailer(server, security="starttls", ca_file=missing))
        assert failure.reason == f"{missing} cannot be read: No such file or directory."

    async def test_a_wrong_password_can_be_set_right_and_is_not_told(
        self, certificate: Path
    ) -> None:
        with SmtpServer(certificate=certificate) as server:
            wrong = {"username": USERNAME, "password": "canary-of-a-wrong-password"}
            sending = mailer(server, security="starttls", ca_file=certificate, **wrong)
            failure = await failure_of(sending)
        assert isinstance(failure, MailDelayed)
        assert failure.code == 535
        assert "canary" not in failure.reason


class TestRefusals:
    @pytest.mark.parametrize("step", ["rcpt_reply", "data_reply"])
    async def test_5xx_is_the_end_of_a_mail(self, step: str) -> None:
        with refusing(step, "550 5.1.1 No such user") as server:
            failure = await failure_of(mailer(server))
        assert isinstance(failure, MailRefused)
        assert failure.code == 550
        assert failure.reason == f"127.0.0.1:{server.port} said 550 5.1.1 No such user"

    @pytest.mark.parametrize("step", ["rcpt_reply", "data_reply"])
    async def test_4xx_is_not(self, step: str) -> None:
        with refusing(step, "451 4.7.1 Come back later") as server:
            failure = await failure_of(mailer(server))
        assert isinstance(failure, MailDelayed)
        assert failure.code == 451

    async def test_neither_is_a_refused_sender_as_the_operator_can_name_another(self) -> None:
        with SmtpServer(mail_reply="553 5.7.1 Not your address") as server:
            failure = await failure_of(mailer(server))
        assert isinstance(failure, MailDelayed)
        assert failure.code == 553


class TestOutages:
    async def test_a_server_that_is_away_is_tried_again(self) -> None:
        away = SmtpServer(port=free_port())
        failure = await failure_of(mailer(away))
        assert isinstance(failure, MailDelayed)
        assert failure.code is None

    async def test_a_slow_server_is_left_within_the_time_of_the_settings(self) -> None:
        with SmtpServer(delay_s=2) as server:
            failure = await failure_of(mailer(server, timeout_s=0.2))
        assert isinstance(failure, MailDelayed)
        assert failure.reason == f"127.0.0.1:{server.port} did not answer within 0.2 s."

    async def test_a_server_that_never_says_goodbye_has_taken_the_mail(self) -> None:
        """Handing it over again would be the second mail."""
        said: list[bytes] = []

        async def impolite(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            replies = [b"250 mail.example", b"250 OK", b"250 OK", b"354 Go on", b"250 Taken"]
            writer.write(b"220 mail.example\r\n")
            while line := await reader.readline():
                said.append(line.strip())
                is_data = len(replies) == 1
                if is_data and line != b".\r\n":
                    continue
                if not replies:
                    break
                writer.write(replies.pop(0) + b"\r\n")
            writer.close()

        running = await asyncio.start_server(impolite, "127.0.0.1", 0)
        async with running:
            port = running.sockets[0].getsockname()[1]
            await mailer(SmtpServer(port=port)).send(mail())
        assert said[-1] == b"QUIT"

    async def test_what_is_not_smtp_is_told(self) -> None:
        async def web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(web, "127.0.0.1", 0) as running:
            port = running.sockets[0].getsockname()[1]
            failure = await failure_of(mailer(SmtpServer(port=port)))
        assert isinstance(failure, MailDelayed)


class TestCheck:
    async def test_looks_in_without_sending(self) -> None:
        with SmtpServer() as server:
            await mailer(server).check()
        assert (server.greeted_as, server.taken) == ([], [])

    async def test_says_what_is_wrong(self) -> None:
        with pytest.raises(MailDelayed):
            await mailer(SmtpServer()).check()
