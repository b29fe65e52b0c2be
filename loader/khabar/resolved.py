"""Records in which everything has its IRI: what `resolve` gives and `quads` reads.

References are IRIs, chains of transmission are statements of their own, dates carry their bounds. Field by field
the types follow `model`; what an author may leave out or write in short is written out here.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from khabar.model import CorpusHeader, Point

LanguageMap: TypeAlias = dict[str, str]
IriSet: TypeAlias = tuple[str, ...]


class Extent(msgspec.Struct, frozen=True):
    """A date: its EDTF text ("" where the author gave none), and the first and last day it may fall on (ISO, or "")."""

    edtf: str = ""
    earliest: str = ""
    latest: str = ""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """What has an IRI, types (khabar's or the corpus's own, without their super-classes) and a label."""

    iri: str
    types: IriSet
    label: LanguageMap = {}


class EventTypeNode(Node, frozen=True, kw_only=True):
    """A type of event that the corpus declares."""

    definition: LanguageMap = {}
    super_classes: IriSet = ()
    close_match: IriSet = ()


class EntityNode(Node, frozen=True, kw_only=True):
    """A person, organisation, outlet, polity or place."""

    alias: dict[str, tuple[str, ...]] = {}
    note: LanguageMap = {}
    position: LanguageMap = {}
    member_of: IriSet = ()
    within: IriSet = ()
    point: Point | None = None
    exact_match: IriSet = ()
    close_match: IriSet = ()


class ArticleNode(Node, frozen=True, kw_only=True):
    """An article; its label is its title."""

    publisher: str
    published: Extent
    language: str
    url: str = ""
    republished_by: IriSet = ()
    text_digest: str = ""
    text_length: int | None = None
    note: LanguageMap = {}


class SourceNode(Node, frozen=True, kw_only=True):
    """A source that its article does not name; its label is its description."""

    described_as: LanguageMap
    speaks_for: IriSet = ()
    affiliated_with: IriSet = ()
    reason_unnamed: LanguageMap = {}


class EventNode(Node, frozen=True, kw_only=True):
    """An event as described."""

    date: Extent = Extent()
    before: str = ""
    after: str = ""
    offset: str = ""
    place: IriSet = ()
    participant: IriSet = ()
    attendee: IriSet = ()
    host: IriSet = ()
    visitor: IriSet = ()
    inviter: IriSet = ()
    party: IriSet = ()
    provider: IriSet = ()
    recipient: IriSet = ()
    force: IriSet = ()
    against: IriSet = ()
    part_of: IriSet = ()
    in_exchange_for: IriSet = ()
    topic: LanguageMap = {}
    object: LanguageMap = {}
    purpose: LanguageMap = {}
    note: LanguageMap = {}
    same_event_as: IriSet = ()
    close_match: IriSet = ()


class ClaimNode(Node, frozen=True, kw_only=True):
    """A proposition; its label is its text."""

    text: LanguageMap
    about: IriSet
    detail: str = ""
    entails: IriSet = ()
    conflicts_with: IriSet = ()
    note: LanguageMap = {}


class StatementNode(Node, frozen=True, kw_only=True):
    """One link of a chain: a source's stance toward a claim, or an outlet's passing on of what was said."""

    source: str
    date: Extent
    evidence: IriSet
    stance: str = ""
    certainty: str = ""
    claim: str = ""
    relays: str = ""
    responds_to: IriSet = ()
    same_event_as: IriSet = ()
    reported_in: str = ""
    note: LanguageMap = {}


class PassageNode(Node, frozen=True, kw_only=True):
    """A passage of an article, without its words."""

    article: str
    paragraph: int
    start: int
    end: int
    digest: str


class ResolvedGraph(msgspec.Struct, frozen=True):
    """One named graph and the nodes that are described in it, in the order of their IRIs."""

    iri: str
    nodes: tuple[Node, ...]


class Resolved(msgspec.Struct, frozen=True):
    """A whole corpus with its IRIs: the entities' graph first, then one graph per article, in the order of ids."""

    header: CorpusHeader
    graphs: tuple[ResolvedGraph, ...]
