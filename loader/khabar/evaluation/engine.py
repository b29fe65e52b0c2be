"""A store, asked within a process that may be ended at any moment: tasks to answers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from khabar.errors import FileFailed, KhabarError, QueryRefused, StoreFailed
from khabar.evaluation.about import About
from khabar.evaluation.answers import Answer
from khabar.evaluation.limits import Limits
from khabar.evaluation.tasks import Ask, Describe, Done, Graph, Index, Named, Portray, Task
from khabar.queries import guard
from khabar.queries.tokens import code

if TYPE_CHECKING:
    import pyoxigraph

    from khabar.queries.catalogue import Query
    from khabar.queries.results import Rows
    from khabar.stores.store import OxigraphStore

Tell = Callable[[int, int], None]
"""Hears how far a long task is: done, of how many."""

_ROWS: Final = "rows"
_JUDGED: Final = 1024
# So Oxigraph ends what it says of a function of someone else's.
_UNKNOWN: Final = "is not supported"


class _Judged(NamedTuple):
    """A query that may run: whether it asks of the service itself, names services, names its graphs."""

    asks_of_service: bool
    names_services: bool
    names_graphs: bool


class NotFound(KhabarError):
    """Nothing in the dataset has this name."""


class NotAcceptable(KhabarError):
    """What was asked has no form that the client takes."""


class Engine:
    """One store and what may be asked of it.

    ``about`` is a file of N-Quads on the service itself, which answers the queries that ask of it; ``services`` maps
    the IRI of each SERVICE that may be asked to its address. ``within`` runs what the engine evaluates, and nothing
    else, where there is no network. ``texts`` are those of articles, by IRI.
    """

    def __init__(
        self,
        store: OxigraphStore,
        limits: Limits,
        folder: Path,
        *,
        within: Callable[[Callable[[], Any]], Any],
        services: Mapping[str, str],
        about: Path,
        texts: Mapping[str, str],
    ) -> None:
        self._store = store
        self._limits = limits
        self._folder = folder
        self._within = within
        self._services = services
        self._about = About(about)
        self._texts = texts
        self._corpus: str | None = None
        # The same queries are asked again and again, with other forms and graphs.
        self._judged = functools.lru_cache(maxsize=_JUDGED)(self._judge)

    def do(self, task: Task, tell: Tell) -> Done:
        """Do one task; raises QueryRefused, NotFound, NotAcceptable, TooLarge, StoreFailed."""
        match task:
            case Ask():
                return self._ask(task)
            case Named():
                return self._named(task)
            case Graph():
                return self._graph(task)
            case Describe():
                return self._describe(task)
            case Portray():
                return self._portray(task)
            case Index():
                return self._index(task, tell)

    def _ask(self, task: Ask) -> Done:
        judged = self._judged(task.text)
        store = self._about.store() if judged.asks_of_service else self._store.inner
        text = self._federated(task.text) if judged.names_services else task.text
        dataset = _dataset(task, names_graphs=judged.names_graphs)
        done: Done = self._within(lambda: self._evaluate(text, task, store, dataset))
        return done

    def _judge(self, text: str) -> _Judged:
        """What a look at a query tells; raises QueryRefused for one that may not run."""
        from khabar.explorer.inquiry import asks_of_service

        guard.check(text, services=self._services, datasets=True)
        found = code(text)
        return _Judged(
            asks_of_service=asks_of_service(text),
            names_services=any(token.is_word("SERVICE") for token in found),
            names_graphs=any(token.is_word("FROM") for token in found),
        )

    def _federated(self, text: str) -> str:
        from khabar.stores.federation import federated

        return federated(text, lambda asked: self._within(lambda: self._store.evaluate(asked)), self._services)

    def _evaluate(self, text: str, task: Ask, store: pyoxigraph.Store, dataset: dict[str, Any]) -> Done:
        import pyoxigraph

        try:
            found = store.query(text, **dataset)
        except SyntaxError as error:
            raise QueryRefused(where="query", expected="SPARQL 1.1", found=_sentence(error.msg)) from None
        except (OSError, RuntimeError, ValueError) as error:
            if isinstance(error, RuntimeError) and _UNKNOWN in str(error):
                raise QueryRefused(where="query", expected="functions of SPARQL", found=_sentence(error)) from None
            raise StoreFailed(where="store", expected="an answer to the query", found=_sentence(error)) from None
        if isinstance(found, pyoxigraph.QueryTriples):
            triples = found
            form = _acceptable(task.graph, "a graph, such as text/turtle")
            return self._written(form, lambda answer: self._serialize(triples, form, answer))
        rows = found
        form = _acceptable(task.rows, "rows, such as text/csv")
        media = getattr(pyoxigraph.QueryResultsFormat, form.upper())
        return self._written(form, lambda answer: rows.serialize(answer.stream, format=media))

    def _written(self, form: str, write: Callable[[Answer], object]) -> Done:
        answer = Answer(form, self._limits, self._folder)
        try:
            write(answer)
        except (OSError, RuntimeError, ValueError) as error:
            answer.discard()
            raise StoreFailed(where="store", expected="a whole answer", found=_sentence(error)) from None
        except BaseException:
            answer.discard()
            raise
        return answer.done()

    def _serialize(self, triples: Iterable[pyoxigraph.Triple], form: str, answer: Answer) -> None:
        import pyoxigraph

        pyoxigraph.serialize(triples, answer.stream, format=_rdf_format(form), prefixes=self._prefixes())

    def _named(self, task: Named) -> Done:
        from khabar.queries import paging
        from khabar.queries.binding import bind
        from khabar.queries.catalogue import find

        query = find(task.name)
        limit = task.limit
        if limit is None and task.form == _ROWS and paging.is_pageable(query):
            limit = self._limits.page
        text = bind(query, task.params, prefixes=self._prefixes() if task.params else None)
        if task.form != _ROWS and limit is None and not task.offset:
            return self._ask(Ask(text=text, rows=task.form, graph=""))
        return self._page(query, text, task, limit)

    def _page(self, query: Query, text: str, task: Named, limit: int | None) -> Done:
        from khabar.queries import paging, results

        if limit is None and not task.offset:
            rows = self._rows(text)
        else:
            paging.check(query, limit, task.offset)
            # One row more than the page has tells whether there is another page.
            rows = paging.page(query, text, self._rows, limit=None if limit is None else limit + 1, offset=task.offset)
        more = limit is not None and len(rows) > limit
        shown = results.Rows(columns=rows.columns, rows=rows.rows[:limit], truth=rows.truth)
        document = rows_document(shown) if task.form == _ROWS else results.text(shown, task.form).encode()
        done = self._written(task.form, lambda answer: answer.write(document))
        return Done(form=done.form, body=done.body, path=done.path, size=done.size, rows=len(shown), more=more)

    def _rows(self, text: str) -> Rows:
        guard.check(text, services=self._services)
        bound = self._federated(text)
        rows: Rows = self._within(lambda: self._store.evaluate(bound))
        return rows

    def _graph(self, task: Graph) -> Done:
        import pyoxigraph

        store = self._store.inner
        if not task.name:
            # A triple may stand in several graphs; in the union of them it stands once.
            union = Ask(text=_union(), graph=task.form)
            return self._evaluate(union.text, union, store, _dataset(union, names_graphs=False))
        try:
            node = pyoxigraph.NamedNode(task.name)
        except ValueError as error:
            raise QueryRefused(where="graph", expected="an IRI", found=_sentence(error)) from None
        if not store.contains_named_graph(node):
            raise NotFound(where=task.name, expected="the name of a graph", found="none of this name")
        triples = (quad.triple for quad in store.quads_for_pattern(None, None, None, node))
        return self._written(task.form, lambda answer: self._serialize(triples, task.form, answer))

    def _describe(self, task: Describe) -> Done:
        from khabar.explorer.linked_data import describe, document

        triples = describe(self._store.inner, task.iri)
        if not triples:
            raise _nothing(task.iri)
        written = document(triples, _rdf_format(task.form), self._base())
        return self._written(task.form, lambda answer: answer.write(written))

    def _portray(self, task: Portray) -> Done:
        import msgspec

        from khabar.explorer.portrait import portrait

        found = portrait(self._store.inner, task.iri, task.language, texts=self._texts)
        if found is None:
            raise _nothing(task.iri)
        document = msgspec.msgpack.encode(found)
        return self._written("portrait", lambda answer: answer.write(document))

    def _index(self, task: Index, tell: Tell) -> Done:
        from khabar.explorer.index import open_index
        from khabar.explorer.indexing import build_index

        path = Path(task.path)
        try:
            index = open_index(path)
        except (FileFailed, StoreFailed):
            build_index(self._store.inner, path, progress=tell)
            index = open_index(path)
        self._about.write(self._store.inner, index, task.address)
        return Done()

    def _prefixes(self) -> dict[str, str]:
        from khabar.explorer.linked_data import prefixes

        return dict(prefixes(self._base()))

    def _base(self) -> str:
        if self._corpus is None:
            from khabar.stores.opening import base

            self._corpus = base(self._store)
        return self._corpus


def rows_document(rows: Rows) -> bytes:
    """Rows as plain JSON: ``columns``, and ``rows`` of maps from column to the term as SPARQL 1.1 JSON results have it.

    The members of a term are ``type`` (uri, literal, bnode), ``value``, ``lang`` and ``datatype``. The answer to ASK is
    ``{"boolean": ...}``.
    """
    import msgspec

    from khabar.queries.results import binding

    if rows.truth is not None:
        return msgspec.json.encode({"boolean": rows.truth})
    found = []
    for row in rows:
        cells = {name: binding(term) for name, term in zip(rows.columns, row, strict=True) if term is not None}
        for cell in cells.values():
            if (language := cell.pop("xml:lang", None)) is not None:
                cell["lang"] = language
        found.append(cells)
    return msgspec.json.encode({"columns": rows.columns, "rows": found})


def _dataset(task: Ask, *, names_graphs: bool) -> dict[str, Any]:
    import pyoxigraph

    if task.default or task.named:
        try:
            default, named = ([pyoxigraph.NamedNode(iri) for iri in those] for those in (task.default, task.named))
        except ValueError as error:
            raise QueryRefused(where="dataset", expected="the IRIs of graphs", found=_sentence(error)) from None
        return {"default_graph": default, "named_graphs": named}
    # The union of all graphs would take the place of the graphs that the query names itself.
    return {} if names_graphs else {"use_default_graph_as_union": True}


def _rdf_format(form: str) -> pyoxigraph.RdfFormat:
    import pyoxigraph

    found = pyoxigraph.RdfFormat.from_extension(form)
    if found is None:
        raise NotAcceptable(where="format", expected="a form of RDF", found=repr(form))
    return found


def _union() -> str:
    from khabar import resources

    return (resources.queries() / "lookups" / "union.rq").read_text(encoding="utf-8")


def _acceptable(form: str, expected: str) -> str:
    if not form:
        raise NotAcceptable(where="Accept", expected=f"a form of {expected}", found="none of them")
    return form


def _nothing(iri: str) -> NotFound:
    return NotFound(where=iri, expected="something that the dataset tells of", found="nothing")


def _sentence(error: object) -> str:
    return " ".join(str(error).split())
