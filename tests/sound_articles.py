"""Articles that stand alone, with everything that a record can say; most of them without faults."""

from __future__ import annotations

import json
import unicodedata
from random import Random
from typing import Any, Final, TypeAlias

import msgspec

from khabar.frame import Frame
from khabar.model import CorpusHeader, EntitiesFile

Document: TypeAlias = dict[str, Any]

STANCES: Final = (
    "asserts",
    "reports",
    "alleges",
    "confirms",
    "denies",
    "disputes",
    "declines-comment",
    "retracts",
)
CERTAINTIES: Final = ("certain", "probable", "possible", "unstated")
DATES: Final = (
    *("2031", "2031-03", "2031-03-02", "2030-12-31", "2031-02-2X", "2031-03~", "[2031-01-21..2031-01-30]", "2030/.."),
    *("2031-01-01/2031-03-03", "2030-21", "[2029,2030-05]", "{2030-01..2030-02}", "XXXX", "2031-01-01T10:00:00Z"),
)
WORDS: Final = (
    *("harbour", "«بيان»", "الميناء", 'says "no"', "line\nend", "tab\there", "back\\slash", "\u2067يمين\u2069", "𐤀𐤁"),
    *("é", "no\r\nway", "“quoted”", " ", "a.b", "\u200fعربي", "Ångström", "{x}", "%s %d", "$id", " .\n", "مُشكَّل"),
)

_HEADER: Final[Document] = {
    "base": "https://example.org/it's-%C3%A9/مثال/",
    "title": {"en": 'Some "invented" news', "ar": "أخبار"},
    "licence": "https://creativecommons.org/licenses/by/4.0/",
    "annotators": [{"name": "A"}, {"name": "B", "iri": "https://example.org/b"}],
    "event_types": {
        "Exercise": {"label": {"en": "Exercise", "ar": "مناورة"}},
        "WarGame": {"label": {"en": "War game", "ar": "لعبة"}, "subclass_of": "Exercise"},
        "Summit": {"label": {"en": "Summit", "ar": "قمة"}, "subclass_of": "Meeting"},
        "Lease": {"label": {"en": "Lease", "ar": "إيجار"}, "subclass_of": "AccessGrant"},
    },
}
_ENTITIES: Final = {
    "times": {"type": "Outlet", "name": {"en": "The Times", "ar": "ذا تايمز"}},
    "wire": {"type": "Outlet", "name": {"en": 'The "Wire"', "ar": "وايـر"}, "member_of": "union"},
    "wire-2": {"type": "Outlet", "name": {"en": "Wire\\2", "ar": "٢"}},
    "gazette": {"type": "Outlet", "name": {"ar": "الجريدة", "en": "Gazette", "fr": "La gazette"}},
    "union": {"type": "Organisation", "name": {"en": "The Union", "ar": "الاتحاد"}},
    "navy": {"type": "Organisation", "name": {"en": "The Navy", "ar": "البحرية"}, "member_of": "land"},
    "mayor": {"type": "Person", "name": {"en": "The Mayor", "ar": "العمدة"}},
    "mayor-b": {"type": "Person", "name": {"en": "Mayor B", "ar": "ب"}},
    "land": {"type": "Polity", "name": {"en": "Land", "ar": "أرض"}},
    "port": {"type": "Place", "name": {"en": "Port", "ar": "ميناء"}, "within": "land"},
}
OUTLETS: Final = ("times", "wire", "wire-2", "gazette")
AGENTS: Final = (*OUTLETS, "union", "navy", "mayor", "mayor-b", "land")
PLACES: Final = ("land", "port")


def frame(*languages: str, base: str = _HEADER["base"]) -> Frame:
    """The header and the entities that the articles are seen with; ``languages`` are promised."""
    header = _HEADER | {"base": base} | ({"languages": languages} if languages else {})
    entities = msgspec.convert({"entities": _ENTITIES}, EntitiesFile).entities
    return Frame(msgspec.convert(header, CorpusHeader), entities)


class Author:
    """Writes articles, with everything that chance wants."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._passage = 0
        self._plain = self._chance(0.5)

    def article(self) -> Document:
        """An article; nearly always one without faults."""
        some = self._some
        self.local = self._slugs(0, 2, "club", "quay", "x")
        self.sources = self._slugs(0, 2, "insider", "witness", "aide-1")
        self.agents = [*AGENTS, *self.sources]
        self.places = [*PLACES]
        entities = {slug: self._entity(slug) for slug in self.local}
        self.events = self._slugs(1, 4, "visit", "visit-2", "deal", "x", "y")
        self.claims = self._slugs(0, 4, "visit", "planned", "planned-2", "c", "d")
        said = self._slugs(0, 5, "denial", "denial-1", "s", "t", "u", "v2")
        self.outlets = [*OUTLETS, *(slug for slug, one in entities.items() if one["type"] == "Outlet")]
        publisher = self._one(self.outlets)
        events = {slug: self._event(slug) for slug in self.events}
        claims = {slug: self._claim(slug, said) for slug in self.claims}
        self.statements: dict[str, Document] = {}
        for slug in said:
            self.statements[slug] = self._statement(publisher)
        for claim in self.claims:
            if all(one.get("claim") != claim for one in self.statements.values()):
                self.statements[f"on-{claim}"] = self._statement(publisher, claim)
        spoken = {event for one in claims.values() for event in self._each(one["about"])}
        spoken |= {one["event"] for one in self.statements.values() if "event" in one}
        for slug, event in events.items():
            if slug not in spoken or self._chance(0.2):
                event["evidence"] = self._evidence()
        record: Document = {
            "article": {
                "id": f"a{self._random.randrange(1000)}-x",
                "title": self._texts(),
                "publisher": publisher,
                "published": self._one(("2031-04-05", "2031-04", "2031-04~", "2031-06-05")),
                "language": self._one(("en", "ar", "ar-LY", "zh-Hant")),
                **some(
                    url=lambda: self._one(("https://example.org/a?b=c#d", "http://مثال.example/ب", "https://a/%20"))
                ),
                **some(republished_by=lambda: self._several(self.outlets)),
                **some(text=lambda: {"sha256": self._digest(), "length": 1000 + self._random.randrange(9)}),
                **some(note=self._notes),
            },
            "entities": entities,
            "sources": {slug: self._source() for slug in self.sources},
            "events": events,
            "claims": claims,
            "statements": self.statements,
        }
        return {key: value for key, value in record.items() if value}

    def _entity(self, slug: str) -> Document:
        kind = self._one(("Person", "Organisation", "Outlet", "Polity", "Place"))
        if kind != "Place":
            self.agents.append(slug)
        if kind in {"Place", "Polity"}:
            self.places.append(slug)
        earlier = [one for one in self.agents if one not in self.sources and one != slug]
        return {
            "type": kind,
            "name": self._texts(),
            **self._some(
                alias=lambda: {tag: self._one((self._text(), [self._text(), self._text()])) for tag in self._tags()},
                note=self._notes,
                position=self._texts,
                member_of=lambda: self._several(earlier),
                within=lambda: self._several(PLACES),
                point=lambda: {"lat": self._one((0, 12.5, -90, 1e-7, 33.123456789)), "lon": self._one((0.1, 180, -7))},
                exact_match=lambda: self._several(("Q42", "https://example.org/%41", "http://مثال.example/ب")),
                close_match=lambda: self._several(("Q1", "Q10", "http://example.org/a?x=1&y='z'")),
            ),
        }

    def _source(self) -> Document:
        entities = [one for one in self.agents if one not in self.sources]
        return {
            "described_as": self._texts(),
            **self._some(
                speaks_for=lambda: self._several(entities),
                affiliated_with=lambda: self._several(entities),
                reason_unnamed=self._texts,
            ),
        }

    def _event(self, slug: str) -> Document:
        others = [one for one in self.events if one < slug]
        roles = (
            *("participant", "attendee", "host", "visitor", "inviter", "party"),
            *("provider", "recipient", "force", "against"),
        )
        return {
            "type": self._one(("Event", "Meeting", "Visit", "AccessGrant", "Exercise", "WarGame", "Summit", "Lease")),
            "label": self._texts(),
            **self._some(date=lambda: self._one(DATES) if self._chance(0.6) or not others else self._relative(others)),
            **self._some(place=lambda: self._several(self.places)),
            **self._some(**dict.fromkeys(roles, lambda: self._several(self.agents))),
            **(
                self._some(
                    part_of=lambda: self._several(others),
                    in_exchange_for=lambda: self._several(others),
                    same_event_as=lambda: self._several(others),
                )
                if others
                else {}
            ),
            **self._some(topic=self._texts, object=self._texts, purpose=self._texts, note=self._notes),
            **self._some(close_match=lambda: self._several(("Q7", "https://example.org/e"))),
        }

    def _relative(self, others: list[str]) -> Document:
        found = {self._one(("before", "after")): self._one(others)}
        return found | self._some(by=lambda: self._one(("P7D", "P1W", "P14M", "P1Y2M3D", "P0D")))

    def _claim(self, slug: str, said: list[str]) -> Document:
        others = [one for one in self.claims if one < slug]
        things = [*self.events, *(said if self._chance(0.2) else ())]
        return {
            "about": self._several(things),
            "text": self._texts(),
            **self._some(detail=lambda: self._one(("place", "date", "in_exchange_for", "host")), note=self._notes),
            **(
                self._some(entails=lambda: self._several(others), conflicts_with=lambda: self._several(others))
                if others
                else {}
            ),
        }

    def _statement(self, publisher: str, claim: str | None = None) -> Document:
        earlier = list(self.statements)
        ways = [*(["claim"] * 3 if self.claims else []), "event", *(["relays"] if earlier else [])]
        way = "claim" if claim else self._one(ways)
        target = claim or self._one({"claim": self.claims, "event": self.events, "relays": earlier}[way])
        stance = {} if way == "relays" and self._chance(0.6) else {"stance": self._one(STANCES)}
        source = self._one((*self.agents, publisher))
        return {
            "source": source,
            "evidence": self._evidence(),
            way: target,
            **stance,
            **(self._some(certainty=lambda: self._one(CERTAINTIES)) if stance else {}),
            **self._some(
                type=lambda: "Rumour",
                via=lambda: self._via(source),
                date=lambda: self._one(DATES),
                label=self._texts,
                note=self._notes,
            ),
            **(
                self._some(responds_to=lambda: self._several(earlier), same_as=lambda: self._several(earlier))
                if earlier
                else {}
            ),
        }

    def _via(self, source: str) -> list[Any]:
        found: list[Any] = []
        before = source
        for _ in range(self._random.randrange(4)):
            outlet = self._one([one for one in self.outlets if one != before])
            stance = self._some(stance=lambda: self._one(STANCES))
            hop = {
                "outlet": outlet,
                **self._some(date=lambda: self._one(DATES)),
                **stance,
                **(self._some(certainty=lambda: self._one(CERTAINTIES)) if stance else {}),
            }
            found.append(self._one((outlet, hop)))
            before = outlet
        return found or [self._one([one for one in self.outlets if one != source])]

    def _evidence(self) -> Any:
        found = [self._block() for _ in range(self._one((1, 1, 1, 2, 3)))]
        return found[0] if len(found) == 1 and self._chance(0.8) else found

    def _block(self) -> Document:
        # The same place has the same digest.
        number = self._random.randrange(5)
        return {"paragraph": 1 + number % 2, "start": number * 3, "end": number * 3 + 12, "sha256": f"{number}" * 64}

    def _digest(self) -> str:
        return f"{self._random.getrandbits(256):064x}"

    def _texts(self) -> Document:
        tags = ["en", "ar", *(["fr"] if self._chance(0.1) else [])]
        if self._chance(0.01):
            tags = ["ar"]
        if self._chance(0.2):
            tags = [*(["ar-LY", "en"] if self._chance(0.5) else ["ar", "EN-gb"]), *tags[2:]]
        self._random.shuffle(tags)
        return {tag: self._text() for tag in tags}

    def _notes(self) -> Document:
        return {tag: self._text() for tag in self._tags()}

    def _tags(self) -> list[str]:
        return self._random.sample(("en", "ar", "no", "zh-Hant", "ber"), self._one((1, 2)))

    def _text(self) -> str:
        words = (
            WORDS
            if not self._plain
            else [word for word in WORDS if json.dumps(word, ensure_ascii=False) == f'"{word}"']
        )
        text = unicodedata.normalize("NFC", " ".join(self._one(words) for _ in range(self._one((1, 2, 3, 6)))))
        return text if text.strip() else "x"

    def _several(self, among: Any) -> Any:
        found = [self._one(among) for _ in range(self._one((1, 1, 1, 2, 3)))]
        return found[0] if len(found) == 1 and self._chance(0.8) else found

    def _some(self, **fields: Any) -> Document:
        return {name: make() for name, make in fields.items() if self._chance(0.25)}

    def _slugs(self, least: int, most: int, *among: str) -> list[str]:
        return self._random.sample(among, self._random.randint(least, most))

    def _each(self, value: Any) -> list[Any]:
        return value if isinstance(value, list) else [value]

    def _one(self, among: Any) -> Any:
        return among[self._random.randrange(len(among))]

    def _chance(self, chance: float) -> bool:
        return self._random.random() < chance
