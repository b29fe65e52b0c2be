"""The triples of a named graph in an answer: N-Triples as they come, other kinds of RDF after a strict parser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from khabar.stores.refusals import quoted, unanswered

if TYPE_CHECKING:
    from khabar.stores.wire import Answer, Request

ACCEPTED: Final = "application/n-triples, text/turtle;q=0.8, application/n-quads;q=0.5, application/rdf+xml;q=0.3"
"""What is asked for: N-Triples, and what else can be read."""

_LINES: Final = ("application/n-triples", "text/plain", "text/ntriples")
_PARSED: Final = {
    "text/turtle": "ttl",
    "application/x-turtle": "ttl",
    "application/trig": "trig",
    "application/n-quads": "nq",
    "text/x-nquads": "nq",
    "application/rdf+xml": "rdf",
}


def triples(request: Request, answer: Answer) -> bytes:
    """The triples in the body of ``answer`` as N-Triples, in any order and spelling.

    Raises Unanswered for what is no RDF, an HTML page above all, and for RDF that is cut off.
    """
    body = answer.body
    if not body.strip():
        return b""
    if answer.media_type in _LINES and body[:1] in b"<_#\n\r" and body.rstrip()[-1:] in b".#":
        return body
    if (suffix := _PARSED.get(answer.media_type)) is not None:
        return _parsed(request, body, suffix)
    kind = answer.media_type or "an answer without a type"
    remedy = "give the address of the store, and the profile that it has"
    raise unanswered(request, "page", f"{kind}: {quoted(body)}", remedy=remedy)


def _parsed(request: Request, body: bytes, suffix: str) -> bytes:
    import pyoxigraph

    try:
        form = pyoxigraph.RdfFormat.from_extension(suffix)
        # A relative IRI is refused: what it is relative to would be a guess.
        quads = pyoxigraph.parse(body, format=form)
        return pyoxigraph.serialize((quad.triple for quad in quads), format=pyoxigraph.RdfFormat.N_TRIPLES) or b""
    except (SyntaxError, ValueError) as error:
        message = error.msg if isinstance(error, SyntaxError) else str(error)
        found = f"RDF that is wrong or cut off: {quoted(message.encode())}"
        raise unanswered(request, "broken", found) from None
