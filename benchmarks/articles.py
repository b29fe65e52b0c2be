"""Lay down a corpus of invented articles: any number of records, the same ones for the same seed.

    python benchmarks/articles.py 100000 -o articles.jsonl
    python benchmarks/articles.py 1000 --yaml folder

Record n is the same however many are made, from whichever one on, and in whatever form.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import IO, Final, TypeAlias

import msgspec

import invented
from invented import Both, Name
from khabar.model import (
    Article,
    ArticleRecord,
    ArticleText,
    Claim,
    CorpusHeader,
    Entity,
    Event,
    Evidence,
    Hop,
    RelativeDate,
    Statement,
    UnnamedSource,
    each,
)
from khabar.scalars import Stance

SEED: Final = 2024
LINKED: Final = 0.02
"""Which share of the records refers to another article."""
FIRST: Final = date(2011, 1, 1)
DAYS: Final = (date(2025, 1, 1) - FIRST).days
MARGIN: Final = 400
"""How many days before the first and after the last date of publication an event can be."""
DRAWS: Final = 4096
"""How finely popularity is told apart."""
REACH: Final = 10_000
"""How many records back a record refers at most."""

ENTITIES_A_LINE: Final = 200

Texts: TypeAlias = dict[str, str]


class Articles:
    """Invented records by number; ``linked`` is the share of those that refer to an earlier one."""

    def __init__(self, seed: int = SEED, linked: float = LINKED) -> None:
        self.header: CorpusHeader = invented.header()
        self.entities: dict[str, Entity] = invented.entities()
        self._seed = seed
        self._linked = linked
        self._random = Random()
        self._persons = _popular(invented.names("Person", self.entities))
        self._outlets = _popular(invented.names("Outlet", self.entities))
        self._polities = _popular(invented.names("Polity", self.entities))
        self._places = _popular(invented.names("Place", self.entities))
        self._bodies = _popular(invented.names("Organisation", self.entities))
        self._days = tuple((FIRST + timedelta(day)).isoformat() for day in range(-MARGIN, DAYS + MARGIN))
        self._scenes: tuple[_Scene, ...] = (self._talks, self._deal, self._presence, self._exercise, self._trip)

    def record(self, number: int) -> ArticleRecord:
        """The record of ``number``, from 0."""
        record, draw = self._alone(number)
        return self._link(record, number) if number and draw < self._linked else record

    def _alone(self, number: int) -> tuple[ArticleRecord, float]:
        # What a record says without looking at others; the draw tells whether it does.
        generator = self._random
        generator.seed(self._seed << 41 | number)
        random = generator.random
        draw = random()
        day = MARGIN + int(random() * DAYS)
        outlet = self._outlets[int(random() * DRAWS)]
        events, claims, title = self._scenes[int(random() * len(self._scenes))](random, day)
        sources, entities = self._own(random, claims, events)
        statements = self._statements(random, day, outlet, list(claims), tuple(sources))
        article = Article(
            id=_id(number),
            title=title,
            publisher=outlet.id,
            published=self._days[day] if random() < 0.97 else self._days[day][:7],
            language="ar" if random() < 0.6 else "en",
            url=f"https://example.net/{outlet.id}/{self._days[day][:4]}/{number}" if random() < 0.8 else None,
            republished_by=self._other(random, self._outlets, outlet).id if random() < 0.05 else (),
            text=ArticleText(sha256=self._digest(), length=4000 + int(random() * 5000)) if random() < 0.7 else None,
            note=_texts(_one(random, invented.REMARKS)) if random() < 0.03 else {},
        )
        record = ArticleRecord(
            article=article, entities=entities, sources=sources, events=events, claims=claims, statements=statements
        )
        return record, draw

    def _talks(self, random: _Draw, day: int) -> _Told:
        # A meeting, the visit that led to it, and what they are said to have agreed.
        one = self._persons[int(random() * DRAWS)]
        other = self._other(random, self._persons, one)
        place = self._places[int(random() * DRAWS)]
        topic = _one(random, invented.TOPICS)
        events = {
            "meeting": Event(
                type="Meeting" if random() < 0.9 else "Summit",
                label=_say("{} and {} meet", "لقاء {} و{}", one, other),
                date=self._date(random, day),
                place=place.id,
                attendee=(one.id, other.id),
                host=one.id if random() < 0.2 else (),
                topic=_texts(topic),
                evidence=self._evidence(random, 1) if random() < 0.12 else (),
            ),
            "visit": Event(
                type="Visit",
                label=_say("{} visits {}", "{} في زيارة إلى {}", other, place),
                date=RelativeDate(before="meeting", by=("P1D", "P1W", "P1M")[int(random() * 3)])
                if random() < 0.3
                else self._date(random, day),
                place=place.id,
                visitor=other.id,
                inviter=one.id if random() < 0.15 else (),
            ),
        }
        claims = {
            "met": Claim(about="meeting", text=_say("{} met {}.", "التقى {} مع {}.", one, other)),
            "came": Claim(about="visit", text=_say("{} came to {}.", "وصل {} إلى {}.", other, place)),
        }
        if random() < 0.3:
            party = self._polities[int(random() * DRAWS)]
            second = self._other(random, self._polities, party)
            events["accord"] = Event(
                type="Agreement",
                label=_say("An accord of {} and {}", "اتفاق {} و{}", party, second),
                party=(party.id, second.id),
                topic=_texts(topic),
            )
            claims["agreed"] = Claim(
                about="accord",
                text=_say("{} and {} have an accord.", "ثمة اتفاق بين {} و{}.", party, second),
                entails="met" if random() < 0.3 else (),
            )
        return events, claims, _say("{} meets {}", "{} يلتقي {}", one, other)

    def _deal(self, random: _Draw, day: int) -> _Told:
        # Access for something in return.
        giver = self._polities[int(random() * DRAWS)]
        taker = self._other(random, self._polities, giver)
        body = self._bodies[int(random() * DRAWS)]
        place = self._places[int(random() * DRAWS)]
        thing = _one(random, invented.ACCESSES)
        gift = _one(random, invented.GIFTS)
        events = {
            "deal": Event(
                type="Agreement",
                label=_say("A deal of {} and {}", "صفقة {} و{}", giver, taker),
                date=self._date(random, day) if random() < 0.5 else None,
                party=(giver.id, taker.id),
            ),
            "access": Event(
                type="AccessGrant",
                label=_say("{} grants access at {}", "{} تمنح حق الاستخدام في {}", giver, place),
                date=f"{self._days[day][:7]}/.." if random() < 0.2 else None,
                part_of="deal",
                place=place.id,
                provider=giver.id,
                recipient=taker.id if random() < 0.6 else body.id,
                object=_texts(thing),
                in_exchange_for="goods",
            ),
            "goods": Event(
                type="Provision",
                label=_say("{} provides goods", "{} تقدم مقابلًا", taker),
                part_of="deal",
                provider=taker.id,
                recipient=giver.id,
                object=_texts(gift),
                evidence=self._evidence(random, 1) if random() < 0.1 else (),
            ),
        }
        claims = {
            "sought": Claim(
                about="deal", text=_say("{} seeks a deal with {}.", "تسعى {} إلى صفقة مع {}.", taker, giver)
            ),
            "terms": Claim(
                about=("access", "goods"),
                text=_say("{} may use {}.", "يحق ل{} استخدام {}.", taker, place),
                entails="sought",
            ),
        }
        if random() < 0.15:
            claims["where"] = Claim(
                about="access", detail="place", text=_say("The access is at {}.", "حق الاستخدام في {}.", place)
            )
        return events, claims, _say("{} and {}: talk of a deal", "{} و{}: حديث عن صفقة", giver, taker)

    def _presence(self, random: _Draw, day: int) -> _Told:
        # Forces somewhere, and a visit to them.
        force = self._bodies[int(random() * DRAWS)]
        place = self._places[int(random() * DRAWS)]
        person = self._persons[int(random() * DRAWS)]
        rival = self._polities[int(random() * DRAWS)]
        events = {
            "presence": Event(
                type="ForcePresence",
                label=_say("{} at {}", "{} في {}", force, place),
                date=f"{self._days[day - int(random() * 300)][:7]}/.." if random() < 0.4 else self._date(random, day),
                place=place.id,
                force=force.id,
                against=rival.id if random() < 0.3 else (),
                note=_texts(_one(random, invented.REMARKS)) if random() < 0.05 else {},
            ),
            "visit": Event(
                type="Visit",
                label=_say("{} visits the force at {}", "{} يتفقد القوة في {}", person, place),
                date=self._date(random, day),
                place=place.id,
                visitor=person.id,
                host=force.id,
                purpose=_texts(_one(random, invented.TOPICS)),
                evidence=self._evidence(random, 1) if random() < 0.1 else (),
            ),
        }
        claims = {
            "there": Claim(about="presence", text=_say("{} is at {}.", "{} موجودة في {}.", force, place)),
            "inspected": Claim(about="visit", text=_say("{} inspected {}.", "تفقّد {} {}.", person, force)),
        }
        if random() < 0.25:
            events["landing"] = Event(
                type="Event",
                label=_say("Aircraft land at {}", "هبوط طائرات في {}", place),
                date=RelativeDate(after="presence") if random() < 0.4 else self._date(random, day),
                place=place.id,
                participant=force.id,
                part_of="presence",
            )
            claims["landed"] = Claim(
                about="landing", text=_say("Aircraft came to {}.", "وصلت طائرات إلى {}.", place), entails="there"
            )
        return events, claims, _say("Who is at {}", "من في {}", place)

    def _exercise(self, random: _Draw, day: int) -> _Told:
        # An exercise of two forces, a meeting of those who lead them.
        one = self._bodies[int(random() * DRAWS)]
        other = self._other(random, self._bodies, one)
        person = self._persons[int(random() * DRAWS)]
        second = self._other(random, self._persons, person)
        place = self._places[int(random() * DRAWS)]
        events = {
            "exercise": Event(
                type="Exercise",
                label=_say("{} and {} train", "{} و{} في مناورة", one, other),
                date=self._date(random, day),
                place=place.id,
                participant=(one.id, other.id),
            ),
            "meeting": Event(
                type="Meeting",
                label=_say("{} receives {}", "{} يستقبل {}", person, second),
                date=self._date(random, day),
                attendee=second.id,
                host=person.id,
                topic=_texts(_one(random, invented.TOPICS)),
                evidence=self._evidence(random, 1) if random() < 0.1 else (),
            ),
        }
        claims = {
            "trained": Claim(about="exercise", text=_say("{} trains with {}.", "تتدرب {} مع {}.", one, other)),
            "received": Claim(about="meeting", text=_say("{} received {}.", "استقبل {} {}.", person, second)),
        }
        if random() < 0.2:
            claims["called-off"] = Claim(
                about="exercise", text=_say("{} stays away.", "{} لن تشارك.", one), conflicts_with="trained"
            )
        return events, claims, _say("{} and {} at sea", "{} و{} في البحر", one, other)

    def _trip(self, random: _Draw, day: int) -> _Told:
        # One person, two stations, and a promise.
        person = self._persons[int(random() * DRAWS)]
        host = self._polities[int(random() * DRAWS)]
        place = self._places[int(random() * DRAWS)]
        then = self._other(random, self._places, place)
        gift = _one(random, invented.GIFTS)
        events = {
            "arrival": Event(
                type="Visit",
                label=_say("{} in {}", "{} في {}", person, place),
                date=self._date(random, day),
                place=place.id,
                visitor=person.id,
                host=host.id,
            ),
            "return": Event(
                type="Visit",
                label=_say("{} goes on to {}", "{} يتوجه إلى {}", person, then),
                date=RelativeDate(after="arrival", by=("P1D", "P3D", "P1W")[int(random() * 3)]),
                place=then.id,
                visitor=person.id,
            ),
            "promise": Event(
                type="Provision",
                label=_say("{} is promised goods", "وعد ل{} بمساعدات", host),
                provider=person.id,
                recipient=host.id,
                object=_texts(gift),
            ),
        }
        claims = {
            "came": Claim(about=("arrival", "return"), text=_say("{} came to {}.", "وصل {} إلى {}.", person, place)),
            "promised": Claim(
                about="promise",
                detail="object" if random() < 0.2 else None,
                text=_say("{} promised help to {}.", "وعد {} بمساعدة {}.", person, host),
            ),
        }
        return events, claims, _say("{} on the road to {}", "{} في الطريق إلى {}", person, then)

    def _own(
        self, random: _Draw, claims: dict[str, Claim], events: dict[str, Event]
    ) -> tuple[dict[str, UnnamedSource], dict[str, Entity]]:
        # Sources without a name, and now and then somebody of whom this article alone speaks.
        sources: dict[str, UnnamedSource] = {}
        entities: dict[str, Entity] = {}
        if random() < 0.45:
            sources["insiders"] = UnnamedSource(
                described_as=_texts(_one(random, invented.WITNESSES)),
                speaks_for=self._bodies[int(random() * DRAWS)].id if random() < 0.3 else (),
                affiliated_with=self._persons[int(random() * DRAWS)].id if random() < 0.1 else (),
                reason_unnamed=_texts(_one(random, invented.REASONS)) if random() < 0.25 else {},
            )
        if random() < 0.08:
            kind = int(random() * 3)
            english, arabic = invented.LONELY[kind]
            first, second = invented.STEMS[int(random() * len(invented.STEMS))]
            entities["bystander"] = Entity(
                type=("Person", "Organisation", "Place")[kind],
                name={"en": english.format(f"{first}'Atta"), "ar": arabic.format(f"{second} عطا")},
                within=self._places[int(random() * DRAWS)].id if kind else (),
                close_match="https://example.net/people/bystander?from=a%20list&x=1" if random() < 0.3 else (),
            )
            slug = next(iter(events))
            if kind < 2:  # noqa: PLR2004 - the third is a place
                events[slug] = msgspec.structs.replace(events[slug], participant="bystander")
            else:
                events[slug] = msgspec.structs.replace(events[slug], place="bystander")
        return sources, entities

    def _statements(
        self, random: _Draw, day: int, publisher: Name, claims: list[str], sources: tuple[str, ...]
    ) -> dict[str, Statement]:
        # Every claim is made once; some are denied.
        said: dict[str, Statement] = {}
        for place, claim in enumerate(claims, 2):
            draw = random()
            if sources and draw < 0.6:
                source = sources[0]
            elif draw < 0.8:
                source = publisher.id
            else:
                source = self._persons[int(random() * DRAWS)].id
            said[f"on-{claim}"] = Statement(
                source=source,
                stance=_STANCES[int(random() * len(_STANCES))],
                certainty=_CERTAINTIES[int(random() * len(_CERTAINTIES))],
                claim=claim,
                via=self._via(random, day, publisher) if random() < 0.35 and source != publisher.id else (),
                date=self._days[day - int(random() * 9)] if random() < 0.1 else None,
                evidence=self._evidence(random, place),
            )
        if random() < 0.25:
            claim = claims[int(random() * len(claims))]
            said["denial"] = Statement(
                source=self._persons[int(random() * DRAWS)].id,
                stance=_CONTRARY[int(random() * len(_CONTRARY))],
                claim=claim,
                responds_to=f"on-{claim}",
                evidence=self._evidence(random, len(claims) + 2),
            )
        if random() < 0.04:
            first = next(iter(said))
            said["rumour"] = Statement(
                type="Rumour",
                source=self._other(random, self._outlets, publisher).id,
                stance="alleges",
                event=_EVENT_OF.get(claims[0], "deal"),
                evidence=said[first].evidence,
                label={"en": '"They say": a rumour', "ar": "«يقال»: شائعة"},
            )
        return said

    def _via(self, random: _Draw, day: int, publisher: Name) -> tuple[str | Hop, ...]:
        outlet = self._other(random, self._outlets, publisher)
        if random() < 0.6:
            return (outlet.id,)
        if random() < 0.75:
            return (Hop(outlet=outlet.id, date=self._days[day]),)
        first = self._other(random, self._outlets, outlet)
        stance: Stance | None = "reports" if random() < 0.3 else None
        return (Hop(outlet=first.id, stance=stance, certainty="probable" if stance else None), outlet.id)

    def _link(self, record: ArticleRecord, number: int) -> ArticleRecord:
        random = self._random.random
        other, _ = self._alone(number - 1 - int(random() ** 3 * min(number, REACH)))
        # The other record was drawn from the same generator: on with draws of this one's own.
        self._random.seed(self._seed << 41 | 1 << 40 | number)
        name = other.article.id
        slug, statement = next(iter(other.statements.items()))
        claim, event, own = next(iter(other.claims)), next(iter(other.events)), next(iter(record.events))
        evidence = self._evidence(random, 7)
        replace = msgspec.structs.replace
        way = int(random() * 7)
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
        person = self._persons[int(random() * DRAWS)].id
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

    def _date(self, random: _Draw, day: int) -> str | None:
        # Mostly a day; else what articles say instead of one.
        draw = random()
        then = day - int(random() ** 2 * 60)
        text = self._days[then]
        if draw < 0.55:
            return text
        if draw < 0.67:
            return text[:7]
        if draw < 0.72:
            return f"{text[:7]}~"
        if draw < 0.77:
            return f"{text[:8]}{'2' if text[8] == '3' else text[8]}X"
        if draw < 0.83:
            return f"[{text}..{self._days[then + 6]}]"
        if draw < 0.87:
            return f"{text}/{self._days[then + 3]}"
        if draw < 0.9:
            return text[:4]
        return None

    def _evidence(self, random: _Draw, paragraph: int) -> Evidence:
        start = int(random() * 200) if random() < 0.5 else 0
        return Evidence(paragraph=paragraph, start=start, end=start + 20 + int(random() * 200), sha256=self._digest())

    def _digest(self) -> str:
        return f"{self._random.getrandbits(256):064x}"

    def _other(self, random: _Draw, among: Sequence[Name], first: Name) -> Name:
        found = first
        while found is first:
            found = among[int(random() * DRAWS)]
        return found


_Draw: TypeAlias = Callable[[], float]
_Told: TypeAlias = tuple[dict[str, Event], dict[str, Claim], Texts]
_Scene: TypeAlias = Callable[[_Draw, int], _Told]

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


def _popular(names: Sequence[Name]) -> tuple[Name, ...]:
    # Zipf's law: the k-th is spoken of a k-th as often as the first. As many entries as draws, each name its share.
    sums = tuple(accumulate(1 / rank for rank in range(1, len(names) + 1)))
    drawn: list[Name] = []
    for name, upto in zip(names, sums, strict=True):
        drawn += [name] * (round(upto / sums[-1] * DRAWS) - len(drawn))
    return tuple(drawn)


def _one(random: _Draw, among: Sequence[Both]) -> Both:
    return among[int(random() * len(among))]


def _texts(both: Both) -> Texts:
    return {"en": both[0], "ar": both[1]}


def _say(english: str, arabic: str, *names: Name) -> Texts:
    return {"en": english.format(*[name.en for name in names]), "ar": arabic.format(*[name.ar for name in names])}


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
