"""Every page of the server with invented values: for the tests of templates and assets."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from khabar.explorer.glossary import (
    Alignment,
    ClassEntry,
    Collection,
    Entry,
    Glossary,
    PropertyEntry,
    Reference,
    Scheme,
)
from khabar.explorer.values import (
    Bucket,
    Claim,
    Count,
    Dates,
    Edge,
    Extent,
    Fact,
    Kind,
    Link,
    Mark,
    Network,
    Node,
    Overview,
    Page,
    Passage,
    Portrait,
    Statement,
    Text,
    Thing,
    Timeline,
    Value,
)
from khabar.languages import Language
from khabar.queries.catalogue import Parameter, Query
from khabar.serve.descriptions import Description
from khabar.serve.rendering import View

BASE: Final = "https://example.org/eastport/"
NS: Final = "https://w3id.org/khabar/ns#"


def view(language: Language, path: str = "/", query: str = "", title: str = "Ports", root: str = "") -> View:
    """A page's view of the dataset, asked for at ``path``."""
    return View(language=language, path=path, query=query, title=Text(title, "en"), base=BASE, root=root)


def thing(kind: Kind, local: str, name: str, *, type_name: str = "Event", **values: Any) -> Thing:
    """A thing under the base."""
    return Thing(iri=BASE + local, kind=kind, type=NS + type_name, name=Text(name, "en"), **values)


def values(name: str = "Eastport") -> dict[str, dict[str, Any]]:
    """The values of each template, by its file; every text of the dataset in them is ``name``."""
    day = Dates(edtf="2024-03-02", earliest="2024-03-02", latest="2024-03-02")
    month = Dates(edtf="2024-03", earliest="2024-03-01", latest="2024-03-31")
    article = thing("article", "articles/a", name, type_name="Article", dates=day)
    event = thing("event", "events/a.b", name, standing="contested", dates=month)
    source = thing("source", "sources/a.s", name, type_name="UnnamedSource")
    outlet = thing("outlet", "agents/o", name, type_name="Outlet")
    place = thing("place", "places/p", name, type_name="Place")
    statement = thing("statement", "statements/a.s", name, type_name="Statement")
    passage = Passage(
        iri=BASE + "passages/a.1-0-9",
        article=article,
        paragraph=1,
        start=0,
        end=9,
        digest="sha256:" + "0" * 64,
        words=name,
    )
    chain = (
        Link(iri=statement.iri, agent=source, stance="asserts", certainty="probable", dates=day, passages=(passage,)),
        Link(iri=statement.iri + ".1-o", agent=outlet, dates=day, article=article),
    )
    said = Statement(
        thing=statement,
        stance="asserts",
        certainty="probable",
        attributed_to=source,
        paths=(chain,),
        responds_to=(statement,),
    )
    claim = Claim(
        thing=thing("claim", "claims/a.c", name, type_name="Claim", standing="contested"),
        text=Text(name, "en"),
        statements=(said, msgspec.structs.replace(said, stance="denies", paths=())),
        about=(event,),
    )
    facts = (
        Fact(property=NS + "place", name=Text(name, "en"), values=(Value(thing=place), Value(text=Text(name, "en")))),
        Fact(
            property="https://example.net/p",
            name=Text(name),
            values=(
                Value(iri="https://example.net/x"),
                Value(iri="javascript:alert(1)"),
                Value(text=Text("2024-03"), datatype="https://example.net/EDTF"),
            ),
        ),
    )
    things = Page(items=(event, article, source), total=90, offset=30, limit=30)
    counts = (Count(key=NS + "Visit", name=Text(name, "en"), number=3), Count(key="x", name=Text(name), number=0))
    buckets = (
        Bucket(start="2024-02-01", end="2024-02-29", certain=0, possible=3),
        Bucket(start="2024-03-01", end="2024-03-31", certain=2, possible=1),
    )
    extents = (
        Extent(thing=event),
        Extent(thing=msgspec.structs.replace(event, dates=day), certain_from=day.earliest, certain_to=day.latest),
    )
    network = Network(
        nodes=(Node(thing=event, weight=2), Node(thing=outlet, weight=1)),
        edges=(Edge(source=outlet.iri, target=event.iri, relation=NS + "source", stance="denies"),),
        left_out=1,
    )
    query = Query(
        name="denials",
        text="SELECT * {}",
        summary=name,
        summary_ar=name,
        description=name,
        description_ar=f"وصف {name}",
        tags=(name, "claims"),
        params=tuple(
            Parameter(name=one, type=one, description=name, description_ar=f"معنى {name}")
            for one in ("date", "language", "stance", "standing", "certainty", "agent", "string", "integer")
        ),
    )
    reference = Reference(iri=NS + "Event", name=Text(name, "en"), fragment="Event")
    elsewhere = Reference(iri="https://example.net/Event", name=Text(name))
    entry: dict[str, Any] = {
        "definition": Text(name, "en"),
        "notes": (Text(name, "en"),),
        "above": (reference,),
        "alignments": (Alignment(relation="near", term=elsewhere),),
    }

    def named(fragment: str) -> dict[str, Any]:
        return {"iri": NS + fragment, "fragment": fragment, "label": Text(name, "en"), **entry}

    ontology = Glossary(
        title=Text(name, "en"),
        description=Text(name, "en"),
        version="1",
        licence="https://example.net/licence",
        classes=(ClassEntry(**named("Visit"), depth=2, properties=(reference,)),),
        properties=(PropertyEntry(**named("host"), domain=(reference,), is_symmetric=True),),
        schemes=(Scheme(**named("stances"), concepts=(Entry(**named("denies")),)),),
        collections=(Collection(**named("contrary-stances"), members=(reference,)),),
        others=(),
    )
    return {
        "overview.html": {
            "overview": Overview(
                title=Text(name, "en"),
                description=Text(name, "en"),
                licence="https://example.net/licence",
                base=BASE,
                triples=12345,
                kinds={"article": 1, "event": 2, "claim": 0},
                event_types=counts,
                outlets=counts,
                languages=(Count(key="ar", name=Text("ar"), number=3),),
                standings=counts,
                latest=(article,),
            )
        },
        "search.html": {"text": name, "results": things},
        "list.html": {"kind": "event", "things": things},
        "thing.html": {
            "portrait": Portrait(
                thing=event,
                names=(event.name, Text(name, "ar")),
                facts=facts,
                claims=(claim,),
                mentions=facts,
                graph=BASE + "graphs/a",
            ),
            "most": 40,
        },
        "description.html": {
            "description": Description(
                iri=BASE + "passages/a.1-0-9", name=event.name, type=NS + "Passage", facts=facts, mentions=facts
            ),
            "most": 40,
        },
        "timeline.html": {
            "timeline": Timeline(
                first="2024-02-01",
                last="2024-03-31",
                unit="month",
                buckets=buckets,
                events=Page(items=extents, total=2, offset=0, limit=30),
            ),
            "types": counts,
            "undated": 2,
        },
        "network.html": {"network": network, "centre": event},
        "map.html": {"marks": (Mark(thing=place, longitude=20.0, latitude=32.0, events=3),)},
        "query.html": {"text": name},
        "queries.html": {"queries": (query,)},
        "named_query.html": {"query": query},
        "ontology.html": {"glossary": ontology},
        "about.html": {"licence": "https://example.net/licence"},
        "fault.html": {"status": 503, "kind": "index", "detail": name, "remedy": name, "progress": 0.4},
    }
