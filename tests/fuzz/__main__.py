"""Send generated requests to real servers and print what came of it: `make fuzz`.

    python -m tests.fuzz [--seed N] [--cases N] [--engine sqlite] [--sample]

Rounds with seeds N, N+1, ... follow until each engine has met its half of the cases; every round
has a server with fresh data of its own, so one is replayed by its seed alone. The exit status is 1
when something was found.
"""

import argparse
import secrets
import sys
import time

from tests.fuzz.campaign import FAMILIES, Round, fuzzed
from tests.fuzz.kitchen import ENGINES
from tests.fuzz.namespace import entered

CASES = 20_000
ALL_WITHIN_S = 75 * 60


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seed", type=int, help="of the first round; chosen when left out")
    parser.add_argument("--cases", type=int, default=CASES, help="of both engines together")
    parser.add_argument("--engine", choices=ENGINES, help="one engine only")
    parser.add_argument("--sample", action="store_true", help="one short round, as in the suite")
    arguments = parser.parse_args()
    is_isolated = entered("tests.fuzz", sys.argv[1:])
    if not is_isolated:
        tell("*** NO NETWORK NAMESPACE on this machine: Potluck's fetcher is told to dial nobody")
    seed = arguments.seed if arguments.seed is not None else secrets.randbelow(10**6)
    tell(f"seed {seed} (again: make fuzz SEED={seed})")
    engines = (arguments.engine,) if arguments.engine else ENGINES
    rounds: list[Round] = []
    end = time.monotonic() + ALL_WITHIN_S
    for engine in engines:
        done, number = 0, seed
        while done < (1 if arguments.sample else arguments.cases / len(ENGINES)):
            if time.monotonic() > end:
                tell(f"*** OUT OF TIME after {done} cases on {engine}")
                return 1
            each = fuzzed(engine, number, is_sample=arguments.sample, is_isolated=is_isolated)
            rounds.append(each)
            tell(f"{engine}, seed {number}: {each.cases} cases in {each.duration_s:.0f} s")
            if not each.is_clean:
                tell(f"{each.said}\n{'; '.join(each.notes)}")
            done, number = done + max(each.cases, 1), number + 1
    tell(f"\n{as_table(rounds)}\n\n{accepted(rounds)}")
    return 0 if all(each.is_clean for each in rounds) else 1


def tell(text: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def as_table(rounds: list[Round]) -> str:
    """A row for each round, as a Markdown table."""
    families = [*dict.fromkeys(FAMILIES.values()), "other"]
    names = ["", "engine", "seed", "operations", "cases", *families, "seconds"]
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    for each in rounds:
        counts = [max(each.found("5xx"), each.count_5xx), *map(each.found, families[1:])]
        cells = [
            "ok" if each.is_clean else "FAILED",
            *(each.engine, each.seed, each.operations, each.cases),
            *counts,
            f"{each.duration_s:.0f}",
        ]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def accepted(rounds: list[Round]) -> str:
    """The refusals that were accepted, and the statuses, in one line each."""
    reasons = sum((each.accepted for each in rounds), start=rounds[0].accepted.__class__())
    statuses = sum((each.statuses for each in rounds), start=rounds[0].statuses.__class__())
    told = ", ".join(f"{status} x {count}" for status, count in sorted(statuses.items()))
    known = ", ".join(f"{code} x {count}" for code, count in reasons.most_common())
    return f"answers: {told}\nrefusals by rules that the document cannot say: {known or 'none'}"


if __name__ == "__main__":
    sys.exit(main())
