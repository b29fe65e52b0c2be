"""The pages as HTML, by Jinja2: every value escaped, every link through one function."""

from __future__ import annotations

import functools
import json
import re
import urllib.parse
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from khabar import vocabulary
from khabar.dates import DateRefused, bounds
from khabar.explorer import linked_data
from khabar.explorer.values import Dates, Kind, Text, Thing
from khabar.iris import KINDS
from khabar.languages import LANGUAGES, Language
from khabar.serve import drawing, locales, wording
from khabar.terms import is_http_iri

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.runtime import Context
    from markupsafe import Markup

STATIC: Final = Path(__file__).parent / "static"
"""The folder that is served as ``/static``."""

ORDER: Final[tuple[Kind, ...]] = (
    "event", "claim", "statement", "source", "article", "outlet", "person", "organisation", "polity", "place",
)  # fmt: skip
"""The kinds of things in the order in which an overview tells them."""

_TEMPLATES: Final = Path(__file__).parent / "templates"
_LOCAL: Final = re.compile(rf"(?:{'|'.join(KINDS)})/[A-Za-z0-9._-]+")
_SHORTENED: Final = 12


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What every page knows of the dataset and of how it was asked for.

    ``path`` is the page's own, without ``root``, the path under which the server is mounted; ``query`` is its query
    string as it came. ``ready`` tells whether the index is made. ``types`` names the types that the dataset declares.
    """

    language: Language
    path: str
    title: Text
    base: str
    query: str = ""
    root: str = ""
    ready: bool = True
    types: Mapping[str, Text] = msgspec.field(default_factory=dict)

    @property
    def asked(self) -> dict[str, str]:
        """The parameters of the page, the last of each name; one that was not given is empty."""
        return defaultdict(str, urllib.parse.parse_qsl(self.query))


def render(template: str, page: View, **values: object) -> str:
    """The HTML of the page ``template`` (``thing.html``) in the language of ``page``.

    Raises UndefinedError where the template needs a value that is not given.
    """
    return _environment().get_template(template).render(page=page, **values)


def href(page: View, path: str, **params: object) -> str:
    """The address of a page of this server, under its root, in the language that was asked for by ``lang``.

    >>> view = View(language="ar", path="/", title=Text("x"), base="https://example.org/x/", query="lang=ar", root="/k")
    >>> href(view, "/search", q="a b", kind="")
    '/k/search?q=a+b&lang=ar'
    """
    path, _, anchor = path.partition("#")
    path = "/" + path.lstrip("/\\")  # two slashes would name another host
    given = {name: str(value) for name, value in params.items() if value not in (None, "")}
    if "lang" in page.asked:
        given.setdefault("lang", page.language)
    asked = f"?{urllib.parse.urlencode(given)}" if given else ""
    return f"{page.root}{path}{asked}{'#' if anchor else ''}{anchor}"


def here(page: View, **changes: object) -> str:
    """The address of this page with other parameters; an empty one is left out.

    >>> view = View(language="en", path="/list", title=Text("x"), base="https://example.org/x/", query="kind=event")
    >>> here(view, offset=50)
    '/list?kind=event&offset=50'
    """
    return href(page, urllib.parse.quote(page.path), **(page.asked | changes))


def local(page: View, iri: str, suffix: str = "html") -> str:
    """The address of the page, or of another format, for an IRI: of a thing, a term of the ontology, or elsewhere.

    >>> view = View(language="en", path="/", title=Text("x"), base="https://example.org/x/")
    >>> local(view, "https://example.org/x/events/a.b"), local(view, "https://example.org/x/events/a.b", "ttl")
    ('/events/a.b.html', '/events/a.b.ttl')
    >>> local(view, vocabulary.term("Visit")), local(view, "https://example.org/y?z")
    ('/ontology#Visit', '/resource?iri=https%3A%2F%2Fexample.org%2Fy%3Fz')
    """
    if iri.startswith(page.base) and _LOCAL.fullmatch(iri[len(page.base) :]):
        return href(page, f"/{iri[len(page.base) :]}.{suffix}")
    if iri.startswith(vocabulary.NAMESPACE) and suffix == "html":
        return href(page, f"/ontology#{urllib.parse.quote(iri[len(vocabulary.NAMESPACE) :])}")
    return href(page, "/resource", iri=iri, format="" if suffix == "html" else suffix)


def tell(page: View, key: str, **values: object) -> Markup:
    """A message of the page's language with its values, escaped; the value ``n`` chooses the plural form."""
    from markupsafe import Markup, escape

    counted = values.get("n")
    text = locales.message(page.language, key, counted if isinstance(counted, int) else None)
    shown = {
        name: locales.number(page.language, value) if isinstance(value, (int, float)) else value
        for name, value in values.items()
    }
    return Markup(escape(text)).format(**shown)  # noqa: S704 - escaped, and so is each value


def is_message(key: str) -> bool:
    """Whether the pages have a message by this key, for words that may be a dataset's or a query's own.

    >>> is_message("tag.claims"), is_message("tag.of our own")
    (True, False)
    """
    return key in locales.messages(LANGUAGES[0])


def type_name(page: View, iri: str) -> Text:
    """The name of a class in the page's language: the dataset's own, the ontology's, or the last part of its IRI."""
    return page.types.get(iri) or term_name(page, iri)


def term_name(page: View, iri: str) -> Text:
    """The label of a term of the ontology in the page's language, or else the last part of its IRI."""
    try:
        return Text(vocabulary.label(iri, page.language), page.language)
    except KeyError:
        return Text(tail(iri))


def tail(iri: str) -> str:
    """The last part of an IRI, or all of one that ends with its separator.

    >>> tail("https://example.org/x/events/a.b"), tail("https://example.org/")
    ('a.b', 'https://example.org/')
    """
    return re.split(r"[/#]", iri)[-1] or iri


def shown(thing: Thing) -> Text:
    """The name of a thing; where it is empty or blank, the last part of its IRI."""
    return thing.name if thing.name.text.strip() else Text(tail(thing.iri))


@functools.cache
def parties() -> tuple[Mapping[str, Any], ...]:
    """The packages of others that the pages bring: name, version, licence, files, and what each is a part of."""
    manifest = json.loads((STATIC / "vendor" / "manifest.json").read_text("utf-8"))
    return tuple(manifest["packages"])


def prefixes(page: View) -> dict[str, str]:
    """Every prefix by which an IRI is shortened on a page, the dataset's own among them."""
    return dict(linked_data.prefixes(page.base))


@functools.cache
def _words(language: str) -> str:
    found = locales.messages(language).items()
    spoken = {key.removeprefix("script."): message for key, message in found if key.startswith(("script.", "kind."))}
    return json.dumps(spoken, ensure_ascii=False, separators=(",", ":"))


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    of_page: dict[str, Callable[..., Any]] = {
        "href": href,
        "here": here,
        "local": local,
        "tell": tell,
        "type_name": type_name,
        "term_name": term_name,
        "prefixes": prefixes,
        "number": _of_language(locales.number),
        "percent": _of_language(locales.percent),
        "degrees": _of_language(locales.degrees),
        "digits": _of_language(locales.digits),
        "day": _of_language(locales.day),
        "period": _of_language(locales.period),
        "dates": _of_language(locales.dates),
        "language_name": _of_language(locales.language_name),
        "variable": _of_language(wording.variable),
        "wording": _of_language(wording.wording),
    }
    for name, function in of_page.items():
        bound = _with_page(function)
        environment.globals[name] = bound
        environment.filters[name] = bound
    environment.filters |= {"tail": tail, "shown": shown, "abbreviated": _abbreviated, "bounded": bounded}
    environment.globals |= {
        "KINDS": ORDER,
        "LANGUAGES": LANGUAGES,
        "Text": Text,
        "concepts": vocabulary.concepts,
        "direction": locales.direction,
        "drawing": drawing,
        "family": family,
        "is_http_iri": is_http_iri,
        "is_message": is_message,
        "language_name_in": locales.language_name,
        "namespace_of_terms": vocabulary.NAMESPACE,
        "parties": parties,
        "words": _words,
    }
    return environment


def family(stance: str) -> str:
    """How a stance is coloured: ``affirms``, ``forwards``, ``contrary``, ``silent``, or empty for none.

    >>> [family(stance) for stance in ("confirms", "alleges", "retracts", "declines-comment", "")]
    ['affirms', 'forwards', 'contrary', 'silent', '']
    """
    for name, collection in (
        ("affirms", "affirming-stances"),
        ("contrary", "contrary-stances"),
        ("forwards", "forward-stances"),
    ):
        if stance in vocabulary.collection(collection):
            return name
    return "silent" if stance else ""


def bounded(text: str) -> Dates:
    """A date of EDTF with the days between which it lies; one that is none is as it was written.

    >>> bounded("2023-09").latest, bounded("when it was hot").edtf
    ('2023-09-30', 'when it was hot')
    """
    try:
        earliest, latest = bounds(text)
    except DateRefused:
        return Dates(edtf=text)
    return Dates(edtf=text, earliest=str(earliest or ""), latest=str(latest or ""))


def _abbreviated(digest: str) -> str:
    return digest if len(digest) <= _SHORTENED else f"{digest[:_SHORTENED]}…"


def _of_language(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda page, *values: function(page.language, *values)


def _with_page(function: Callable[..., Any]) -> Callable[..., Any]:
    from jinja2 import pass_context

    @pass_context
    @functools.wraps(function)
    def bound(context: Context, *values: Any, **named: Any) -> Any:
        return function(context["page"], *values, **named)

    return bound
