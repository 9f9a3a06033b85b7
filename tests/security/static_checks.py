"""What is found without running Potluck: rules of our own, workflows, secrets."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.processes import ROOT
from tests.security import tools
from tests.security.report import Row

RULES = Path(__file__).with_name("rules")
#: Digests of what was looked at and is no secret, by file.
BASELINE = Path(__file__).with_name("known-secrets.json")
#: Detectors that judge a text by its looks; tests and pages of documentation are full of such.
GUESSING = (
    "Base64HighEntropyString",
    "BasicAuthDetector",
    "HexHighEntropyString",
    "JwtTokenDetector",
    "KeywordDetector",
)
MADE_UP = r"^(tests|docs|benchmarks|potluck/api/openapi)/|^requirements.*\.lock$"


def semgrep(folder: Path, *targets: str | Path) -> dict[str, Any]:
    """What semgrep finds by our rules; raises RuntimeError when it could not look."""
    ended = tools.run(
        "semgrep",
        *("scan", "--config", RULES, "--metrics", "off", "--disable-version-check"),
        *("--json", "--quiet", "--no-git-ignore", "--jobs", "1"),
        *targets,
        folder=folder,
    )
    try:
        found: dict[str, Any] = json.loads(ended.stdout)
    except ValueError:
        raise RuntimeError(f"semgrep: {ended.stdout}{ended.stderr}") from None
    if found["errors"]:
        raise RuntimeError(f"semgrep: {found['errors']}")
    return found


def rules() -> list[dict[str, Any]]:
    """Our rules, as semgrep reads them."""
    read = tools.run("python", "-c", READ_RULES, *sorted(RULES.glob("*.yaml")))
    members: list[dict[str, Any]] = json.loads(read.stdout)
    return members


#: The tools' environment has a YAML parser; that of the tests needs none.
READ_RULES = (
    "import json, sys, yaml; "
    "print(json.dumps([r for p in sys.argv[1:] for r in yaml.safe_load(open(p))['rules']]))"
)


def rules_see_their_examples(folder: Path) -> Row:
    """Each rule finds the bad example that it carries, and passes the good one."""
    every = rules()
    for rule in every:
        about = rule["metadata"]
        for kind in ("bad", "good"):
            name = f"{kind}_{rule['id'].replace('-', '_')}{about.get('suffix', '.py')}"
            (folder / name).write_text(f"{about[kind]}\n", encoding="utf-8")
    found = semgrep(folder, folder)["results"]
    seen = {(each["check_id"].rpartition(".")[2], Path(each["path"]).name) for each in found}
    wrong = []
    for rule in every:
        name = f"{rule['id'].replace('-', '_')}{rule['metadata'].get('suffix', '.py')}"
        if (rule["id"], f"bad_{name}") not in seen:
            wrong.append(f"{rule['id']} does not find its bad example")
        if (rule["id"], f"good_{name}") in seen:
            wrong.append(f"{rule['id']} finds its good example")
    return Row("semgrep: our rules see their own examples", f"{len(every)} rules", wrong)


def product_keeps_the_rules() -> Row:
    """0 findings in the package."""
    found = semgrep(ROOT, "potluck")
    findings = [
        f"{each['path']}:{each['start']['line']} {each['check_id'].rpartition('.')[2]}:"
        f" {each['extra']['message']}"
        for each in found["results"]
    ]
    looked_at = len(found["paths"]["scanned"])
    return Row("semgrep: the package keeps them", f"{looked_at} files", findings)


#: What a stranger calls a pull request is run by a shell here.
BAD_WORKFLOW = """\
on: pull_request_target
jobs:
  greet:
    runs-on: ubuntu-latest
    steps:
      - run: echo "${{ github.event.pull_request.title }}"
"""


def workflows(folder: Path) -> Iterator[Row]:
    """What zizmor says of a workflow with a hole, and of ours."""
    planted = folder / ".github" / "workflows" / "bad.yaml"
    planted.parent.mkdir(parents=True)
    planted.write_text(BAD_WORKFLOW, encoding="utf-8")
    is_found = any(each.startswith("template-injection:") for each in _zizmor(planted))
    missed = [] if is_found else ["the planted hole was missed"]
    yield Row("zizmor: finds a planted hole", "1 file", missed)
    names = tools.tracked(".github/workflows/*", "action.yml", "action.yaml")
    yield Row("zizmor: workflows", f"{len(names)} files", _zizmor(*names) if names else [])


def _zizmor(*names: str | Path) -> list[str]:
    ended = tools.run("zizmor", "--offline", "--no-progress", "--format", "json", *names)
    return [f"{each['ident']}: {each['desc']}" for each in json.loads(ended.stdout)]


def secrets() -> list[Row]:
    """Secrets in tracked files: sure signs anywhere, likely ones where no value is made up."""
    without = [part for name in GUESSING for part in ("--disable-plugin", name)]
    sure = _scan(*without)
    likely = _scan("--exclude-files", MADE_UP)
    known = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    reviewed = {(name, digest) for name, digests in known.items() for digest in digests}
    new = [each for each in likely if (each["filename"], each["hashed_secret"]) not in reviewed]
    return [
        Row("detect-secrets: sure signs, everywhere", f"{len(tools.tracked())} files", _told(sure)),
        Row(
            "detect-secrets: likely ones, outside tests and docs",
            f"{len(likely)} found, {len(likely) - len(new)} of them reviewed",
            _told(new),
        ),
    ]


def _scan(*options: str) -> list[dict[str, Any]]:
    ended = tools.run("detect-secrets", "scan", *options)
    results: dict[str, list[dict[str, Any]]] = json.loads(ended.stdout)["results"]
    return [each for found in results.values() for each in found]


def _told(found: list[dict[str, Any]]) -> list[str]:
    return [
        f"{each['filename']}:{each['line_number']} {each['type']} {each['hashed_secret']}"
        for each in found
    ]
