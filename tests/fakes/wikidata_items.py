"""Items in Wikidata's form, made of a short one: as JSON of its API (Wikibase DataModel), and as RDF of its dumps."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

DATA = Path(__file__).parents[1] / "data" / "wikidata" / "items.yaml"
ENTITY = "http://www.wikidata.org/entity/"
_GLOBE = f"{ENTITY}Q999000005"
_PROPERTIES = {
    "is": "P31",
    "above": "P279",
    "country": "P17",
    "in": "P131",
    "office": "P39",
    "occupation": "P106",
    "of": "P463",
}
_RDFS, _SKOS = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2004/02/skos/core#"
_DATE_TIME = "http://www.w3.org/2001/XMLSchema#dateTime"
_WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"


class Items:
    """All items of one Wikidata: those of the data, and what a test has of its own."""

    def __init__(self, more: Mapping[str, Any] | None = None) -> None:
        found: dict[str, Any] = {**_data(), **(more or {})}
        self.redirects: dict[str, str] = found.pop("redirects")
        self.deleted: list[str] = found.pop("deleted")
        self.short: dict[str, dict[str, Any]] = found

    def names(self, qid: str, *languages: str) -> Iterator[tuple[str, str, str]]:
        """Kind (label, alias), language and text of each name in these languages, labels first."""
        one = self.short[qid]
        for language in languages:
            if language in one.get("label", {}):
                yield "label", language, one["label"][language]
        for language in languages:
            yield from (("alias", language, text) for text in one.get("alias", {}).get(language, ()))

    def text(self, qid: str, member: str, language: str) -> tuple[str, str] | None:
        """A label or description with its language: in this one, or in those that it falls back to."""
        texts = self.short[qid].get(member, {})
        return next(((texts[one], one) for one in (language, "mul", "en") if one in texts), None)

    def entity(self, asked: str) -> dict[str, Any]:
        """One member of ``entities`` as wbgetentities gives it."""
        qid = self.redirects.get(asked, asked)
        if qid not in self.short:
            return {"id": asked, "missing": ""}
        one = self.short[qid]
        found: dict[str, Any] = {
            "pageid": _number(qid),
            "ns": 0,
            "title": qid,
            "lastrevid": 1,
            "type": "item",
            "id": qid,
        }
        if qid != asked:
            found["redirects"] = {"from": asked, "to": qid}
        for member, short in (("labels", "label"), ("descriptions", "description")):
            found[member] = {
                language: {"language": language, "value": text} for language, text in one.get(short, {}).items()
            }
        found["aliases"] = {
            language: [{"language": language, "value": text} for text in texts]
            for language, texts in one.get("alias", {}).items()
        }
        # MediaWiki writes an empty map as an empty list.
        found["claims"] = self._claims(qid) or []
        return found

    def _claims(self, qid: str) -> dict[str, Any]:
        one = self.short[qid]
        claims = {
            number: [_statement(qid, number, _item(value)) for value in one[short]]
            for short, number in _PROPERTIES.items()
            if one.get(short)
        }
        for former in one.get("was", ()):
            claims.setdefault("P31", []).append(_statement(qid, "P31", _item(former), rank="deprecated"))
        if "point" in one:
            lat, lon = one["point"]
            value = {"latitude": lat, "longitude": lon, "altitude": None, "precision": 0.0001, "globe": _GLOBE}
            claims["P625"] = [_statement(qid, "P625", value, "globecoordinate")]
        for number in one.get("unknown", ()):
            snak = {"snaktype": "somevalue", "property": number, "hash": "0"}
            claims.setdefault(number, []).append({"mainsnak": snak, "type": "statement", "rank": "normal"})
        return claims

    def store(self) -> ox.Store:
        """The items as RDF, in the terms of Wikidata's dumps: truthy statements, labels, aliases, descriptions."""
        store = ox.Store()
        for qid, one in self.short.items():
            item = ox.NamedNode(ENTITY + qid)
            names = [*self.names(qid, *one.get("label", {}), *one.get("alias", {}))]
            texts = [
                *((_RDFS + "label" if kind == "label" else _SKOS + "altLabel", tag, text) for kind, tag, text in names),
                *(("http://schema.org/description", tag, text) for tag, text in one.get("description", {}).items()),
            ]
            for predicate, language, text in texts:
                store.add(ox.Quad(item, ox.NamedNode(predicate), ox.Literal(text, language=language)))
            for short, number in _PROPERTIES.items():
                for value in one.get(short, ()):
                    direct = ox.NamedNode(f"http://www.wikidata.org/prop/direct/{number}")
                    store.add(ox.Quad(item, direct, ox.NamedNode(ENTITY + value)))
            for number, short in ((number, short) for short, number in _PROPERTIES.items()):
                for place, value in enumerate(one.get(short, ())):
                    statement = ox.NamedNode(f"{ENTITY}statement/{qid}-{number}-{place}")
                    store.add(ox.Quad(item, ox.NamedNode(f"http://www.wikidata.org/prop/{number}"), statement))
                    simple = ox.NamedNode(f"http://www.wikidata.org/prop/statement/{number}")
                    store.add(ox.Quad(statement, simple, ox.NamedNode(ENTITY + value)))
                    if short == "office" and "since" in one:
                        start = ox.Literal(f"{one['since']}T00:00:00Z", datatype=ox.NamedNode(_DATE_TIME))
                        store.add(
                            ox.Quad(statement, ox.NamedNode("http://www.wikidata.org/prop/qualifier/P580"), start)
                        )
            if "point" in one:
                wkt = ox.Literal(f"Point({one['point'][1]} {one['point'][0]})", datatype=ox.NamedNode(_WKT))
                store.add(ox.Quad(item, ox.NamedNode("http://www.wikidata.org/prop/direct/P625"), wkt))
        for old, new in self.redirects.items():
            same = ox.NamedNode("http://www.w3.org/2002/07/owl#sameAs")
            store.add(ox.Quad(ox.NamedNode(ENTITY + old), same, ox.NamedNode(ENTITY + new)))
        return store


def _statement(qid: str, number: str, value: Any, kind: str = "wikibase-entityid", rank: str = "normal") -> Any:
    snak = {"snaktype": "value", "property": number, "hash": "0", "datavalue": {"value": value, "type": kind}}
    return {"mainsnak": snak, "type": "statement", "id": f"{qid}$0", "rank": rank}


def _item(qid: str) -> dict[str, Any]:
    return {"entity-type": "item", "numeric-id": _number(qid), "id": qid}


def _number(qid: str) -> int:
    return int(qid[1:])


@functools.cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return found
