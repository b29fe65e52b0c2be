"""What every store can do, and Oxigraph's way of doing it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from khabar.errors import QueryRefused, StoreFailed
from khabar.graphs import NamedGraph
from khabar.queries import guard
from khabar.queries.binding import bind
from khabar.queries.results import Rows, plain
from khabar.queries.spelling import Blank, Term
from khabar.stores.encoding import numbers_and_dates
from khabar.stores.federation import federated

if TYPE_CHECKING:
    import pyoxigraph

    from khabar.queries.binding import Value
    from khabar.queries.catalogue import Query

Rewrite: TypeAlias = Callable[[bytes], bytes]
"""What a store makes of one line of N-Triples, where it is known to change literals: a pure function, idempotent."""

NO_SERVICES: Final[Mapping[str, str]] = MappingProxyType({})

_SHOWN: Final = 160
_LIMIT: Final = re.compile(r"^LIMIT [0-9]+\s*\Z", re.MULTILINE)


class Store(Protocol):
    """A graph that answers queries; the default graph is the union of all graphs."""

    @property
    def name(self) -> str:
        """What messages call the store: a path or an address, without credentials."""

    def select(self, text: str, *, services: Mapping[str, str] = NO_SERVICES) -> Rows:
        """The rows of the SELECT query ``text``, or the truth of an ASK query.

        ``services`` maps each IRI that SERVICE may name to the endpoint that is asked in its place; no other host
        is reached. Raises QueryRefused for a query that is wrong or may not run, StoreFailed when the store fails.
        """


class GraphReader(Store, Protocol):
    """A store whose named graphs can be read whole."""

    @property
    def rewrites(self) -> Sequence[Rewrite]:
        """What this store is known to change in a document, none for most."""

    def read(self, graph: str) -> bytes:
        """The triples of a named graph as N-Triples, in any order and any spelling; empty where there is none."""


class GraphStore(GraphReader, Protocol):
    """A store whose named graphs can be replaced: each whole, and again without harm.

    Whoever asks while graphs are replaced finds each of them as it was or as it becomes, where the store sees to that;
    its profile says so. The methods raise StoreFailed or FileFailed; after a failure, and after the end of the process
    at any moment, only reading a graph tells whether it is the old or the new one, or is not there.
    """

    @property
    def resumed(self) -> bool:
        """Whether an interrupted load into this store goes on: what was confirmed then still stands."""

    def sums(self, graphs: Sequence[NamedGraph]) -> Mapping[str, tuple[int, str]]:
        """What is held under the names of ``graphs``, triples and digest, where the store tells without giving it out.

        It is not told of every graph, and of none by most stores: then only `read` tells.
        """

    def replace(self, graphs: Sequence[NamedGraph]) -> None:
        """Put each of ``graphs`` in the place of what its name holds; on return all are written to last."""

    def add(self, graph: NamedGraph) -> None:
        """Add a few triples, none with a blank node, to what the graph of this name holds."""

    def remove(self, graphs: Sequence[str]) -> None:
        """Remove named graphs; none is missed that is not there."""

    def optimize(self) -> None:
        """Make all that is held quicker to read, where the store does so when it is told; elsewhere nothing."""

    def publish(self) -> None:
        """Let readers see what was written since the store was opened, all at once where the store can do that."""


def asked(
    store: Store, query: Query, given: Mapping[str, Value] = NO_SERVICES, *, limited: bool = True
) -> tuple[tuple[Term | None, ...], ...]:
    """The rows that ``store`` gives to a bundled ``query`` with the parameters ``given``.

    Without ``limited`` the query's own limit does not hold. Raises StoreFailed, also for an answer that has other
    columns than the query.
    """
    text = bind(query, given)
    found = store.select(text if limited else _LIMIT.sub("", text))
    if found.columns != query.columns:
        raise StoreFailed(
            where=store.name,
            expected=f"an answer with the columns {', '.join(query.columns)}",
            found=", ".join(found.columns)[:_SHOWN] or "one without columns",
            remedy="see that the address is that of a SPARQL endpoint",
        )
    return found.rows


def number(store: Store, term: Term | None) -> int:
    """The number that ``store`` gave for how many there are; raises StoreFailed for anything else."""
    try:
        return int(plain(term))
    except ValueError:
        raise StoreFailed(where=store.name, expected="a number", found=repr(plain(term)[:_SHOWN])) from None


class OxigraphStore:
    """A graph in Oxigraph, in memory or in a folder, open for reading."""

    gives_every_row = True
    """Whether an answer has all its rows, however many: no page after page is needed."""

    def __init__(self, name: str, store: pyoxigraph.Store) -> None:
        self._name = name
        self._store = store

    @property
    def name(self) -> str:
        """What messages call the store."""
        return self._name

    def __len__(self) -> int:
        return len(self._store)

    @property
    def inner(self) -> pyoxigraph.Store:
        """The store of Oxigraph itself."""
        return self._store

    @property
    def rewrites(self) -> Sequence[Rewrite]:
        """The one spelling that Oxigraph has for a number or a date."""
        return (numbers_and_dates,)

    def read(self, graph: str) -> bytes:
        """The triples of a named graph as N-Triples."""
        import pyoxigraph

        try:
            document = self._store.dump(format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=pyoxigraph.NamedNode(graph))
        except (OSError, RuntimeError, ValueError) as error:
            raise StoreFailed(where=self._name, expected="a graph that can be read", found=_sentence(error)) from None
        return document or b""

    def select(self, text: str, *, services: Mapping[str, str] = NO_SERVICES) -> Rows:
        """The rows of a SELECT query, or the truth of an ASK query; see `Store`."""
        guard.check(text, services=services)
        return self.evaluate(federated(text, self.evaluate, services))

    def evaluate(self, text: str) -> Rows:
        """The rows of a query that was looked at before, and that names no SERVICE; raises as `select` does."""
        import pyoxigraph

        try:
            answer = self._store.query(text, use_default_graph_as_union=True)
            if isinstance(answer, pyoxigraph.QueryBoolean):
                return Rows(truth=bool(answer))
            if isinstance(answer, pyoxigraph.QuerySolutions):
                columns = tuple(variable.value for variable in answer.variables)
                rows = tuple(tuple(_term(solution[index]) for index in range(len(columns))) for solution in answer)
                return Rows(columns=columns, rows=rows)
        except SyntaxError as error:
            raise QueryRefused(where="query", expected="SPARQL 1.1", found=_sentence(error)) from None
        except (OSError, RuntimeError, ValueError) as error:
            raise StoreFailed(where=self._name, expected="an answer to the query", found=_sentence(error)) from None
        raise QueryRefused(where="query", expected="SELECT or ASK", found="CONSTRUCT or DESCRIBE")


def _sentence(error: Exception) -> str:
    return " ".join(str(error.args[0] if isinstance(error, SyntaxError) else error).split())


def _term(value: object) -> Term | None:
    import pyoxigraph

    from khabar.conversion import from_oxigraph

    if value is None:
        return None
    if isinstance(value, pyoxigraph.BlankNode):
        return Blank(value.value)
    if isinstance(value, pyoxigraph.NamedNode | pyoxigraph.Literal):
        return from_oxigraph(value)
    raise QueryRefused(where="query", expected="IRIs, literals and blank nodes in rows", found="a triple")
