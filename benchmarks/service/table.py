"""The figures as a Markdown table, and the floors that were missed."""

from collections.abc import Mapping

from benchmarks.service.measure import LOGINS as LOGINS_AT_ONCE
from benchmarks.service.measure import Figures, Footing, Result
from benchmarks.service.scenarios import FLOORS

HEAD = (
    "| {title} | CPU ms | x static | floor | x raw | req/s | p50 ms | p99 ms | bytes |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
)
SEARCH_GROWTH, FLAT, P99_OF_P50, LOGINS, COLD_START_S, IDLE_MB = 3.0, 1.5, 10.0, 5.0, 1.5, 150.0


def of(title: str, result: Result) -> str:
    """One database: a line for each scenario, then what is true of the process."""
    lines = [HEAD.format(title=title)]
    lines += [_line(name, each, result) for name, each in result.figures.items()]
    return "\n".join([*lines, "", _process(result.footing)])


def _process(footing: Footing) -> str:
    memory = f"RSS idle {footing.idle_mb:.0f} MB, after the load {footing.loaded_mb:.0f} MB"
    beside = f"p99 of GET beside {LOGINS_AT_ONCE} sign-ins {footing.logins_p99:.1f}x"
    return f"Cold start {footing.cold_start_s:.2f} s; {memory}; {beside}."


def _line(name: str, each: Figures, result: Result) -> str:
    floor = FLOORS.get(name)
    raw = result.raw.get(name)
    cells = [
        name,
        f"{each.cpu_ms:.3f}",
        f"{each.x_yardstick:.1f}",
        f"{floor:.0f}" if floor else "",
        f"{each.cpu_ms / raw.cpu_ms:.1f}" if raw else "",
        f"{each.per_s:.0f}",
        f"{each.p50_ms:.1f}",
        f"{each.p99_ms:.1f}",
        f"{each.body_bytes}",
    ]
    return f"| {' | '.join(cells)} |"


def missed(results: Mapping[int, Result]) -> list[str]:
    """A sentence for every floor that one engine's databases do not reach."""
    small, large = results[min(results)], results[max(results)]
    found = [each for size, result in results.items() for each in _of_one(size, result)]
    if len(results) > 1:
        found += _growth(small, large)
    return found


def _of_one(size: int, result: Result) -> list[str]:
    found = [
        f"{size}: {name} takes {each.x_yardstick:.1f}x static, floor {FLOORS[name]:.0f}x"
        for name, each in result.figures.items()
        if name in FLOORS and each.x_yardstick > FLOORS[name]
    ]
    footing = result.footing
    bounds = [
        ("cold start, seconds", footing.cold_start_s, COLD_START_S),
        ("idle RSS, MB", footing.idle_mb, IDLE_MB),
        ("p99 of GET beside sign-ins, times", footing.logins_p99, LOGINS),
    ]
    if get := result.figures.get("GET recipe"):
        bounds.append(("p99 of GET, times its p50", get.p99_ms / get.p50_ms, P99_OF_P50))
    return found + [
        f"{size}: {name}: {value:.2f}, floor {most:g}"
        for name, value, most in bounds
        if value > most
    ]


def _growth(small: Result, large: Result) -> list[str]:
    found = []
    for name, each in large.figures.items():
        before = small.figures[name]
        # In times of the yardstick: minutes lie between the two, and the machine is not the same.
        grown, most = each.x_yardstick / before.x_yardstick, FLAT
        if name.startswith("search"):
            grown, most = each.p95_ms / before.p95_ms, SEARCH_GROWTH
        elif name not in {"GET recipe", "list of 50"}:
            continue
        if grown > most:
            found.append(f"{name}: {grown:.1f}x from the small shelf to the large, {most}x")
    return found
