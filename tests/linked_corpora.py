"""Corpora of several articles that refer to one another in every way that records can."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from hypothesis import strategies as st

Document: TypeAlias = Any
"""What ``json.loads`` gives."""

STANCES: Final = ("asserts", "confirms", "reports", "alleges", "denies", "disputes", "retracts")
_LISTS: Final = {
    "participant": ("events", "e", "participant", ("insider", "club")),
    "part_of": ("events", "e", "part_of", ("e",)),
    "in_exchange_for": ("events", "e", "in_exchange_for", ("e",)),
    "same_event_as": ("events", "e", "same_event_as", ("e",)),
    "about-event": ("claims", "c", "about", ("e",)),
    "about-statement": ("claims", "c", "about", ("s",)),
    "entails": ("claims", "c", "entails", ("c",)),
    "conflicts_with": ("claims", "c", "conflicts_with", ("c",)),
    "responds_to": ("statements", "s", "responds_to", ("s",)),
    "same_as": ("statements", "s", "same_as", ("s",)),
    "member_of": ("entities", "club", "member_of", ("club",)),
    "speaks_for": ("sources", "insider", "speaks_for", ("club",)),
}
_DATES: Final = {"after": {"after": "e"}, "before": {"before": "e"}, "after-by": {"after": "e", "by": "P7D"}}
_SAID: Final = {"claim": "c", "event": "e", "relays": "s"}
LINKS: Final = (*_LISTS, *_DATES, *_SAID, "source", "shared")
"""Every kind of reference."""


class Link(NamedTuple):
    """One reference: its kind, the article that it stands in, the article that it leads to, a stance where it has one.

    Articles are told by number; ``shared`` stands in the shared entities.
    """

    kind: str
    where: int
    to: int
    stance: str = "asserts"


def article(number: int) -> Document:
    """An article with one of everything."""
    return {
        "article": {
            "id": name(number),
            "title": {"en": f"Article {number}"},
            "publisher": "times",
            "published": "2023-06-30",
            "language": "en",
        },
        "entities": {"club": {"type": "Organisation", "name": {"en": f'Club "{number}"'}}},
        "sources": {"insider": {"described_as": {"en": f"an insider\nof {number}"}}},
        "events": {"e": {"type": "Event", "label": {"en": f"Event {number}"}, "date": f"2023-{1 + number % 12:02}"}},
        "claims": {"c": {"about": ["e"], "text": {"en": f"It was {number}.", "ar": "كان."}}},
        "statements": {"s": {"source": "insider", "stance": "reports", "claim": "c", "evidence": passage(0)}},
    }


def passage(start: int) -> Document:
    """A passage."""
    return {"paragraph": 1, "start": start, "end": start + 7, "sha256": "0" * 64}


def name(number: int) -> str:
    """The id of an article; the order of ids is not that of numbers."""
    return f"a{number * 7 % 10}-{number}"


def corpus(count: int, links: Iterable[Link]) -> dict[str, Document]:
    """The files of a corpus of ``count`` articles, by their paths."""
    shared: Document = {
        "times": {"type": "Outlet", "name": {"en": "The Times"}},
        "union": {"type": "Organisation", "name": {"en": "The Union"}},
    }
    articles = [article(number) for number in range(count)]
    for number, link in enumerate(links):
        _add(articles[link.where], shared, link, f"x{number}")
    return {
        "corpus.yaml": {
            "base": "https://example.org/linked/",
            "title": {"en": "Linked"},
            "licence": "https://creativecommons.org/licenses/by/4.0/",
            "languages": ["en"],
            "annotators": [{"name": "A"}],
        },
        "entities/all.yaml": {"entities": shared},
        **{f"articles/{number}.yaml": document for number, document in enumerate(articles)},
    }


def _add(own: Document, shared: Document, link: Link, slug: str) -> None:
    other, kind = name(link.to), link.kind
    if kind in _LISTS:
        section, thing, field, targets = _LISTS[kind]
        own[section][thing].setdefault(field, []).extend(f"{other}.{target}" for target in targets)
    elif kind in _DATES:
        own["events"]["e"]["date"] = {key: f"{other}.e" if key != "by" else by for key, by in _DATES[kind].items()}
    elif kind in _SAID:
        stance = {} if kind == "relays" else {"stance": link.stance}
        said = {"source": "times", "evidence": passage(len(own["statements"]) * 10), kind: f"{other}.{_SAID[kind]}"}
        own["statements"][slug] = stance | said
    elif kind == "source":
        own["statements"]["s"]["source"] = f"{other}.insider"
    else:
        shared["union"].setdefault("member_of", []).append(f"{other}.club")


def lay_down(documents: dict[str, Document], folder: Path) -> Path:
    """Write the files of a corpus."""
    (folder / "articles").mkdir(parents=True)
    (folder / "entities").mkdir()
    for path, document in documents.items():
        # JSON is YAML.
        (folder / path).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return folder


@st.composite
def corpora(draw: st.DrawFn) -> dict[str, Document]:
    """Corpora of up to seven articles; references may lead in circles, and then they are faults."""
    count = draw(st.integers(1, 7))
    numbers = st.integers(0, count - 1)
    links = st.builds(Link, st.sampled_from(LINKS), numbers, numbers, st.sampled_from(STANCES))
    return corpus(count, draw(st.lists(links, max_size=8)))


def sound(count: int, *, every: int, seed: int) -> dict[str, Document]:
    """A corpus of ``count`` articles without faults, with one reference for ``every`` articles, far and near."""
    chance = random.Random(seed)  # noqa: S311 - an example, the same every time
    found = []
    for _ in range(count // every):
        low, high = sorted(chance.sample(range(count), 2))
        # References that lead from higher to lower numbers alone make no circle.
        found.append(Link(chance.choice(LINKS[:-1]), high, low, chance.choice(STANCES)))
    return corpus(count, found)
