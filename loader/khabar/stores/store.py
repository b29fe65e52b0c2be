"""What every store can do, and Oxigraph's way of doing it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from khabar.errors import QueryRefused, StoreFailed
from khabar.queries import guard
from khabar.queries.results import Rows
from khabar.queries.spelling import Blank, Term
from khabar.stores.federation import federated

if TYPE_CHECKING:
    import pyoxigraph

NO_SERVICES: Final[Mapping[str, str]] = MappingProxyType({})


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


class OxigraphStore:
    """A graph in Oxigraph, in memory or in a folder, open for reading."""

    def __init__(self, name: str, store: pyoxigraph.Store) -> None:
        self._name = name
        self._store = store

    @property
    def name(self) -> str:
        """What messages call the store."""
        return self._name

    def __len__(self) -> int:
        return len(self._store)

    def select(self, text: str, *, services: Mapping[str, str] = NO_SERVICES) -> Rows:
        """The rows of a SELECT query, or the truth of an ASK query; see `Store`."""
        guard.check(text, services=services)
        return self._evaluate(federated(text, self._evaluate, services))

    def _evaluate(self, text: str) -> Rows:
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
