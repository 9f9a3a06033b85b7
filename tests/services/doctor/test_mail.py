"""Whether mails leave: the server is asked, and gets none."""

from pathlib import Path
from typing import Any

import pytest

from potluck.core.mail_settings import MailSettings
from potluck.services.doctor import mail
from potluck.services.doctor.finding import Patient
from tests.conftest import make_settings
from tests.services.doctor.conftest import found
from tests.smtp_server import SmtpServer


def patient(folder: Path, **values: Any) -> Patient:
    url = f"sqlite:///{folder}/potluck.db"
    settings = make_settings(folder, url, mail=MailSettings(**values))
    return Patient(settings, None, None, None)  # type: ignore[arg-type]


async def test_without_a_server_the_folder_and_the_way_out_are_told(tmp_path: Path) -> None:
    [(level, what)] = await found(mail.look, patient(tmp_path))
    assert level == "ok"
    assert what.startswith(f"No mail server is set, so mails go to files in {tmp_path}/mail")
    assert "docs/operations/mail.md" in what


@pytest.mark.parametrize("backend", ["memory", "none"])
async def test_mails_that_nobody_can_ever_read_are_a_warning(tmp_path: Path, backend: str) -> None:
    assert await found(mail.look, patient(tmp_path, backend=backend)) == [
        ("warning", f"Mails are thrown away: POTLUCK_MAIL__BACKEND is {backend}.")
    ]


async def test_a_server_that_lets_us_in_is_all_right(tmp_path: Path) -> None:
    with SmtpServer() as server:
        looked_at = patient(tmp_path, host="127.0.0.1", port=server.port, security="none")
        assert await found(mail.look, looked_at) == [
            ("ok", f"The mail server 127.0.0.1:{server.port} lets us in.")
        ]
    assert server.taken == []


async def test_a_server_that_does_not_is_an_error_with_its_words(tmp_path: Path) -> None:
    with SmtpServer() as server:
        looked_at = patient(tmp_path, host="127.0.0.1", port=server.port)
        [(level, what)] = await found(mail.look, looked_at)
    assert level == "error"
    assert what.startswith(f"Mails do not leave. 127.0.0.1:{server.port} could not be used:")
    assert what.endswith("STARTTLS extension not supported by server.")


async def test_links_that_sign_in_are_not_to_cross_a_network_in_clear(tmp_path: Path) -> None:
    with SmtpServer() as server:
        looked_at = patient(tmp_path, host="localhost", port=server.port, security="none")
        assert [level for level, _ in await found(mail.look, looked_at)] == ["ok"]
    assert [each.level for each in mail.risks(MailSettings(host="10.0.0.7", security="none"))] == [
        "warning"
    ]
