"""What mails say: as reviewed, in two languages, whatever people call themselves."""

import re
from typing import get_args

import pytest
from pydantic import ValidationError

from potluck.domain.roles import Role
from potluck.schemas import mail as mails
from potluck.schemas.mail import InvitationMail, Mail, RoleChangedMail, WelcomeMail
from potluck.services.mail_samples import SAMPLES
from potluck.services.mail_text import FOLDER, LANGUAGES, MailTexts, language_of
from tests.services.mail_snapshots import CASES, TEXTS, path_of, snapshot
from tests.services.mail_snapshots import FOLDER as SNAPSHOTS
from tests.web.html_reader import read
from tests.web.payloads import PAYLOADS

NAMES = {f"{mail.kind}.{language}" for mail, language in CASES}
INJECTIONS = ["{{7*7}}", "${7*7}", "{0.__class__}", "{% raw %}", "#{7*7}", "%(name)s", "{{name}}"]


def named(case: tuple[Mail, str]) -> str:
    return f"{case[0].kind}-{case[1]}"


def invitation(words: str) -> InvitationMail:
    sample = next(each for each in SAMPLES if isinstance(each, InvitationMail))
    return sample.model_copy(update={"inviter": words, "household": words})


@pytest.mark.parametrize("case", CASES, ids=named)
class TestEveryMail:
    def test_reads_as_reviewed(self, case: tuple[Mail, str]) -> None:
        mail, language = case
        assert snapshot(TEXTS.write(mail, language)) == path_of(mail, language).read_text("utf-8")

    def test_a08_leads_nowhere_but_to_the_instance(self, case: tuple[Mail, str]) -> None:
        letter = TEXTS.write(*case)
        links = [each.attributes["href"] for each in read(letter.html).find("a")]
        assert links
        for link in [*links, *re.findall(r"https?://\S+", letter.text)]:
            assert link.startswith("https://recipes.example.org/kitchen")

    def test_fetches_nothing(self, case: tuple[Mail, str]) -> None:
        """A picture or a font from elsewhere would tell who reads which mail when."""
        html = TEXTS.write(*case).html
        assert re.findall(r"<(?:img|link|script|iframe)|src=|url\(|@import", html) == []

    def test_says_the_same_in_text_and_html(self, case: tuple[Mail, str]) -> None:
        letter = TEXTS.write(*case)
        shown = " ".join(read(letter.html).text.split())
        for paragraph in letter.text.split("-- \n")[0].split("\n\n"):
            for line in [" ".join(paragraph.split())] if "://" not in paragraph else []:
                assert line in shown

    def test_fits_the_lines_of_a_terminal(self, case: tuple[Mail, str]) -> None:
        text = TEXTS.write(*case).text
        assert [each for each in text.splitlines() if len(each) > 76 and "://" not in each] == []


class TestTemplates:
    def test_every_mail_has_one_in_every_language_and_a_snapshot(self) -> None:
        union, _ = get_args(Mail)
        kinds = {each.model_fields["kind"].default for each in get_args(union)}
        assert {each.kind for each in SAMPLES} == kinds
        for language in LANGUAGES:
            assert {each.stem for each in (FOLDER / language).iterdir()} == kinds
        assert {each.stem for each in SNAPSHOTS.iterdir()} == NAMES

    @pytest.mark.parametrize("role", list(Role))
    @pytest.mark.parametrize("language", sorted(LANGUAGES))
    def test_every_role_has_a_word(self, role: Role, language: str) -> None:
        mail = RoleChangedMail(name="Ada", household="Kitchen", role=role, actor="Ben")
        assert "Kitchen" in TEXTS.write(mail, language).text

    def test_what_the_mail_lacks_is_a_mistake_and_no_gap(self) -> None:
        with pytest.raises(ValidationError):
            InvitationMail.model_validate({"household": "Kitchen"})


class TestLanguage:
    @pytest.mark.parametrize(
        ("locale", "language"),
        [("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("en-GB", "en"), ("fr", "en"), ("", "en"),
         ("den", "en")],
    )  # fmt: skip
    def test_is_that_of_the_locale_or_else_english(self, locale: str, language: str) -> None:
        assert language_of(locale) == language
        assert TEXTS.write(WelcomeMail(name="Ada"), locale).language == language


class TestWhatPeopleWrote:
    @pytest.mark.parametrize("payload", INJECTIONS)
    def test_i09_is_no_template(self, payload: str) -> None:
        letter = TEXTS.write(invitation(payload), "en")
        assert letter.subject == f"{payload} invites you to {payload}"
        assert f"{payload} invites you to the household {payload} at" in letter.text
        assert payload in read(letter.html).text

    @pytest.mark.parametrize("payload", PAYLOADS)
    def test_j01_is_no_markup(self, payload: str) -> None:
        """All that a harmless name makes is what a hostile one makes."""
        letter = TEXTS.write(invitation(payload), "en")
        harmless = TEXTS.write(invitation("Ada"), "en")
        assert tags(letter.html) == tags(harmless.html)
        assert payload in letter.text.replace("\n", " ")
        assert " ".join(payload.split()) in " ".join(read(letter.html).text.split())

    @pytest.mark.parametrize("ending", ["\n\n", "\r\n", "\u2028", "\t", "\x00"])
    def test_i10_cannot_look_like_lines_of_ours(self, ending: str) -> None:
        mail = WelcomeMail(name=f"Ada{ending}Sign in: https://evil.test")
        assert mail.name == "Ada Sign in: https://evil.test"

    def test_is_not_endless(self) -> None:
        assert len(WelcomeMail(name="x" * 10_000).name) == 300


class TestLinks:
    @pytest.mark.parametrize(
        "path",
        ["//evil.test", "/\\evil.test", "https://evil.test", "evil.test", "", "/a b", "/\r\nx"],
    )
    def test_a08_are_paths_of_ours(self, path: str) -> None:
        with pytest.raises(ValidationError):
            WelcomeMail(name="Ada", path=path)

    @pytest.mark.parametrize("path", ["/", "/a", "/reset#token=x-_1", "/a?b=c&d=%20"])
    def test_keep_query_and_fragment(self, path: str) -> None:
        letter = MailTexts("https://a.example").write(WelcomeMail(name="Ada", path=path), "en")
        assert f"https://a.example{path}\n" in letter.text
        [button] = [
            each.attributes["href"]
            for each in read(letter.html).find("a")
            if each.attributes.get("class") == "button"
        ]
        assert button == f"https://a.example{path}"


def tags(html: str) -> list[tuple[str, list[str]]]:
    """Every element with the names of its attributes."""
    return [(each.tag, sorted(each.attributes)) for each in read(html).inside]


def test_every_class_of_mail_is_part_of_the_union() -> None:
    union, _ = get_args(Mail)
    classes = {
        each for name, each in vars(mails).items() if name.endswith("Mail") and name[0] != "_"
    }
    assert classes - {Mail} == set(get_args(union))
