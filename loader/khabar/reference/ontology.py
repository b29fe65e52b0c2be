"""The page on the ontology, made from the files of `ontology/`."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from khabar import resources, vocabulary
from khabar.terms import RDF_TYPE, RDFS, SKOS

_SH: Final = "http://www.w3.org/ns/shacl#"
_FILES: Final = ("khabar.ttl", "schemes.ttl", "alignments.ttl", "shapes.ttl")
_SUPERS: Final = (RDFS + "subClassOf", RDFS + "subPropertyOf")
_NAMES: Final = {
    "http://groundedannotationframework.org/grasp#": "grasp",
    "http://purl.org/nemo/gufo#": "gufo",
    "http://linkedevents.org/ontology/": "lode",
}
"""Prefixes of the vocabularies that nothing but the alignments names."""

_HEAD: Final = """# The ontology

Made from `ontology/` by `make docs`. Namespace `https://w3id.org/khabar/ns#`, prefix `khb:`; every term has a label
and a definition in English and in Arabic.

| file | what it holds |
|---|---|
| `khabar.ttl` | classes, properties, the policy of standing |
| `schemes.ttl` | the words for stance, certainty and standing, as SKOS schemes |
| `alignments.ttl` | what these are in other vocabularies |
| `shapes.ttl` | what a graph must be like, in SHACL Core |
| `standing.rq`, `uncontested.rq`, `annotations.rq` | CONSTRUCT queries that run in any SPARQL 1.1 store |
| `context.jsonld` | the JSON-LD 1.1 context |
| `prefixes.ttl` | the prefixes that all of these use |

Super-classes and super-properties are written into the graph by the loader, so a store needs no reasoner.
"""

_Facts = Mapping[str, Mapping[str, tuple[str, ...]]]


def page() -> str:
    """The Markdown of ``docs/ontology.md``.

    >>> "### khb:Event (class)" in page()
    True
    """
    own = [iri for iri in vocabulary.properties() if iri.startswith(vocabulary.NAMESPACE)]
    parts = [
        _HEAD,
        "## Classes\n",
        *_tree(),
        *(_term(iri) for iri in vocabulary.classes()),
        "## Properties\n\nIn the order in which khabar writes them.\n",
        *_overview(own),
        *(_term(iri) for iri in own),
        *_schemes(),
        "## Standing\n",
        _term(vocabulary.term("standing-policy-1")),
        *_alignments(),
        *_shapes(),
    ]
    return "\n".join(parts)


@functools.cache
def _facts() -> _Facts:
    """Every triple of the files whose object is an IRI, or a text in English: subject, predicate, objects."""
    from pyoxigraph import Literal, NamedNode, RdfFormat, parse

    facts: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for name in _FILES:
        for quad in parse((resources.ontology() / name).read_bytes(), format=RdfFormat.TURTLE):
            value = quad.object
            if not isinstance(quad.subject, NamedNode) or not isinstance(value, NamedNode | Literal):
                continue
            if isinstance(value, Literal) and value.language not in {None, "en"}:
                continue
            told = facts[quad.subject.value]
            told[quad.predicate.value] = (*told.get(quad.predicate.value, ()), value.value)
    return facts


def _curie(iri: str) -> str:
    for prefix, namespace in (*vocabulary.prefixes().items(), *((name, iri) for iri, name in _NAMES.items())):
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return f"<{iri}>"


def _heading(iri: str) -> str:
    """The heading of a term. A class and a property may differ in nothing but the case, which anchors do not keep."""
    for kind, those in (("class", vocabulary.classes()), ("property", vocabulary.properties())):
        if iri in those:
            return f"{_curie(iri)} ({kind})"
    return _curie(iri)


def _link(iri: str) -> str:
    name = _curie(iri)
    if not iri.startswith(vocabulary.NAMESPACE):
        return f"`{name}`"
    anchor = re.sub(r"[^a-z0-9 -]", "", _heading(iri).lower()).replace(" ", "-")
    return f"[`{name}`](#{anchor})"


def _links(iris: Iterable[str]) -> str:
    return ", ".join(map(_link, iris))


def _told(iri: str, predicate: str) -> tuple[str, ...]:
    return _facts().get(iri, {}).get(predicate, ())


def _term(iri: str) -> str:
    """One term: what it is called, what it means, what it is a kind of."""
    lines = [
        f"### {_heading(iri)}\n",
        f"**{vocabulary.label(iri, 'en')}**: {vocabulary.definition(iri, 'en')}\n",
        f'<p dir="rtl" lang="ar"><b>{vocabulary.label(iri, "ar")}</b>: {vocabulary.definition(iri, "ar")}</p>\n',
    ]
    supers = [above for predicate in _SUPERS for above in _told(iri, predicate)]
    own = [above for above in supers if above.startswith((vocabulary.NAMESPACE, SKOS))]
    rows = {
        "a kind of": _links(own),
        "of": _links(_told(iri, RDFS + "domain")),
        "value": _links(_told(iri, RDFS + "range")),
        "note": " ".join(_told(iri, SKOS + "scopeNote")),
        "elsewhere": _links(above for above in supers if above not in own),
        "near": _links(_told(iri, SKOS + "closeMatch")) or " ".join(_told(iri, SKOS + "note")),
    }
    lines += [f"- {name}: {value}" for name, value in rows.items() if value]
    return "\n".join(lines).rstrip("\n") + "\n"


def _tree() -> Iterator[str]:
    """The classes as nested lists; one with two super-classes stands under both."""
    below: dict[str, list[str]] = defaultdict(list)
    for iri in vocabulary.classes():
        parents = [one for one in _told(iri, RDFS + "subClassOf") if one.startswith(vocabulary.NAMESPACE)]
        for parent in parents or [""]:
            below[parent].append(iri)

    def branch(parent: str, depth: int) -> Iterator[str]:
        for iri in below[parent]:
            yield f"{'  ' * depth}- {_link(iri)} {vocabulary.label(iri, 'en')} · {vocabulary.label(iri, 'ar')}"
            yield from branch(iri, depth + 1)

    yield from branch("", 0)
    yield ""


def _overview(properties: Iterable[str]) -> Iterator[str]:
    yield "| property | of | value | a kind of | |\n|---|---|---|---|---|"
    for iri in properties:
        above = vocabulary.super_properties(iri)
        of, value = (
            _links(_told(iri, RDFS + side) or tuple(one for up in above for one in _told(up, RDFS + side)))
            for side in ("domain", "range")
        )
        labels = f"{vocabulary.label(iri, 'en')} · {vocabulary.label(iri, 'ar')}"
        yield f"| {_link(iri)} | {of} | {value} | {_links(above)} | {labels} |"
    yield ""


def _schemes() -> Iterator[str]:
    yield "## Words\n"
    for scheme in ("stances", "certainties", "standings"):
        yield _term(vocabulary.term(scheme))
        yield "| word | English | العربية |\n|---|---|---|"
        for name in vocabulary.concepts(scheme):
            iri = vocabulary.term(name)
            english, arabic = (
                f"**{vocabulary.label(iri, tag)}**: {vocabulary.definition(iri, tag)}" for tag in ("en", "ar")
            )
            yield f"| `{name}` | {' '.join([english, *_told(iri, SKOS + 'scopeNote')])} | {arabic} |"
        yield ""


def _alignments() -> Iterator[str]:
    yield "## Alignments\n\nAsserted in `alignments.ttl`; *near* is `skos:closeMatch` and commits to nothing.\n"
    yield "| khabar | is a kind of | near |\n|---|---|---|"
    for iri in (*vocabulary.classes(), *vocabulary.properties()):
        above = [
            one
            for predicate in _SUPERS
            for one in _told(iri, predicate)
            if not one.startswith((vocabulary.NAMESPACE, SKOS))
        ]
        near = _links(_told(iri, SKOS + "closeMatch"))
        notes = " ".join(_told(iri, SKOS + "note"))
        if above or near or notes:
            yield f"| {_link(iri)} | {_links(above)} | {'; '.join(filter(None, [near, notes]))} |"
    yield ""


def _shapes() -> Iterator[str]:
    yield "## Shapes\n\nWhat `khabar check` expects of the whole graph (fault KH070).\n"
    yield "| shape | of | expected |\n|---|---|---|"
    for iri, told in _facts().items():
        if not set(told.get(RDF_TYPE, ())) & {_SH + "NodeShape", _SH + "PropertyShape"}:
            continue
        targets = told.get(_SH + "targetClass", ()) or told.get(_SH + "targetSubjectsOf", ())
        kind = "" if _SH + "targetClass" in told else "whatever has "
        sentence = told[_SH + "message"][0].removeprefix("Expected ").removesuffix(".")
        yield f"| `{iri.rpartition('#')[2]}` | {kind}{_links(targets)} | {sentence} |"
    yield ""
