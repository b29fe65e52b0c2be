"""Prints precision and recall of matching on the labelled set, and every miss, as Markdown: docs/matching.md."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

from labelled_matches import Outcome, cases, outcomes, precision_and_recall

THRESHOLD = 0.95
"""What ``khabar link --accept`` is recommended to be given."""

HEAD = """# How well names are matched

Made by `make matching` from the [labelled set](../tests/data/matching/README.md): mentions as a record has them, the
candidates that a search could bring up for each, and which of them is right, or none. The weights of
`khabar/matching/evidence.py` were set on the half that is called tuning; the other was held out.

*Precision* is the share of accepted links that are right, *recall* the share of right links that are accepted.
"""


def page() -> str:
    """The whole page."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    yield HEAD
    yield "| threshold | part | cases | accepted | wrong | precision | recall |"
    yield "|---|---|---|---|---|---|---|"
    for threshold in (0.9, THRESHOLD, 0.98):
        for part in ("tuning", "held-out", None):
            found = outcomes(threshold, part)
            precision, recall = precision_and_recall(found)
            accepted = sum(one.accepted is not None for one in found)
            wrong = sum(one.is_wrong for one in found)
            yield (
                f"| {threshold:.2f} | {part or 'all'} | {len(found)} | {accepted} | {wrong} "
                f"| {precision:.3f} | {recall:.3f} |"
            )
    found = outcomes(THRESHOLD)
    yield f"\n## By kind, at {THRESHOLD}\n"
    yield "| kind | cases | with a right candidate | accepted | wrong |\n|---|---|---|---|---|"
    for kind, count in sorted(Counter(case.kind for case in cases()).items()):
        own = [one for one in found if one.case.kind == kind]
        with_right = sum(one.case.right is not None for one in own)
        accepted = sum(one.accepted is not None for one in own)
        yield f"| {kind} | {count} | {with_right} | {accepted} | {sum(one.is_wrong for one in own)} |"
    yield f"\n## Misses, at {THRESHOLD}\n"
    yield "| case | mention | probability of the likeliest | which is |\n|---|---|---|---|"
    yield from map(_miss, sorted((one for one in found if one.is_missed), key=lambda one: one.case.id))


def _miss(one: Outcome) -> str:
    if one.best is None:
        return f"| {one.case.id} | {one.case.shown} | | |"
    which = "right" if one.best.number == one.case.right else "another"
    return f"| {one.case.id} | {one.case.shown} | {one.best.probability:.2f} | {which} |"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr] # a console of another encoding
    sys.stdout.write(page())
