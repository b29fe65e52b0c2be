"""A small graph that conforms to every shape, and for each constraint of each shape a change that breaks it."""

from __future__ import annotations

from typing import NamedTuple

PREFIXES = """
@prefix khb: <https://w3id.org/khabar/ns#> .
@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

CONFORMING = """
:article a khb:Article ; rdfs:label "Ferry deal"@en , "صفقة العبارة"@ar ; khb:publisher :times ;
    khb:published "2031-03"^^edtf:EDTF ; khb:earliest "2031-03-01"^^xsd:date ; khb:latest "2031-03-31"^^xsd:date ;
    khb:language "ar" ; khb:url "https://example.org/times/1"^^xsd:anyURI ; khb:republishedBy :wire ;
    khb:textDigest "00aa00aa00aa00aa00aa00aa00aa00aa00aa00aa00aa00aa00aa00aa00aa00aa" ; khb:textLength 210 .

:times a khb:Outlet , khb:Organisation , khb:Agent ; rdfs:label "Harbour Times"@en ; khb:memberOf :times .
:wire a khb:Outlet , khb:Organisation , khb:Agent ; rdfs:label "The Wire"@en .
:mayor a khb:Person , khb:Agent ; rdfs:label "Mayor"@en ; khb:position "mayor"@en , "عمدة"@ar ; khb:memberOf :eastport ;
    skos:exactMatch wd:Q1 ; skos:closeMatch wd:Q2 .
:eastport a khb:Polity , khb:Agent , khb:Place ; rdfs:label "Eastport"@en .
:quay a khb:Place ; rdfs:label "Quay"@en ; khb:within :eastport ; khb:point "POINT(-1.5 20)"^^geo:wktLiteral .
:official a khb:UnnamedSource , khb:Agent ; rdfs:label "an official"@en ; khb:describedAs "an official"@en ;
    khb:speaksFor :eastport ; khb:affiliatedWith :mayor ; khb:reasonUnnamed "not authorised"@en .

:visit a khb:Event , khb:Visit ; rdfs:label "Visit"@en ; khb:visitor :mayor ; khb:participant :mayor ;
    khb:against :wire ; khb:place :quay ; khb:date "2031-02-2X"^^edtf:EDTF ; khb:earliest "2031-02-20"^^xsd:date ;
    khb:latest "2031-02-28"^^xsd:date ; khb:before :talks ; khb:relativeTo :talks ; khb:offset "P7D"^^xsd:duration ;
    khb:partOf :talks ; khb:inExchangeFor :talks ; khb:topic "ferries"@en ; khb:object "two berths"@en ;
    khb:purpose "to agree"@en ; khb:sameEventAs :talks ; khb:standing khb:contested .
:talks a khb:Event , khb:Meeting ; rdfs:label "Talks"@en .

:narrow a khb:Claim ; rdfs:label "At the quay."@en ; khb:text "At the quay."@en , "على الرصيف."@ar ; khb:about :visit ;
    khb:detail khb:place ; khb:entails :broad ; khb:conflictsWith :broad .
:broad a khb:Claim ; rdfs:label "There were talks."@en ; khb:text "There were talks."@en ; khb:about :talks .

:says a khb:Event , khb:Statement ; khb:source :official ; khb:stance khb:asserts ; khb:certainty khb:probable ;
    khb:claim :narrow ; khb:evidence :passage .
:first a khb:Event , khb:Statement ; khb:source :wire ; khb:relays :says ; khb:evidence :passage .
:last a khb:Event , khb:Statement ; khb:source :times ; khb:relays :first ; khb:evidence :passage ;
    khb:reportedIn :article .
:denies a khb:Event , khb:Statement , khb:Denial ; khb:source :mayor ; khb:stance khb:denies ;
    khb:certainty khb:unstated ; khb:claim :broad ; khb:respondsTo :says ; khb:evidence :passage ;
    khb:reportedIn :article .

:passage a khb:Passage ; khb:article :article ; khb:paragraph 2 ; khb:start 0 ; khb:end 40 ;
    khb:digest "11bb11bb11bb11bb11bb11bb11bb11bb11bb11bb11bb11bb11bb11bb11bb11bb" .
"""


class Case(NamedTuple):
    """A change to the conforming graph that breaks one constraint of one shape.

    ``drop`` names what is taken away, as ``subject property`` each; ``add`` is Turtle. ``told`` is what the shape then
    says, of ``focus``; IRIs in it are written as in ``add``.
    """

    shape: str
    constraint: str
    focus: str
    told: str
    add: str = ""
    drop: tuple[str, ...] = ()


def _none(shape: str, focus: str, drop: str, expected: str) -> Case:
    return Case(shape, "minCount", focus, f"expected {expected}, found none", drop=(f"{focus} {drop}",))


def _wrong(shape: str, constraint: str, focus: str, triple: str, expected: str, found: str) -> Case:
    """A value of the wrong kind in place of the right one."""
    told = f"expected {expected}, found {found}"
    return Case(shape, constraint, focus, told, f":{focus} {triple} .", (f"{focus} {triple.split(maxsplit=1)[0]}",))


def _more(shape: str, constraint: str, focus: str, triple: str, expected: str, found: str) -> Case:
    """A value beside the right one."""
    return Case(shape, constraint, focus, f"expected {expected}, found {found}", f":{focus} {triple} .")


def _twice(shape: str, focus: str, name: str, expected: str) -> Case:
    """A second text in one language."""
    found = "several in one language"
    return _more(shape, "uniqueLang", focus, f'khb:{name} "once more"@en', expected, found)


def _untagged(shape: str, focus: str, name: str, expected: str) -> Case:
    return _wrong(shape, "datatype", focus, f'khb:{name} "no language"', expected, '"no language"')


_EDTF = "at most one date, with the datatype edtf:EDTF"
_EARLIEST = "at most one earliest day, with the datatype xsd:date"
_LATEST = "at most one latest day, with the datatype xsd:date"
_OFFSET = "at most one offset, with the datatype xsd:duration"
_ONE_EVENT = "the date to be relative to one event"
_TEXT = "a claim with one text a language"
_DETAIL = "at most one detail, which is a property of events"
_SOURCE = "a statement with exactly one source, which is an agent"
_STANCE = "at most one stance, of the scheme khb:stances"
_CERTAINTY = "at most one certainty, of the scheme khb:certainties"
_CONTENT = "at most one claim as the content of a statement"
_RELAYED = "at most one statement that is relayed"
_EVIDENCE = "a statement with at least one passage as its evidence"
_REPORTED = "a statement whose chain of transmission ends in an article"
_DESCRIBED = "an unnamed source with one description a language"
_POINT = "at most one point, POINT(longitude latitude) with the datatype geo:wktLiteral"
_PUBLISHER = "an article with exactly one publisher, which is an outlet"
_PUBLISHED = "an article with exactly one date of publication, with the datatype edtf:EDTF"
_LANGUAGE = "an article with exactly one language, a BCP 47 tag"
_URL = "at most one URL, with the datatype xsd:anyURI"
_DIGEST_OF_TEXT = "at most one digest of the text, 64 lower-case hexadecimal digits"
_LENGTH = "at most one length of the text, a number from 0"
_ARTICLE = "a passage of exactly one article"
_PARAGRAPH = "a passage in exactly one paragraph, a number from 1"
_START = "a passage with exactly one start, a number from 0"
_END = "a passage with exactly one end, a number"
_DIGEST = "a passage with exactly one digest, 64 lower-case hexadecimal digits"
_STANDING = "at most one standing, of the scheme khb:standings"

CASES = (
    Case("Event", "nodeKind", "_", "expected an event with an IRI, found a blank node", "[] a khb:Event ."),
    Case(
        "event-about",
        "minCount",
        "regatta",
        "expected an event that at least one claim is about, found none",
        ':regatta a khb:Event ; rdfs:label "Regatta"@en .',
    ),
    _none("event-label", "visit", "rdfs:label", "an event with a label"),
    _wrong("event-date", "datatype", "visit", 'khb:date "2031-02"', _EDTF, '"2031-02"'),
    _more("event-date", "maxCount", "visit", 'khb:date "2031"^^edtf:EDTF', _EDTF, '"2031" and "2031-02-2X"'),
    _more("event-participant", "class", "visit", "khb:participant :quay", "participants that are agents", "<quay>"),
    _more("event-against", "class", "visit", "khb:against :quay", "the event to be against an agent", "<quay>"),
    _more("event-place", "class", "visit", "khb:place :mayor", "the event to be at a place", "<mayor>"),
    _more("event-part-of", "class", "visit", "khb:partOf :quay", "the event to be a part of an event", "<quay>"),
    _more(
        "event-in-exchange-for",
        "class",
        "visit",
        "khb:inExchangeFor :quay",
        "the event to be in exchange for an event",
        "<quay>",
    ),
    _more(
        "event-same-event-as",
        "class",
        "visit",
        "khb:sameEventAs :narrow",
        "the event to be the same as an event",
        "<narrow>",
    ),
    _wrong("event-relative-to", "class", "visit", "khb:relativeTo :quay", _ONE_EVENT, "<quay>"),
    _more("event-relative-to", "maxCount", "visit", "khb:relativeTo :says", _ONE_EVENT, "<says> and <talks>"),
    _wrong("event-offset", "datatype", "visit", 'khb:offset "a week"', _OFFSET, '"a week"'),
    _more("event-offset", "maxCount", "visit", 'khb:offset "P8D"^^xsd:duration', _OFFSET, '"P7D" and "P8D"'),
    _none("offset-relative-to", "visit", "khb:relativeTo", "the event that the offset is counted from"),
    _untagged("event-topic", "visit", "topic", "one topic a language"),
    _twice("event-topic", "visit", "topic", "one topic a language"),
    _untagged("event-object", "visit", "object", "one object a language"),
    _twice("event-object", "visit", "object", "one object a language"),
    _untagged("event-purpose", "visit", "purpose", "one purpose a language"),
    _twice("event-purpose", "visit", "purpose", "one purpose a language"),
    _wrong("earliest", "datatype", "visit", 'khb:earliest "2031-02-30"^^xsd:date', _EARLIEST, '"2031-02-30"'),
    _more(
        "earliest",
        "maxCount",
        "visit",
        'khb:earliest "2031-02-21"^^xsd:date',
        _EARLIEST,
        '"2031-02-20" and "2031-02-21"',
    ),
    _wrong("latest", "datatype", "visit", 'khb:latest "2031"', _LATEST, '"2031"'),
    _more("latest", "maxCount", "visit", 'khb:latest "2031-02-27"^^xsd:date', _LATEST, '"2031-02-27" and "2031-02-28"'),
    _wrong(
        "bounds",
        "lessThanOrEquals",
        "visit",
        'khb:earliest "2031-03-01"^^xsd:date',
        "an earliest day that is not after the latest",
        '"2031-03-01"',
    ),
    Case(
        "Claim",
        "nodeKind",
        "_",
        "expected a claim with an IRI, found a blank node",
        '[ khb:claim [ a khb:Claim ; khb:about :talks ; khb:text "There were."@en ] ] .',
    ),
    Case(
        "claim-made",
        "minCount",
        "idle",
        "expected a claim that is the content of at least one statement, found none",
        ':idle a khb:Claim ; khb:about :talks ; khb:text "Idle."@en .',
    ),
    _none("claim-about", "narrow", "khb:about", "a claim about at least one event"),
    _more("claim-about", "class", "narrow", "khb:about :quay", "a claim about at least one event", "<quay>"),
    _none("claim-text", "narrow", "khb:text", _TEXT),
    _untagged("claim-text", "narrow", "text", _TEXT),
    _twice("claim-text", "narrow", "text", _TEXT),
    _wrong("claim-detail", "in", "narrow", "khb:detail khb:label", _DETAIL, "khb:label"),
    _more("claim-detail", "maxCount", "narrow", "khb:detail khb:date", _DETAIL, "khb:date and khb:place"),
    _more("claim-entails", "class", "narrow", "khb:entails :talks", "a claim that entails claims", "<talks>"),
    _more(
        "claim-conflicts-with",
        "class",
        "narrow",
        "khb:conflictsWith :talks",
        "a claim that conflicts with claims",
        "<talks>",
    ),
    Case(
        "statement-content",
        "minCount",
        "first",
        "expected a statement that takes a stance or relays another statement, found none",
        drop=("first khb:relays",),
    ),
    Case(
        "source-statement",
        "class",
        "talks",
        "expected whatever has a source to be a statement, found <talks>",
        ":talks khb:source :mayor .",
    ),
    _none("statement-source", "denies", "khb:source", _SOURCE),
    _wrong("statement-source", "class", "denies", "khb:source :quay", _SOURCE, "<quay>"),
    _more("statement-source", "maxCount", "denies", "khb:source :times", _SOURCE, "<mayor> and <times>"),
    _wrong("statement-stance", "in", "says", "khb:stance khb:unstated", _STANCE, "khb:unstated"),
    _more("statement-stance", "maxCount", "says", "khb:stance khb:alleges", _STANCE, "khb:alleges and khb:asserts"),
    _wrong("statement-certainty", "in", "says", "khb:certainty khb:denies", _CERTAINTY, "khb:denies"),
    _more(
        "statement-certainty",
        "maxCount",
        "says",
        "khb:certainty khb:certain",
        _CERTAINTY,
        "khb:certain and khb:probable",
    ),
    _wrong("statement-claim", "class", "says", "khb:claim :talks", _CONTENT, "<talks>"),
    _more("statement-claim", "maxCount", "says", "khb:claim :broad", _CONTENT, "<broad> and <narrow>"),
    _wrong("statement-relays", "class", "first", "khb:relays :talks", _RELAYED, "<talks>"),
    _more("statement-relays", "maxCount", "last", "khb:relays :says", _RELAYED, "<first> and <says>"),
    _none("statement-evidence", "says", "khb:evidence", _EVIDENCE),
    _more("statement-evidence", "class", "says", "khb:evidence :article", _EVIDENCE, "<article>"),
    _none("statement-reported", "last", "khb:reportedIn", _REPORTED),
    _wrong("statement-reported", "class", "last", "khb:reportedIn :times", _REPORTED, "<times>"),
    _more(
        "statement-reported-once",
        "maxCount",
        "last",
        "khb:reportedIn :times",
        "a statement that is reported in one article",
        "<article> and <times>",
    ),
    Case(
        "relays-acyclic",
        "disjoint",
        "first",
        "expected a chain of transmission that comes to an origin and not back to itself, found <last>",
        ":first khb:relays :last .",
        ("first khb:relays",),
    ),
    _wrong(
        "relays-another",
        "disjoint",
        "last",
        "khb:source :wire",
        "a hop to another source, not from a source to itself",
        "<wire>",
    ),
    _none("stance-claim", "says", "khb:claim", "the claim toward which the stance is taken"),
    _none(
        "stance-certainty",
        "says",
        "khb:certainty",
        "a certainty beside the stance, khb:unstated where the article does not tell",
    ),
    _none("claim-stance", "says", "khb:stance", "a stance toward the claim"),
    _none("certainty-stance", "says", "khb:stance", "a stance beside the certainty"),
    Case(
        "denial-denies",
        "hasValue",
        "denies",
        "expected a denial whose stance is khb:denies, found none such",
        ":denies khb:stance khb:disputes .",
        ("denies khb:stance",),
    ),
    Case(
        "denies-denial",
        "or",
        "says",
        "expected a statement that denies to be a khb:Denial, found none such",
        ":says khb:stance khb:denies .",
        ("says khb:stance",),
    ),
    _more(
        "responds-to",
        "class",
        "denies",
        "khb:respondsTo :talks",
        "a statement that responds to statements",
        "<talks>",
    ),
    Case("Agent", "nodeKind", "_", "expected an agent with an IRI, found a blank node", "[] a khb:Agent ."),
    _none("agent-label", "wire", "rdfs:label", "an agent with a label"),
    _none("source-described-as", "official", "khb:describedAs", _DESCRIBED),
    _untagged("source-described-as", "official", "describedAs", _DESCRIBED),
    _twice("source-described-as", "official", "describedAs", _DESCRIBED),
    _more(
        "source-unmatched",
        "maxCount",
        "official",
        "skos:exactMatch wd:Q3",
        "an unnamed source that is matched with no one",
        "wd:Q3",
    ),
    _untagged("reason-unnamed", "official", "reasonUnnamed", "one reason a language"),
    _twice("reason-unnamed", "official", "reasonUnnamed", "one reason a language"),
    _more("speaks-for", "class", "official", "khb:speaksFor :quay", "a source that speaks for agents", "<quay>"),
    _more(
        "affiliated-with",
        "class",
        "official",
        "khb:affiliatedWith :quay",
        "a source that is affiliated with agents",
        "<quay>",
    ),
    _more("member-of", "class", "mayor", "khb:memberOf :quay", "a member of agents", "<quay>"),
    _untagged("position", "mayor", "position", "one position a language"),
    _twice("position", "mayor", "position", "one position a language"),
    Case("Place", "nodeKind", "_", "expected a place with an IRI, found a blank node", "[] a khb:Place ."),
    _none("place-label", "quay", "rdfs:label", "a place with a label"),
    _more("within", "class", "quay", "khb:within :mayor", "to lie within a place", "<mayor>"),
    _wrong("point", "datatype", "quay", 'khb:point "POINT(1 2)"', _POINT, '"POINT(1 2)"'),
    _wrong("point", "pattern", "quay", 'khb:point "POINT(1,2)"^^geo:wktLiteral', _POINT, '"POINT(1,2)"'),
    _more(
        "point",
        "maxCount",
        "quay",
        'khb:point "POINT(1 2)"^^geo:wktLiteral',
        _POINT,
        '"POINT(-1.5 20)" and "POINT(1 2)"',
    ),
    Case("Article", "nodeKind", "_", "expected an article with an IRI, found a blank node", "[] a khb:Article ."),
    _none("article-label", "article", "rdfs:label", "an article with a title"),
    _none("article-publisher", "article", "khb:publisher", _PUBLISHER),
    _wrong("article-publisher", "class", "article", "khb:publisher :mayor", _PUBLISHER, "<mayor>"),
    _more("article-publisher", "maxCount", "article", "khb:publisher :wire", _PUBLISHER, "<times> and <wire>"),
    _none("article-published", "article", "khb:published", _PUBLISHED),
    _wrong("article-published", "datatype", "article", "khb:published 2031", _PUBLISHED, '"2031"'),
    _more(
        "article-published",
        "maxCount",
        "article",
        'khb:published "2031"^^edtf:EDTF',
        _PUBLISHED,
        '"2031" and "2031-03"',
    ),
    _none("article-language", "article", "khb:language", _LANGUAGE),
    _wrong("article-language", "datatype", "article", 'khb:language "ar"@ar', _LANGUAGE, '"ar"@ar'),
    _wrong("article-language", "pattern", "article", 'khb:language "Arabic!"', _LANGUAGE, '"Arabic!"'),
    _more("article-language", "maxCount", "article", 'khb:language "en"', _LANGUAGE, '"ar" and "en"'),
    _wrong("article-url", "datatype", "article", "khb:url <https://example.org/>", _URL, "<https://example.org/>"),
    _more(
        "article-url",
        "maxCount",
        "article",
        'khb:url "https://example.org/times/2"^^xsd:anyURI',
        _URL,
        '"https://example.org/times/1" and "https://example.org/times/2"',
    ),
    _more(
        "article-republished-by",
        "class",
        "article",
        "khb:republishedBy :mayor",
        "an article that is republished by outlets",
        "<mayor>",
    ),
    _wrong("article-text-digest", "pattern", "article", 'khb:textDigest "00AA"', _DIGEST_OF_TEXT, '"00AA"'),
    _more(
        "article-text-digest",
        "maxCount",
        "article",
        f'khb:textDigest "{"0" * 64}"',
        _DIGEST_OF_TEXT,
        f'"{"0" * 64}" and "{"00aa" * 16}"',
    ),
    _wrong("article-text-length", "datatype", "article", 'khb:textLength "long"', _LENGTH, '"long"'),
    _wrong("article-text-length", "minInclusive", "article", "khb:textLength -1", _LENGTH, '"-1"'),
    _more("article-text-length", "maxCount", "article", "khb:textLength 211", _LENGTH, '"210" and "211"'),
    Case("Passage", "nodeKind", "_", "expected a passage with an IRI, found a blank node", "[] a khb:Passage ."),
    Case(
        "passage-evidence",
        "minCount",
        "spare",
        "expected a passage that is the evidence of at least one statement, found none",
        ":spare a khb:Passage .",
    ),
    _none("passage-article", "passage", "khb:article", _ARTICLE),
    _wrong("passage-article", "class", "passage", "khb:article :times", _ARTICLE, "<times>"),
    _more("passage-article", "maxCount", "passage", "khb:article :times", _ARTICLE, "<article> and <times>"),
    _none("passage-paragraph", "passage", "khb:paragraph", _PARAGRAPH),
    _wrong("passage-paragraph", "datatype", "passage", 'khb:paragraph "2"', _PARAGRAPH, '"2"'),
    _wrong("passage-paragraph", "minInclusive", "passage", "khb:paragraph 0", _PARAGRAPH, '"0"'),
    _more("passage-paragraph", "maxCount", "passage", "khb:paragraph 3", _PARAGRAPH, '"2" and "3"'),
    _none("passage-start", "passage", "khb:start", _START),
    _wrong("passage-start", "datatype", "passage", "khb:start 0.5", _START, '"0.5"'),
    _wrong("passage-start", "minInclusive", "passage", "khb:start -1", _START, '"-1"'),
    _more("passage-start", "maxCount", "passage", "khb:start 1", _START, '"0" and "1"'),
    _wrong("passage-extent", "lessThan", "passage", "khb:end 0", "a passage that starts before it ends", '"0"'),
    _none("passage-end", "passage", "khb:end", _END),
    _wrong("passage-end", "datatype", "passage", "khb:end 40.5", _END, '"40.5"'),
    _more("passage-end", "maxCount", "passage", "khb:end 41", _END, '"40" and "41"'),
    _none("passage-digest", "passage", "khb:digest", _DIGEST),
    _wrong("passage-digest", "pattern", "passage", 'khb:digest "11bb"', _DIGEST, '"11bb"'),
    _more(
        "passage-digest",
        "maxCount",
        "passage",
        f'khb:digest "{"1" * 64}"',
        _DIGEST,
        f'"{"1" * 64}" and "{"11bb" * 16}"',
    ),
    _wrong("label", "datatype", "talks", 'rdfs:label "Talks"', "one label a language", '"Talks"'),
    _more("label", "uniqueLang", "talks", 'rdfs:label "Chat"@en', "one label a language", "several in one language"),
    _more(
        "exact-match",
        "nodeKind",
        "mayor",
        'skos:exactMatch "Q1"',
        "an exact match that is an IRI",
        '"Q1"',
    ),
    _more("close-match", "nodeKind", "mayor", 'skos:closeMatch "Q1"', "a close match that is an IRI", '"Q1"'),
    _more(
        "same-as",
        "maxCount",
        "mayor",
        "owl:sameAs wd:Q1",
        "no owl:sameAs: it merges what is said of two things",
        "wd:Q1",
    ),
    _wrong("standing", "in", "visit", "khb:standing khb:certain", _STANDING, "khb:certain"),
    _more(
        "standing",
        "maxCount",
        "visit",
        "khb:standing khb:uncontested",
        _STANDING,
        "khb:contested and khb:uncontested",
    ),
)
