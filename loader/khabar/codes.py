"""The catalogue of faults: what each code means, what it looks like, and the cure.

``docs/errors.md`` is made from it. A code, once published, keeps its meaning for ever.
"""

from __future__ import annotations

from typing import Final

import msgspec


class Code(msgspec.Struct, frozen=True):
    """One code: a title, what it means, an example of what is wrong, and the cure."""

    code: str
    title: str
    meaning: str
    example: str
    cure: str


CODES: Final[tuple[Code, ...]] = (
    Code(
        "KH001",
        "A file or folder cannot be read",
        "It is not there, is something other than a file or folder, or may not be read. A record whose name ends in "
        "`.yml`, or that lies in a folder below `articles/` or `entities/`, is told here too: khabar would not see it.",
        "khabar check corpsu",
        "Check the name and the permissions; records are `articles/*.yaml` and `entities/*.yaml`.",
    ),
    Code(
        "KH002",
        "Not UTF-8",
        "The file holds a byte that no UTF-8 text holds there. Nothing else is checked in it.",
        "a record that was saved as Windows-1256 or UTF-16",
        "Save the file as UTF-8.",
    ),
    Code(
        "KH003",
        "Not YAML",
        "The text cannot be parsed as YAML, so nothing after that place is checked. Tabs as indentation, a text with "
        "`: ` in it, and a quotation mark that is not closed are the usual reasons.",
        "title: {en: Talks: the third day}",
        'Put the text in quotes: `title: {en: "Talks: the third day"}`. Indent with spaces.',
    ),
    Code(
        "KH004",
        "Too large, too deep or too many",
        "A file is larger than 16 MiB, is nested deeper than 64 levels or holds more than 200,000 values; or a "
        "chain of transmission has more than 100 links.",
        "[[[[[[[[ … ]]]]]]]]",
        "Split the records into several files.",
    ),
    Code(
        "KH005",
        "The same key twice",
        "A map has the same key again, or a text the same language in other letters (`en`, `EN`). YAML readers and "
        "stores keep one of the two without a word.",
        "{type: Visit, type: Meeting}",
        "Delete or rename one of them; the fault names the place of the first.",
    ),
    Code(
        "KH006",
        "An anchor or an alias",
        "`&name` and `*name` repeat a value. A few of them can stand for millions, so khabar takes none.",
        "host: *mayor",
        "Write the value out. Put a text that starts with `&` or `*` in quotes.",
    ),
    Code(
        "KH007",
        "A tag, a merge key or a second document",
        "`!tag`, `<<:` and `---` between documents are YAML that records do not need.",
        "published: !!timestamp 2031-03-02",
        "Delete the tag, write the keys out, make the second document a file of its own.",
    ),
    Code(
        "KH008",
        "A forbidden character",
        "Control characters, marks that change the reading direction of all that follows (U+202A to U+202E), U+FFFD "
        "(a letter was lost), noncharacters, and line ends other than those of text files. The isolates U+2066 to "
        "U+2069 are allowed in texts.",
        r'en: "a ferry\u202E"',
        "Delete it, or write what is meant.",
    ),
    Code(
        "KH009",
        "Not in Unicode NFC",
        "The text holds letters in parts, such as alef and madda, where Unicode has one letter. Passages are counted "
        "and compared in NFC.",
        "ا + U+0653 in place of آ",
        "Normalise the file, for example with `uconv -x any-nfc`.",
    ),
    Code(
        "KH010",
        "An unknown key",
        "The record has no key of that name.",
        "{typ: Visit}",
        "Use the key that the fault suggests; [all keys](records.md).",
    ),
    Code(
        "KH011",
        "A missing key",
        "The record needs a key that is not there.",
        "claims: {deal: {about: ferry-deal}}",
        "Add it: a claim has a `text`, too.",
    ),
    Code(
        "KH012",
        "The wrong kind of value",
        "A text stands where a map is expected, nothing where something is, or a number in quotes.",
        'paragraph: "2"',
        "Write the kind that the fault names. A key without a value is left out; `null` and `~` go in quotes.",
    ),
    Code(
        "KH013",
        "Not one of the allowed words",
        "The key takes one of a few words.",
        "stance: denied",
        "Use one of the words that the fault lists: `denies`.",
    ),
    Code(
        "KH014",
        "Not an id",
        "Ids are made of a-z, 0-9 and single hyphens, begin with a letter and are at most 80 characters long, so that "
        "they can stand in an IRI. Labels carry the Arabic.",
        "Port_Authority",
        "Write `port-authority`. Something of another article is `article.id`.",
    ),
    Code(
        "KH015",
        "Not an IRI",
        "An http or https IRI is expected, without spaces, quotation marks and invisible characters. Where "
        "Wikidata is meant, a Q-number does.",
        "url: www.example.org/a b",
        "Copy the address whole, with `https://`, and write spaces as `%20`.",
    ),
    Code(
        "KH016",
        "Malformed or out of range",
        "The value has the right kind but not the right form: a language tag, a digest, a duration, a number outside "
        "its range, an empty list, a reserved id.",
        "point: {lat: 132.1, lon: 20.1}",
        "Write it in the form that the fault names.",
    ),
    Code(
        "KH020",
        "The same id twice",
        "Two entities or two articles have the same id, or an entity of an article has that of a shared one.",
        "entities/people.yaml and entities/more.yaml both define minister-a",
        "Rename one, or merge them; the fault names the other place.",
    ),
    Code(
        "KH021",
        "A reference to nothing",
        "Nothing has the id that is referred to, neither in the article nor among the shared entities.",
        "host: mayor-of-eastprot",
        "Correct the id, or define it.",
    ),
    Code(
        "KH022",
        "A reference to the wrong kind of thing",
        "The id exists but names something that cannot stand there.",
        "publisher: minister-a",
        "Name a thing of the expected kind: a publisher is an `Outlet`.",
    ),
    Code(
        "KH023",
        "A cycle",
        "References lead back to where they began: a place within itself, a statement that relays itself.",
        "a: {relays: b, …} and b: {relays: a, …}",
        "Take one of the references out; the fault lists all of the cycle.",
    ),
    Code(
        "KH030",
        "Not an EDTF date",
        "The date is not written as the Library of Congress's Extended Date/Time Format has it.",
        "date: late September 2031",
        "Write `[2031-09-21..2031-09-30]` for some day between, `2031-09` for some day of a month, `2031-09-05~` for "
        "about a day.",
    ),
    Code(
        "KH031",
        "An impossible date",
        "The form is right, but there is no such day.",
        "date: 2031-02-30",
        "Correct it.",
    ),
    Code(
        "KH032",
        "Dates that contradict each other",
        "Two dates cannot both be true, such as a statement made after the article that reports it.",
        "published: 2031-03-02 and date: 2031-04",
        "Correct one of them, or make it less precise.",
    ),
    Code(
        "KH040",
        "A hop from a source to itself",
        "A chain of transmission passes from an outlet to the same outlet, which would count as one more witness.",
        "source: the-wire, via: [the-wire]",
        "Take the outlet out of `via`.",
    ),
    Code(
        "KH041",
        "A statement that says not exactly one thing",
        "A statement has exactly one of `claim`, `event` and `relays`, and a stance unless it only relays.",
        "{source: port-official, stance: denies, evidence: …}",
        "Name what is denied.",
    ),
    Code(
        "KH042",
        "A claim that nobody makes",
        "No statement has the claim as its content. In khabar nothing is true because it was printed: a claim without "
        "someone who makes it is nobody's.",
        "claims: {deal-sought: …} without a statement on deal-sought",
        "Add the statement, or delete the claim.",
    ),
    Code(
        "KH043",
        "An event that nobody speaks of",
        "No claim is about the event, and it has no evidence of its own.",
        "events: {ferry-deal: …} without a claim about ferry-deal",
        "Give it `evidence`, or name it in a claim or a statement.",
    ),
    Code(
        "KH050",
        "A passage that cannot be",
        "A passage ends before it begins, lies beyond its paragraph, or its paragraph is not in the text.",
        "{paragraph: 2, start: 80, end: 80, …}",
        'Let `khabar cite TEXT "first words ... last words"` print the block.',
    ),
    Code(
        "KH051",
        "A passage that is not in the text",
        "No part of the text has the digest that the record gives.",
        "sha256: of a quotation that was retyped",
        "Cite the passage anew with `khabar cite`.",
    ),
    Code(
        "KH052",
        "A passage that moved (warning)",
        "The passage is in the text, at another place: this copy has other paragraphs.",
        "a copy of the text with a menu above it",
        "Nothing must be done; the fault names the new place.",
    ),
    Code(
        "KH053",
        "Another text (warning)",
        "The text at hand is not the one whose digest the record gives.",
        "a copy of the text with its captions left out",
        "Nothing must be done as long as its passages are found.",
    ),
    Code(
        "KH054",
        "A quotation left in the record",
        "The words of the article belong to its owner; a record proves a passage by its place and digest.",
        'evidence: {quote: "first words ... last words"}',
        "Run `khabar cite --fill RECORD --text FILE`.",
    ),
    Code(
        "KH060",
        "A promised language is missing",
        "`corpus.yaml` promises languages, and a label lacks one of them.",
        "languages: [en, ar] and label: {en: Talks}",
        "Add the label in that language.",
    ),
    Code(
        "KH070",
        "A SHACL shape is violated",
        "The graph of the record breaks a rule of `ontology/shapes.ttl`.",
        "a statement without evidence",
        "The message says what the rule expects.",
    ),
    Code(
        "KH080",
        "A table of mappings or decisions that cannot be read",
        "A row of `mappings.sssom.tsv`, of another SSSOM table or of a table of `khabar link --review` is not what it "
        "should be. Mappings are by `skos:exactMatch` and `skos:closeMatch` alone.",
        "predicate_id: owl:sameAs",
        "Correct the row.",
    ),
    Code(
        "KH081",
        "Mappings that contradict each other, or the records",
        "Two decisions on one entity cannot both hold, or the account of a link and the record say different things.",
        "a refused candidate that stands as `exact_match` in the record",
        "Correct the one or the other; `khabar link --apply` writes both.",
    ),
    Code(
        "KH090",
        "A link to no item",
        "Wikidata has no item of that number: it was deleted, or never was.",
        "exact_match: Q999999999",
        "Take the link out, and let `khabar link` look for another.",
    ),
    Code(
        "KH091",
        "A link to an item that was merged",
        "The item redirects to another.",
        "the number of a duplicate",
        "Write the number that the fault proposes.",
    ),
    Code(
        "KH092",
        "A link to a page that is about no thing",
        "The item is a disambiguation page, a list, a category or a template.",
        "exact_match: the item of a disambiguation page",
        "Link to the item of the thing itself.",
    ),
    Code(
        "KH093",
        "A link to a thing of another type",
        "The classes of the item contradict the type of the entity. Where khabar knows none of its classes it is a "
        "warning.",
        "a `Person` linked to a family name",
        "Correct the link, or the type.",
    ),
    Code(
        "KH094",
        "A link to a thing of another name (warning)",
        "None of the names of the entity is like one of the item.",
        "Benghazi linked to the item of another city",
        "Correct the link, or add the name as an `alias`.",
    ),
)
"""Every code, in order."""
