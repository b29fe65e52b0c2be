"""What the stand-ins have in common above the engine: queries, updates, graphs, and the answers to what is wrong."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph

from fakes.engine import DEFAULT, FORMATS, Engine, Graph
from fakes.server import FORM, Asked, Given

JSON = "application/sparql-results+json"
QUERY, UPDATE = "application/sparql-query", "application/sparql-update"


class Refused(Exception):
    """A request that the store does not take, and what it says."""

    def __init__(self, status: int, words: str, *, allow: str = "") -> None:
        super().__init__(words)
        self.given = Given(status, words.encode(), headers={"Allow": allow} if allow else {})


def answered(front: Callable[[Asked], Given]) -> Callable[[Asked], Given]:
    """``front``, with what it raises as an answer: a refusal as it says, bad syntax as 400."""

    def answer(asked: Asked) -> Given:
        try:
            return front(asked)
        except Refused as refused:
            return refused.given
        except (SyntaxError, ValueError) as error:
            return Given(400, f"MALFORMED: {error}".encode())

    return answer


def methods(asked: Asked, *allowed: str) -> None:
    """Refuse every other method with 405 and Allow (RFC 9110, section 15.5.6)."""
    if asked.method not in allowed:
        raise Refused(405, f"Method not allowed: {asked.method}", allow=", ".join(allowed))


def text(asked: Asked, name: str, direct: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The query or update of a request, and all its fields; SPARQL 1.1 Protocol, section 2, has three ways."""
    fields = asked.query
    if asked.method == "POST":
        if asked.kind == direct:
            return asked.body.decode(), fields
        if asked.kind != FORM:
            raise Refused(415, f"Unsupported MIME type: {asked.kind}")
        fields = (*fields, *asked.form)
    found = [value for key, value in fields if key == name]
    if len(found) != 1 or not found[0]:
        raise Refused(400, f"Missing parameter: {name}" if not found else f"Multiple or empty '{name}='")
    return found[0], fields


def rows(engine: Engine, query: str, default: list[str] | None = None, named: list[str] | None = None) -> Given:
    """The answer to a query, over the engine's dataset or over a given one."""
    body = engine.ask(query, default, named)
    return Given(200, body, JSON if body.startswith(b"{") else "application/n-triples")


def dataset(fields: tuple[tuple[str, str], ...]) -> tuple[list[str] | None, list[str] | None]:
    """The dataset that a request asks for; None twice where it asks for none."""
    default = [value for key, value in fields if key == "default-graph-uri"]
    named = [value for key, value in fields if key == "named-graph-uri"]
    return (default, named) if default or named else (None, None)


def graph(asked: Asked, parameter: str = "graph") -> Graph | None:
    """The graph that a request names: by ``?graph=IRI`` or ``?default``; None where it names none, or several."""
    names = [value for key, value in asked.query if key == parameter]
    if any(key == "default" for key, _ in asked.query):
        return None if names else DEFAULT
    return pyoxigraph.NamedNode(names[0]) if len(names) == 1 else None


def read(asked: Asked, engine: Engine, target: Graph) -> Given:
    """A graph in the first format that the client accepts; 406 where there is none (RFC 9110, section 12.5.1)."""
    accepted = [part.partition(";")[0].strip() for part in asked.headers.get("accept", "*/*").split(",")]
    for kind in accepted:
        if kind in FORMATS:
            return Given(200, engine.read(target, kind), kind)
    if "*/*" in accepted:
        return Given(200, engine.read(target, "text/turtle"), "text/turtle")
    raise Refused(406, "No acceptable file format found.")


def write(asked: Asked, engine: Engine, target: Graph, *, replace: bool) -> bool:
    """Take the document of a request into a graph; tell whether the graph held anything before."""
    if asked.kind not in FORMATS:
        raise Refused(415, f"Unsupported MIME type: {asked.kind}")
    before = engine.holds(target)
    engine.write(target, asked.body, asked.kind, replace=replace)
    return before
