"""What invented articles tell: events, and the claims that are made about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import invented
from cast import Cast, Texts, say
from invented import texts
from khabar.model import Claim, Event, RelativeDate

Told: TypeAlias = tuple[dict[str, Event], dict[str, Claim], Texts]
"""Events and claims by id, and the headline."""


def talks(cast: Cast, day: int) -> Told:
    """A meeting, the visit that led to it, and what they are said to have agreed."""
    dice = cast.dice
    one = dice.one(cast.persons)
    other = cast.other(cast.persons, one)
    place = dice.one(cast.places)
    topic = dice.one(invented.TOPICS)
    events = {
        "meeting": Event(
            type="Meeting" if dice.chance(0.9) else "Summit",
            label=say("{} and {} meet", "لقاء {} و{}", one, other),
            date=cast.date(day),
            place=place.id,
            attendee=(one.id, other.id),
            host=one.id if dice.chance(0.2) else (),
            topic=texts(topic),
            evidence=cast.evidence(1) if dice.chance(0.12) else (),
        ),
        "visit": Event(
            type="Visit",
            label=say("{} visits {}", "{} في زيارة إلى {}", other, place),
            date=RelativeDate(before="meeting", by=dice.one(("P1D", "P1W", "P1M")))
            if dice.chance(0.3)
            else cast.date(day),
            place=place.id,
            visitor=other.id,
            inviter=one.id if dice.chance(0.15) else (),
        ),
    }
    claims = {
        "met": Claim(about="meeting", text=say("{} met {}.", "التقى {} مع {}.", one, other)),
        "came": Claim(about="visit", text=say("{} came to {}.", "وصل {} إلى {}.", other, place)),
    }
    if dice.chance(0.3):
        party = dice.one(cast.polities)
        second = cast.other(cast.polities, party)
        events["accord"] = Event(
            type="Agreement",
            label=say("An accord of {} and {}", "اتفاق {} و{}", party, second),
            party=(party.id, second.id),
            topic=texts(topic),
        )
        claims["agreed"] = Claim(
            about="accord",
            text=say("{} and {} have an accord.", "ثمة اتفاق بين {} و{}.", party, second),
            entails="met" if dice.chance(0.3) else (),
        )
    return events, claims, say("{} meets {}", "{} يلتقي {}", one, other)


def deal(cast: Cast, day: int) -> Told:
    """Access for something in return."""
    dice = cast.dice
    giver = dice.one(cast.polities)
    taker = cast.other(cast.polities, giver)
    body = dice.one(cast.bodies)
    place = dice.one(cast.places)
    thing = dice.one(invented.ACCESSES)
    gift = dice.one(invented.GIFTS)
    events = {
        "deal": Event(
            type="Agreement",
            label=say("A deal of {} and {}", "صفقة {} و{}", giver, taker),
            date=cast.date(day) if dice.chance(0.5) else None,
            party=(giver.id, taker.id),
        ),
        "access": Event(
            type="AccessGrant",
            label=say("{} grants access at {}", "{} تمنح حق الاستخدام في {}", giver, place),
            date=f"{cast.days[day][:7]}/.." if dice.chance(0.2) else None,
            part_of="deal",
            place=place.id,
            provider=giver.id,
            recipient=taker.id if dice.chance(0.6) else body.id,
            object=texts(thing),
            in_exchange_for="goods",
        ),
        "goods": Event(
            type="Provision",
            label=say("{} provides goods", "{} تقدم مقابلًا", taker),
            part_of="deal",
            provider=taker.id,
            recipient=giver.id,
            object=texts(gift),
            evidence=cast.evidence(1) if dice.chance(0.1) else (),
        ),
    }
    claims = {
        "sought": Claim(about="deal", text=say("{} seeks a deal with {}.", "تسعى {} إلى صفقة مع {}.", taker, giver)),
        "terms": Claim(
            about=("access", "goods"),
            text=say("{} may use {}.", "يحق ل{} استخدام {}.", taker, place),
            entails="sought",
        ),
    }
    if dice.chance(0.15):
        claims["where"] = Claim(
            about="access", detail="place", text=say("The access is at {}.", "حق الاستخدام في {}.", place)
        )
    return events, claims, say("{} and {}: talk of a deal", "{} و{}: حديث عن صفقة", giver, taker)


def presence(cast: Cast, day: int) -> Told:
    """Forces somewhere, and a visit to them."""
    dice = cast.dice
    force = dice.one(cast.bodies)
    place = dice.one(cast.places)
    person = dice.one(cast.persons)
    rival = dice.one(cast.polities)
    events = {
        "presence": Event(
            type="ForcePresence",
            label=say("{} at {}", "{} في {}", force, place),
            date=f"{cast.days[day - int(dice.random() * 300)][:7]}/.." if dice.chance(0.4) else cast.date(day),
            place=place.id,
            force=force.id,
            against=rival.id if dice.chance(0.3) else (),
            note=texts(dice.one(invented.REMARKS)) if dice.chance(0.05) else {},
        ),
        "visit": Event(
            type="Visit",
            label=say("{} visits the force at {}", "{} يتفقد القوة في {}", person, place),
            date=cast.date(day),
            place=place.id,
            visitor=person.id,
            host=force.id,
            purpose=texts(dice.one(invented.TOPICS)),
            evidence=cast.evidence(1) if dice.chance(0.1) else (),
        ),
    }
    claims = {
        "there": Claim(about="presence", text=say("{} is at {}.", "{} موجودة في {}.", force, place)),
        "inspected": Claim(about="visit", text=say("{} inspected {}.", "تفقّد {} {}.", person, force)),
    }
    if dice.chance(0.25):
        events["landing"] = Event(
            type="Event",
            label=say("Aircraft land at {}", "هبوط طائرات في {}", place),
            date=RelativeDate(after="presence") if dice.chance(0.4) else cast.date(day),
            place=place.id,
            participant=force.id,
            part_of="presence",
        )
        claims["landed"] = Claim(
            about="landing", text=say("Aircraft came to {}.", "وصلت طائرات إلى {}.", place), entails="there"
        )
    return events, claims, say("Who is at {}", "من في {}", place)


def exercise(cast: Cast, day: int) -> Told:
    """An exercise of two forces, and a meeting."""
    dice = cast.dice
    one = dice.one(cast.bodies)
    other = cast.other(cast.bodies, one)
    person = dice.one(cast.persons)
    second = cast.other(cast.persons, person)
    place = dice.one(cast.places)
    events = {
        "exercise": Event(
            type="Exercise",
            label=say("{} and {} train", "{} و{} في مناورة", one, other),
            date=cast.date(day),
            place=place.id,
            participant=(one.id, other.id),
        ),
        "meeting": Event(
            type="Meeting",
            label=say("{} receives {}", "{} يستقبل {}", person, second),
            date=cast.date(day),
            attendee=second.id,
            host=person.id,
            topic=texts(dice.one(invented.TOPICS)),
            evidence=cast.evidence(1) if dice.chance(0.1) else (),
        ),
    }
    claims = {
        "trained": Claim(about="exercise", text=say("{} trains with {}.", "تتدرب {} مع {}.", one, other)),
        "received": Claim(about="meeting", text=say("{} received {}.", "استقبل {} {}.", person, second)),
    }
    if dice.chance(0.2):
        claims["called-off"] = Claim(
            about="exercise", text=say("{} stays away.", "{} لن تشارك.", one), conflicts_with="trained"
        )
    return events, claims, say("{} and {} at sea", "{} و{} في البحر", one, other)


def trip(cast: Cast, day: int) -> Told:
    """One person, two stations, and a promise."""
    dice = cast.dice
    person = dice.one(cast.persons)
    host = dice.one(cast.polities)
    place = dice.one(cast.places)
    then = cast.other(cast.places, place)
    gift = dice.one(invented.GIFTS)
    events = {
        "arrival": Event(
            type="Visit",
            label=say("{} in {}", "{} في {}", person, place),
            date=cast.date(day),
            place=place.id,
            visitor=person.id,
            host=host.id,
        ),
        "return": Event(
            type="Visit",
            label=say("{} goes on to {}", "{} يتوجه إلى {}", person, then),
            date=RelativeDate(after="arrival", by=dice.one(("P1D", "P3D", "P1W"))),
            place=then.id,
            visitor=person.id,
        ),
        "promise": Event(
            type="Provision",
            label=say("{} is promised goods", "وعد ل{} بمساعدات", host),
            provider=person.id,
            recipient=host.id,
            object=texts(gift),
        ),
    }
    claims = {
        "came": Claim(about=("arrival", "return"), text=say("{} came to {}.", "وصل {} إلى {}.", person, place)),
        "promised": Claim(
            about="promise",
            detail="object" if dice.chance(0.2) else None,
            text=say("{} promised help to {}.", "وعد {} بمساعدة {}.", person, host),
        ),
    }
    return events, claims, say("{} on the road to {}", "{} في الطريق إلى {}", person, then)


SCENES: Final[tuple[Callable[[Cast, int], Told], ...]] = (talks, deal, presence, exercise, trip)
"""The kinds of articles, each as often as the others."""
