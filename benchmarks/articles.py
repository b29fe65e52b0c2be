"""Lay down a corpus of invented articles: any number of records, the same ones for the same seed.

    python benchmarks/articles.py 100000 -o articles.jsonl
    python benchmarks/articles.py 1000 --yaml folder

Record n is the same however many are made, from whichever one on, and in whatever form.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

import msgspec

import invented
from cast import Cast
from invented import Name, texts
from khabar.model import (
    Article,
    ArticleRecord,
    ArticleText,
    CorpusHeader,
    Entity,
    Event,
    Hop,
    RelativeDate,
    Statement,
    UnnamedSource,
    each,
)
from khabar.scalars import Stance
from scenes import SCENES

SEED: Final = 2024
LINKED: Final = 0.02
"""Which share of the records refers to another article."""
REACH: Final = 10_000
"""How many records back a record refers at most."""

ENTITIES_A_LINE: Final = 200


class Articles:
    """Invented records by number; ``linked`` is the share of those that refer to an earlier one."""

    def __init__(self, seed: int = SEED, linked: float = LINKED) -> None:
        self.header: CorpusHeader = invented.header()
        self.entities: dict[str, Entity] = invented.entities()
        self._seed = seed
        self._linked = linked
        self._cast = Cast(self.entities)

    def record(self, number: int) -> ArticleRecord:
        """The record of ``number``, from 0."""
        record, draw = self._alone(number)
        return self._link(record, number) if number and draw < self._linked else record

    def _alone(self, number: int) -> tuple[ArticleRecord, float]:
        # What a record says without looking at others; the draw tells whether it does.
        dice = self._cast.dice
        dice.seed(self._seed << 41 | number)
        draw = dice.random()
        day = self._cast.published()
        outlet = dice.one(self._cast.outlets)
        events, claims, title = dice.one(SCENES)(self._cast, day)
        sources, entities = self._own(events)
        statements = self._statements(day, outlet, list(claims), tuple(sources))
        article = Article(
            id=_id(number),
            title=title,
            publisher=outlet.id,
            published=self._cast.days[day] if dice.chance(0.97) else self._cast.days[day][:7],
            language="ar" if dice.chance(0.6) else "en",
            url=f"https://example.net/{outlet.id}/{self._cast.days[day][:4]}/{number}" if dice.chance(0.8) else None,
            republished_by=self._cast.other(self._cast.outlets, outlet).id if dice.chance(0.05) else (),
            text=ArticleText(sha256=self._cast.digest(), length=4000 + int(dice.random() * 5000))
            if dice.chance(0.7)
            else None,
            note=texts(dice.one(invented.REMARKS)) if dice.chance(0.03) else {},
        )
        record = ArticleRecord(
            article=article, entities=entities, sources=sources, events=events, claims=claims, statements=statements
        )
        return record, draw

    def _text(self) -> ArticleText:
        return ArticleText(sha256=self._cast.digest(), length=4000 + int(self._cast.dice.random() * 5000))

    def _own(self, events: dict[str, Event]) -> tuple[dict[str, UnnamedSource], dict[str, Entity]]:
        # Sources without a name, and now and then somebody of whom this article alone speaks.
        dice = self._cast.dice
        sources: dict[str, UnnamedSource] = {}
        entities: dict[str, Entity] = {}
        if dice.chance(0.45):
            sources["insiders"] = UnnamedSource(
                described_as=texts(dice.one(invented.WITNESSES)),
                speaks_for=dice.one(self._cast.bodies).id if dice.chance(0.3) else (),
                affiliated_with=dice.one(self._cast.persons).id if dice.chance(0.1) else (),
                reason_unnamed=texts(dice.one(invented.REASONS)) if dice.chance(0.25) else {},
            )
        if dice.chance(0.08):
            kind = int(dice.random() * 3)
            english, arabic = invented.LONELY[kind]
            first, second = dice.one(invented.STEMS)
            entities["bystander"] = Entity(
                type=("Person", "Organisation", "Place")[kind],
                name={"en": english.format(f"{first}'Atta"), "ar": arabic.format(f"{second} عطا")},
                within=dice.one(self._cast.places).id if kind else (),
                close_match="https://example.net/people/bystander?from=a%20list&x=1" if dice.chance(0.3) else (),
            )
            slug = next(iter(events))
            if kind < 2:  # noqa: PLR2004 - the third is a place
                events[slug] = msgspec.structs.replace(events[slug], participant="bystander")
            else:
                events[slug] = msgspec.structs.replace(events[slug], place="bystander")
        return sources, entities

    def _statements(
        self, day: int, publisher: Name, claims: list[str], sources: tuple[str, ...]
    ) -> dict[str, Statement]:
        # Every claim is made once; some are denied.
        dice = self._cast.dice
        said: dict[str, Statement] = {}
        for place, claim in enumerate(claims, 2):
            draw = dice.random()
            if sources and draw < 0.6:  # noqa: PLR2004
                source = sources[0]
            elif draw < 0.8:  # noqa: PLR2004
                source = publisher.id
            else:
                source = dice.one(self._cast.persons).id
            said[f"on-{claim}"] = Statement(
                source=source,
                stance=dice.one(_STANCES),
                certainty=dice.one(_CERTAINTIES),
                claim=claim,
                via=self._via(day, publisher) if dice.chance(0.35) and source != publisher.id else (),
                date=self._cast.days[day - int(dice.random() * 9)] if dice.chance(0.1) else None,
                evidence=self._cast.evidence(place),
            )
        if dice.chance(0.25):
            claim = dice.one(claims)
            said["denial"] = Statement(
                source=dice.one(self._cast.persons).id,
                stance=dice.one(_CONTRARY),
                claim=claim,
                responds_to=f"on-{claim}",
                evidence=self._cast.evidence(len(claims) + 2),
            )
        if dice.chance(0.04):
            first = next(iter(said))
            said["rumour"] = Statement(
                type="Rumour",
                source=self._cast.other(self._cast.outlets, publisher).id,
                stance="alleges",
                event=_EVENT_OF.get(claims[0], "deal"),
                evidence=said[first].evidence,
                label={"en": '"They say": a rumour', "ar": "«يقال»: شائعة"},
            )
        return said

    def _via(self, day: int, publisher: Name) -> tuple[str | Hop, ...]:
        dice = self._cast.dice
        outlet = self._cast.other(self._cast.outlets, publisher)
        if dice.chance(0.6):
            return (outlet.id,)
        if dice.chance(0.75):
            return (Hop(outlet=outlet.id, date=self._cast.days[day]),)
        first = self._cast.other(self._cast.outlets, outlet)
        stance: Stance | None = "reports" if dice.chance(0.3) else None
        return (Hop(outlet=first.id, stance=stance, certainty="probable" if stance else None), outlet.id)

    def _link(self, record: ArticleRecord, number: int) -> ArticleRecord:
        dice = self._cast.dice
        other, _ = self._alone(number - 1 - int(dice.random() ** 3 * min(number, REACH)))
        # The other record was drawn from the same generator: on with draws of this one's own.
        dice.seed(self._seed << 41 | 1 << 40 | number)
        name = other.article.id
        slug, statement = next(iter(other.statements.items()))
        claim, event, own = next(iter(other.claims)), next(iter(other.events)), next(iter(record.events))
        evidence = self._cast.evidence(7)
        replace = msgspec.structs.replace
        way = int(dice.random() * 7)
        if way == 0:
            described = replace(record.events[own], same_event_as=f"{name}.{event}")
            return replace(record, events={**record.events, own: described})
        if way == 1:
            described = replace(record.events[own], date=RelativeDate(after=f"{name}.{event}", by="P2W"))
            return replace(record, events={**record.events, own: described})
        if way in {2, 3}:
            last = list(record.claims)[-1]
            told = record.claims[last]
            far = f"{name}.{claim}"
            told = replace(told, entails=(*each(told.entails), far)) if way == 2 else replace(told, conflicts_with=far)  # noqa: PLR2004
            return replace(record, claims={**record.claims, last: told})
        person = dice.one(self._cast.persons).id
        far = f"{name}.{slug}"
        if way == 4:  # noqa: PLR2004
            linked = Statement(
                source=person, stance="denies", claim=f"{name}.{claim}", responds_to=far, evidence=evidence
            )
        elif way == 5:  # noqa: PLR2004
            linked = Statement(source=person, stance="asserts", claim=f"{name}.{claim}", same_as=far, evidence=evidence)
        else:
            source = record.article.publisher if record.article.publisher != statement.source else person
            linked = Statement(source=source, relays=far, evidence=evidence)
        return replace(record, statements={**record.statements, "linked": linked})


_STANCES: Final = ("asserts", "asserts", "asserts", "alleges", "alleges", "reports", "confirms", "declines-comment")
_CONTRARY: Final = ("denies", "denies", "denies", "disputes", "retracts")
_CERTAINTIES: Final = ("unstated", "unstated", "unstated", "unstated", "certain", "probable", "possible")
_EVENT_OF: Final = {
    "met": "meeting",
    "sought": "deal",
    "there": "presence",
    "trained": "exercise",
    "came": "arrival",
}


def _id(number: int) -> str:
    return f"article-{number:08}"


def write_lines(articles: Articles, numbers: Iterable[int], file: IO[bytes], *, alone: bool = False) -> None:
    """Write a whole corpus as JSON Lines, each record as msgspec encodes it; the articles alone, if told."""
    encode = msgspec.json.Encoder().encode
    if not alone:
        file.write(encode(articles.header) + b"\n")
        shared = list(articles.entities.items())
        for start in range(0, len(shared), ENTITIES_A_LINE):
            file.write(encode({"entities": dict(shared[start : start + ENTITIES_A_LINE])}) + b"\n")
    for number in numbers:
        file.write(encode(articles.record(number)) + b"\n")


def write_folder(articles: Articles, numbers: Iterable[int], folder: Path) -> None:
    """Lay down a corpus as people write it: ``corpus.yaml``, one file of entities, one file an article."""
    for place in ("articles", "entities"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    (folder / "corpus.yaml").write_text(yaml(articles.header), encoding="utf-8")
    (folder / "entities" / "entities.yaml").write_text(yaml({"entities": articles.entities}), encoding="utf-8")
    for number in numbers:
        record = articles.record(number)
        (folder / "articles" / f"{record.article.id}.yaml").write_text(yaml(record), encoding="utf-8")


def yaml(record: object) -> str:
    """A record as a person would write it: two levels of blocks, then flow."""
    lines: list[str] = []
    for key, value in msgspec.to_builtins(record).items():
        if not isinstance(value, dict) or _is_texts(value):
            lines.append(f"{key}: {_flow(value)}")
            continue
        lines.append(f"{key}:")
        for inner, content in value.items():
            if not isinstance(content, dict) or _is_texts(content):
                lines.append(f"  {inner}: {_flow(content)}")
                continue
            lines.append(f"  {inner}:")
            lines += [f"    {field}: {_flow(each)}" for field, each in content.items()]
    return "\n".join(lines) + "\n"


def _is_texts(value: dict[str, object]) -> bool:
    return "en" in value or value.keys() == {"sha256", "length"}


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else msgspec.json.encode(value).decode()
    return str(value)


_PLAIN: Final = re.compile(r"(?!(?:null|true|false|yes|no|on|off|y|n)$)[^\W_][\w./~ -]*[\w.~]|[^\W_]", re.IGNORECASE)
"""What needs no quotes in YAML, not even to those who know few of its rules."""


def main() -> None:
    """Write what the arguments say."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("count", type=int, help="how many articles")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the number of the first (default: 0)")
    parser.add_argument("--seed", type=int, default=SEED, help=f"another world of articles (default: {SEED})")
    parser.add_argument(
        "--linked",
        type=float,
        default=LINKED,
        metavar="SHARE",
        help=f"share that refers to other articles (default: {LINKED})",
    )
    parser.add_argument("--alone", action="store_true", help="no header and no entities, the lines of articles alone")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="JSON Lines (default: standard output)")
    parser.add_argument("--yaml", type=Path, metavar="FOLDER", help="a folder of YAML instead")
    arguments = parser.parse_args()
    articles = Articles(arguments.seed, arguments.linked)
    numbers = range(arguments.first, arguments.first + arguments.count)
    if arguments.yaml:
        write_folder(articles, numbers, arguments.yaml)
        return
    with ExitStack() as stack:
        file = stack.enter_context(arguments.output.open("wb")) if arguments.output else sys.stdout.buffer
        write_lines(articles, numbers, file, alone=arguments.alone)


if __name__ == "__main__":
    main()
