"""Every mail in every language, as reviewed: files in `mail_texts`.

`python -m tests.services.mail_snapshots` writes them anew; look at what changed.
"""

from pathlib import Path

from potluck.clients.email import Letter
from potluck.schemas.mail import Mail
from potluck.services.mail_samples import SAMPLES
from potluck.services.mail_text import LANGUAGES, MailTexts

FOLDER = Path(__file__).with_name("mail_texts")
TEXTS = MailTexts("https://recipes.example.org/kitchen")
CASES = [(mail, language) for language in sorted(LANGUAGES) for mail in SAMPLES]


def path_of(mail: Mail, language: str) -> Path:
    return FOLDER / f"{mail.kind}.{language}.txt"


def snapshot(letter: Letter) -> str:
    """Subject and text as they are, of the HTML the body."""
    body = letter.html[letter.html.index("<body") :]
    return f"{letter.subject}\n{'=' * 76}\n{letter.text}\n{'=' * 76}\n{body}\n"


def main() -> None:
    for mail, language in CASES:
        path_of(mail, language).write_text(snapshot(TEXTS.write(mail, language)), "utf-8")


if __name__ == "__main__":
    main()
