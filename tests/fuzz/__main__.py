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
from collections import Counter

from tests.fuzz.campaign import FAMILIES, Round, fuzzed
from tests.fuzz.kitchen import ENGINES
from tests.fuzz.namespace import entered

#: Of both engines together; a sample is what every run of the test suite sends.
CASES, SAMPLE_CASES = 20_000, 2_000
ALL_WITHIN_S = 75 * 60


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seed", type=int, help="of the first round; chosen when left out")
    parser.add_argument("--cases", type=int, help="of both engines together")
    parser.add_argument("--engine", choices=ENGINES, help="one engine only")
    parser.add_argument("--sample", action="store_true", help="short rounds, as in the suite")
    arguments = parser.parse_args()
    is_isolated = entered("tests.fuzz", sys.argv[1:])
    if not is_isolated:
        tell("*** NO NETWORK NAMESPACE on this machine: Potluck's fetcher is told to dial nobody")
    seed = arguments.seed if arguments.seed is not None else secrets.randbelow(10**6)
    tell(f"seed {seed} (again: make fuzz SEED={seed})")
    cases = arguments.cases or (SAMPLE_CASES if arguments.sample else CASES)
    wanted, end = cases / len(ENGINES), time.monotonic() + ALL_WITHIN_S
    rounds: list[Round] = []
    is_complete = True
    for engine in (arguments.engine,) if arguments.engine else ENGINES:
        done, number = 0, seed
        while done < wanted and is_complete:
            each = fuzzed(engine, number, is_sample=arguments.sample, is_isolated=is_isolated)
            rounds.append(each)
            tell(f"{engine}, seed {number}: {each.cases} cases in {each.duration_s:.0f} s")
            if not each.is_clean:
                tell(f"{each.said}\n{'; '.join(each.notes)}")
            done, number = done + each.cases, number + 1
            is_complete = each.cases > 0 and (done >= wanted or time.monotonic() < end)
        tell(f"{engine}: {done} cases" + ("" if done >= wanted else " *** ENDED TOO EARLY"))
    tell(f"\n{as_table(rounds)}\n\n{answers(rounds)}")
    return 0 if is_complete and all(each.is_clean for each in rounds) else 1


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


def answers(rounds: list[Round]) -> str:
    """The statuses, and the refusals that were accepted, in one line each."""
    reasons = sum((each.accepted for each in rounds), start=Counter[str]())
    statuses = sum((each.statuses for each in rounds), start=Counter[int]())
    told = ", ".join(f"{status} x {count}" for status, count in sorted(statuses.items()))
    known = ", ".join(f"{code} x {count}" for code, count in reasons.most_common())
    return f"answers: {told}\nrefusals by rules that the document cannot say: {known or 'none'}"


if __name__ == "__main__":
    sys.exit(main())
