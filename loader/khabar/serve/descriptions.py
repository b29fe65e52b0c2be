"""What is told of an IRI that has no portrait: a passage, a graph, a type of the corpus, or what is said elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from khabar import vocabulary
from khabar.evaluation.tasks import Describe
from khabar.explorer.portrait import LIMIT
from khabar.explorer.values import Fact, Text, Value
from khabar.iris import local_name
from khabar.serve.answering import client_of, while_there
from khabar.terms import RDF_TYPE, RDFS

if TYPE_CHECKING:
    import pyoxigraph
    from starlette.requests import Request

    from khabar.explorer.index import Index
    from khabar.serve.dataset import Dataset

_LABEL: Final = RDFS + "label"


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of an IRI (``facts``), and what is said with it as a value (``mentions``), by property.

    ``type`` is the first of its types, empty for none. At most as many values of a property are told as in a portrait.
    """

    iri: str
    name: Text
    type: str
    facts: tuple[Fact, ...]
    mentions: tuple[Fact, ...]


async def described(request: Request, dataset: Dataset, iri: str, language: str) -> Description:
    """The description of ``iri``; raises Unanswered, with the reason ``not-found`` for what is not there."""
    from starlette.concurrency import run_in_threadpool

    answered = await while_there(request, dataset.ask(Describe(iri=iri, form="nt"), client_of(request), own=True))
    told = answered.read()
    index = dataset.ready_index()
    return await run_in_threadpool(lambda: description(told, iri, index, language))


def description(triples: bytes, iri: str, index: Index, language: str) -> Description:
    """The description of ``iri`` that N-Triples give; things of the index have their names from it."""
    import pyoxigraph

    own: dict[str, list[Value]] = defaultdict(list)
    others: dict[str, list[Value]] = defaultdict(list)
    types: list[str] = []
    names: dict[str, str] = {}
    for triple in pyoxigraph.parse(triples, format=pyoxigraph.RdfFormat.N_TRIPLES):
        predicate, value = triple.predicate.value, triple.object
        if getattr(triple.subject, "value", "") == iri:
            if predicate == RDF_TYPE:
                types.append(value.value)
            elif predicate == _LABEL and isinstance(value, pyoxigraph.Literal):
                names[value.language or ""] = value.value
            elif len(own[predicate]) < LIMIT:
                own[predicate].append(_value(value, index, language))
        elif isinstance(value, pyoxigraph.NamedNode) and value.value == iri and len(others[predicate]) < LIMIT:
            others[predicate].append(_value(triple.subject, index, language))
    return Description(
        iri=iri,
        name=_name(names, iri, language),
        type=min(types, default=""),
        facts=tuple(_facts(own, language)),
        mentions=tuple(_facts(others, language)),
    )


def _value(
    term: pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple,
    index: Index,
    language: str,
) -> Value:
    import pyoxigraph

    if isinstance(term, pyoxigraph.Literal):
        return Value(text=Text(term.value, term.language or ""), datatype=term.datatype.value)
    if isinstance(term, pyoxigraph.NamedNode):
        thing = index.thing(term.value, language)
        return Value(thing=thing) if thing is not None else Value(iri=term.value)
    return Value(text=Text(str(term)))


def _name(names: Mapping[str, str], iri: str, language: str) -> Text:
    for tag in (language, "en", *sorted(names)):
        if tag in names:
            return Text(names[tag], tag)
    return Text(local_name(iri))


def _facts(found: Mapping[str, list[Value]], language: str) -> Iterable[Fact]:
    order = {iri: number for number, iri in enumerate(vocabulary.properties())}
    for predicate in sorted(found, key=lambda one: (order.get(one, len(order)), one)):
        yield Fact(property=predicate, name=_label(predicate, language), values=tuple(found[predicate]))


def _label(iri: str, language: str) -> Text:
    try:
        return Text(vocabulary.label(iri, language), language)
    except KeyError:
        return Text(local_name(iri))
