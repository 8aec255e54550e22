"""Measure matching beside its peers: python -m tests.bench.matching [--out DIR].

Writes report.md and its plots. Peers come with `pip install .[bench]`; one that is not there is
left out and named. The report says on what machine and how busy it was.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import replace
from pathlib import Path

import click
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.fuzz import token_sort_ratio

from matching import name_similarity
from tests.bench.matching import ceiling, engines, guards, names, peers, rates
from tests.bench.matching.crowd import asked as ask
from tests.bench.matching.crowd import crowd
from tests.bench.matching.engines import OURS, missing
from tests.bench.matching.measures import (
    FAIR,
    FAIRLY_SURE,
    Answer,
    SearchFigures,
    behind,
    by_group,
    of_answers,
)
from tests.bench.matching.report import Report
from tests.bench.matching.sets import SETS
from tests.bench.people import Truth

KINDS_OF_GROUP = ("what went wrong", "names", "age", "completeness")
KINDS_OF_PEOPLE = ("names", "age", "completeness")
_PARTS = ("search", "ceiling", "link", "names", "guards", "earned", "rates")
LEFT_OUT = ("given", "family", "dob", "sex", "postcode", "address", "phone", "mother", "school")


def _say(words: str) -> None:
    click.echo(words, err=True)


def _search(report: Report, size: int, count: int, seed: int) -> None:
    _say(f"search among {size:,}")
    people = crowd(size, seed)
    asked = ask(people, count)
    del people
    slow = [p for p in peers.SEARCHING if p.name != "tantivy"]
    fast = [OURS, *(p.name for p in peers.SEARCHING if p.name == "tantivy")]
    gone = [p.name for p in peers.SEARCHING if missing(p.package)]
    raced = engines.race([n for n in fast if n not in gone], size, asked, seed)
    for peer in slow:
        if peer.name not in gone and size <= peer.most:
            # A few questions only: each takes long, and it is recall that is compared.
            raced |= engines.race([peer.name], size, asked[: min(count, 200)], seed)
    figures = {name: of_answers(asked[: len(said)], said) for name, (_, said) in raced.items()}
    base = figures.get("tantivy")
    rows = [_search_row(n, raced[n][0], f, base) for n, f in figures.items()]
    report.table(
        f"Search among {size:,} people",
        "engine|p50 ms|p95 ms|p99 ms|p95 to tantivy's|recall@1|recall@5|build s|records/s",
        rows,
        note=_left_out(gone),
    )
    built, said = raced[OURS]
    report.table(
        f"The index of {size:,}", "what|figure", [(k, f"{v:.2f}") for k, v in built.more.items()]
    )
    if size == min(report.sizes):
        for kind in KINDS_OF_GROUP:
            _groups(report, kind, asked, said)


def _search_row(
    name: str, built: engines.Built, f: SearchFigures, base: SearchFigures | None
) -> tuple[str, ...]:
    ratio = f"{f.p95 / base.p95:.2f}" if base else "not measured"
    return (
        name,
        *(f"{ms:.2f}" for ms in (f.p50, f.p95, f.p99)),
        ratio,
        f"{f.recall_1:.3f}",
        f"{f.recall_5:.3f}",
        f"{built.seconds:.1f}",
        f"{built.records_a_second:,.0f}",
    )


def _groups(report: Report, kind: str, asked: list[Truth], said: list[Answer]) -> None:
    groups = by_group(kind, asked, said)
    report.table(
        f"By {kind}",
        "group|questions|recall@5|very likely|share|of these wrong",
        [
            (
                g.group,
                g.questions,
                f"{g.recall_5:.3f}",
                g.sure,
                f"{g.sure_share:.2f}",
                g.sure_wrong,
            )
            for g in groups
        ],
    )
    report.bars(f"Found among five, by {kind}", {g.group: g.recall_5 for g in groups})
    if kind not in KINDS_OF_PEOPLE:
        return
    late = behind(groups)
    if not late:
        report.say(f"By {kind}, no group fares worse than everybody by more than is fair.")
        return
    report.table(
        f"Not fair enough, by {kind}",
        "group|questions|less often found by|less often very likely by|wrongly so|may be chance",
        [
            (
                b.group,
                b.questions,
                f"{b.gap:+.3f}",
                f"{b.sure_gap:+.2f}",
                b.sure_wrong,
                "yes" if b.chance else "no",
            )
            for b in late
        ],
        note=f"Fair is {FAIR} and {FAIRLY_SURE} at most, and never wrong.",
    )


def _left_out(gone: list[str]) -> str:
    return f"Not installed here, and so not measured: {', '.join(gone)}." if gone else ""


def _earned(report: Report, size: int, count: int, seed: int) -> None:
    """What each fact of a question earns: recall without it."""
    _say("what each fact earns")
    people = crowd(size, seed)
    asked = ask(people, count)
    del people
    sets = {"nothing": asked}
    for fact in LEFT_OUT:
        blank = {"sex": guards.UNKNOWN}.get(fact)
        sets[fact] = [replace(t, query=replace(t.query, **{fact: blank})) for t in asked]
    rows = []
    together = [t for held in sets.values() for t in held]
    said = engines.race([OURS], size, together, seed)[OURS][1]
    for place, (fact, held) in enumerate(sets.items()):
        f = of_answers(held, said[place * count : (place + 1) * count])
        rows.append((fact, f"{f.recall_1:.3f}", f"{f.recall_5:.3f}"))
    report.table("What a question loses without a fact", "left out|recall@1|recall@5", rows)


def _ceiling(report: Report, size: int, count: int, seed: int) -> None:
    """What scoring everyone would find, and how much of that the index reaches."""
    _say(f"everyone weighed, among {size:,}")
    f = ceiling.measured(size, count, max(2, count // 8), seed)
    report.table(
        f"Everyone weighed, among {size:,} people",
        "answered by|questions|recall@1|recall@5",
        [
            ("everyone weighed", f.questions, f"{f.best_1:.3f}", f"{f.best_5:.3f}"),
            ("the index", f.questions, f"{f.index_1:.3f}", f"{f.index_5:.3f}"),
        ],
        note=f"The index brings {f.reached:.4f} of what everyone weighed brings among five, and as "
        f"likely a record first in {f.as_first:.4f} of the questions. {f.whole} questions were "
        f"compared with everyone in full: {f.passed} of them found a better first record so.",
    )


def _link(report: Report) -> None:
    gone = [p.name for p in peers.LINKING if missing(p.package)]
    names_of = [OURS, *(p.name for p in peers.LINKING if p.name not in gone)]
    rows = []
    for name in SETS:
        for engine in names_of:
            _say(f"{engine} on {name}")
            try:
                done = engines.linked(engine, name)
            except EOFError:
                rows.append((name, engine, *["stopped with an error"] + [""] * 6))
                continue
            f = done.figures
            rows.append(
                (
                    name,
                    engine,
                    f"{f.best_f1:.4f}",
                    f"{f.f1:.4f}",
                    f"{f.best_f1 - f.f1:.4f}",
                    f"{f.precision:.4f}",
                    f"{f.recall:.4f}",
                    f"{f.calibration:.4f}",
                    f"{done.seconds:.1f}",
                    f"{done.peak_mb:,.0f}",
                )
            )
            if engine == OURS:
                report.calibration(name, f.bins)
    report.table(
        "Batch: pairs found, without labels",
        "set|engine|best F1|F1 at 0.5|lost|precision|recall|calibration error|s|peak MB",
        rows,
        note=_left_out(gone),
    )


def _names(report: Report) -> None:
    pairs = names.labelled()
    scorers = {
        OURS: name_similarity,
        "Jaro-Winkler": lambda a, b: JaroWinkler.normalized_similarity(a.lower(), b.lower()),
        "token sort": lambda a, b: token_sort_ratio(a.lower(), b.lower()) / 100,
    }
    rows = []
    for name, scorer in scorers.items():
        best, at_default = names.f1_of(pairs, scorer)
        rows.append((name, f"{best:.3f}", f"{at_default:.3f}"))
    report.table(f"{len(pairs)} labelled pairs of names", "scorer|best F1|F1 at 0.7", rows)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/matching"))
@click.option("--people", multiple=True, type=int, default=(100_000, 1_000_000), show_default=True)
@click.option("--questions", type=int, default=1_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--only", type=click.Choice(_PARTS))
def main(out: Path, people: tuple[int, ...], questions: int, seed: int, only: str | None) -> None:
    """Measure matching beside its peers and write a report."""
    load = os.getloadavg()[0]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f} at the start"
    report = Report(
        sizes=people,
        said=f"Python {platform.python_version()}, {machine}; crowd of seed {seed}.",
    )
    wanted = {only} if only else set(_PARTS)
    if "names" in wanted:
        _names(report)
    if "guards" in wanted:
        _say("twins, siblings and namesakes")
        report.table(
            "People who must not be taken for one another",
            "pair|asked|called very likely",
            guards.measured(seed),
        )
    if "rates" in wanted:
        _say("how often each level is seen")
        report.table(
            "Levels as the shipped weights have them, and as seen in our crowd",
            "level|m|seen|u|seen|home|seen",
            rates.measured(seed),
            note="The crowd is invented, and its slips are ours: a yardstick, not the truth.",
        )
    if "search" in wanted:
        for size in people:
            _search(report, size, questions, seed)
    if "ceiling" in wanted:
        _ceiling(report, min(people), min(questions, 300), seed)
    if "earned" in wanted:
        _earned(report, min(people), min(questions, 500), seed)
    if "link" in wanted:
        _link(report)
    report.write(out)
    click.echo(out / "report.md")


if __name__ == "__main__":
    sys.exit(main())
