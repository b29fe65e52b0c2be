"""Prints precision and recall of matching on the labelled set, and every miss, as Markdown: docs/matching.md."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

from labelled_matches import Outcome, cases, outcomes, precision_and_recall

THRESHOLD = 0.95
"""What ``khabar link --accept`` is recommended to be given."""

HEAD = """# How well names are matched

Made by `make matching` from the [labelled sets](../tests/data/matching/README.md): mentions as a record has them, the
candidates that a search could bring up for each, and which of them is right, or none. The *drawn* set was made by a
script, mostly of GeoNames; the set *by hand* was labelled without knowledge of how khabar weighs. The weights of
`khabar/matching/evidence.py` were set on the halves that are called tuning; the others were held out, but for one
weight (of a place that both lie in), for which a fourth of the set by hand was read, of both halves.

*Precision* is the share of accepted links that are right, *recall* the share of right links that are accepted,
*first* the share of mentions with a right candidate for which that is the likeliest. Whoever labelled by hand accepts
a full name and a type where nothing else is known; khabar leaves those to a person, hence the recall.
"""


def page() -> str:
    """The whole page."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    yield HEAD
    yield "| threshold | set | part | cases | accepted | wrong | precision | recall | first |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for threshold in (0.9, THRESHOLD, 0.98):
        for made in ("drawn", "by hand"):
            for part in ("tuning", "held-out", None):
                found = outcomes(threshold, part, made)
                precision, recall = precision_and_recall(found)
                accepted = sum(one.accepted is not None for one in found)
                wanted = [one for one in found if one.case.right is not None]
                first = sum(one.is_first for one in wanted) / len(wanted)
                yield (
                    f"| {threshold:.2f} | {made} | {part or 'all'} | {len(found)} | {accepted} "
                    f"| {sum(one.is_wrong for one in found)} | {precision:.3f} | {recall:.3f} | {first:.3f} |"
                )
    found = [*outcomes(THRESHOLD), *outcomes(THRESHOLD, made="by hand")]
    yield f"\n## By kind, at {THRESHOLD}\n"
    yield "| set | kind | cases | with a right candidate | accepted | wrong |\n|---|---|---|---|---|---|"
    counts = Counter((case.made, case.kind) for case in cases())
    for (made, kind), count in sorted(counts.items(), reverse=True):
        own = [one for one in found if (one.case.made, one.case.kind) == (made, kind)]
        with_right = sum(one.case.right is not None for one in own)
        accepted = sum(one.accepted is not None for one in own)
        yield f"| {made} | {kind} | {count} | {with_right} | {accepted} | {sum(one.is_wrong for one in own)} |"
    yield f"\n## Misses, at {THRESHOLD}\n"
    yield "| set | case | mention | probability of the likeliest | which is |\n|---|---|---|---|---|"
    missed = [one for one in found if one.is_missed]
    yield from map(_miss, sorted(missed, key=lambda one: (one.case.made != "drawn", one.case.id)))


def _miss(one: Outcome) -> str:
    if one.best is None:
        return f"| {one.case.made} | {one.case.id} | {one.case.shown} | | |"
    which = "right" if one.best.number == one.case.right else "another"
    return f"| {one.case.made} | {one.case.id} | {one.case.shown} | {one.best.probability:.2f} | {which} |"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr] # a console of another encoding
    sys.stdout.write(page())
