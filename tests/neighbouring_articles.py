"""Articles with everything that a record can say, which refer to one another; most of them without faults."""

from __future__ import annotations

import copy
from random import Random
from typing import Any, Final

from sound_articles import STANCES, Author, Document

SECTIONS: Final = ("entities", "sources", "events", "claims", "statements")
_ROLES: Final = ("participant", "attendee", "host", "visitor", "provider", "force", "against")
FIELDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "entities": {"member_of": ("entities",)},
    "sources": {"speaks_for": ("entities",), "affiliated_with": ("entities",)},
    "events": {
        **dict.fromkeys(_ROLES, ("entities", "sources")),
        **dict.fromkeys(("part_of", "in_exchange_for", "same_event_as", "before", "after"), ("events",)),
        "place": ("entities",),
    },
    "claims": {"about": ("events", "statements"), "entails": ("claims",), "conflicts_with": ("claims",)},
    "statements": {
        "source": ("entities", "sources"),
        "claim": ("claims",),
        "event": ("events",),
        **dict.fromkeys(("relays", "responds_to", "same_as"), ("statements",)),
        "via": ("entities",),
    },
    "article": {"publisher": ("entities",), "republished_by": ("entities",)},
}
"""By section, the fields that refer to something, and the sections that it may stand in."""
AFAR: Final[dict[str, tuple[str, ...]]] = {
    "events": ("part_of", "in_exchange_for", "same_event_as", "before", "after", *_ROLES),
    "claims": ("about", "entails", "conflicts_with"),
    "statements": ("source", "claim", "event", "relays", "responds_to", "same_as"),
    "sources": ("affiliated_with",),
}
"""The fields that nearly always may refer to what stands in another article."""


def articles(random: Random, *, wild: bool = False) -> list[Document]:
    """Some articles that refer to one another, in no order; what is ``wild`` may lead anywhere."""
    made = [Author(random).article() for _ in range(random.randint(2, 5))]
    for number, one in enumerate(made):
        one["article"]["id"] = f"{'ab'[random.randrange(2)]}-{number}"
    for _ in range(random.choice((1, 2, 3, 6, 10))):
        # What leads from later articles to earlier ones alone goes in no circle.
        low, high = sorted(random.sample(range(len(made)), 2))
        if wild and random.random() < 0.4:
            low, high = high, random.choice((low, high))
        _link(random, made[high], made[low], wild=wild)
    if wild and random.random() < 0.2:
        section = random.choice([one for one in SECTIONS if made[0].get(one)])
        del made[0][section][random.choice(list(made[0][section]))]
    random.shuffle(made)
    return made


def _link(random: Random, own: Document, other: Document, *, wild: bool) -> None:
    fields = FIELDS if wild and random.random() < 0.2 else AFAR
    section = random.choice([one for one in fields if own.get(one)])
    field = random.choice(list(fields[section]))
    odd = wild and random.random() < 0.06
    where = SECTIONS if odd else FIELDS[section][field]
    targets = [slug for one in where for slug in other.get(one, ()) if odd or _fits(field, one, other[one][slug])]
    if not targets:
        return
    target = f"{other['article']['id']}.{random.choice(targets)}"
    if wild and random.random() < 0.05:
        slug = target.partition(".")[2]
        target = random.choice((f"{target}x", slug, f"{target}.x", f"none.{target}", "a-0", "none.x"))
    thing = own["article"] if section == "article" else own[section][random.choice(list(own[section]))]
    if field in ("before", "after"):
        thing["date"] = {field: target} | ({"by": "P1M"} if random.random() < 0.5 else {})
    elif field in ("claim", "event", "relays"):
        if section == "statements" and random.random() < 0.7:
            # What is claimed before is claimed still.
            own["statements"][f"far-{len(own['statements'])}"] = thing = copy.deepcopy(thing)
        for one in ("claim", "event", "relays", "via"):
            thing.pop(one, None)
        thing[field] = target
        if field != "relays":
            thing.setdefault("stance", random.choice(STANCES))
    elif field == "via":
        thing["via"] = [target, *thing.get("via", ())]
    elif field in ("source", "publisher"):
        thing[field] = target
    else:
        before: Any = thing.get(field, [])
        thing[field] = [*(before if isinstance(before, list) else [before]), target]


def _fits(field: str, section: str, thing: Document) -> bool:
    if section != "entities":
        return True
    kind = thing["type"]
    if field in ("via", "publisher", "republished_by"):
        return bool(kind == "Outlet")
    return kind in {"Place", "Polity"} if field == "place" else kind != "Place"
