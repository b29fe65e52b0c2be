"""Documents of N-Triples in any spelling and order as canonical named graphs, blank nodes by RDFC-1.0."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from khabar.errors import StoreFailed
from khabar.graphs import NamedGraph

if TYPE_CHECKING:
    import pyoxigraph

SECONDS: Final = 10.0
"""What the labels of one graph's blank nodes may take."""

_FEW: Final = 5
_BLANK: Final = b"_:"


def canonical(iri: str, document: bytes, *, seconds: float = SECONDS) -> NamedGraph:
    r"""The named graph of ``document``, which is N-Triples in any spelling and order.

    Blank nodes get the labels that RDF Dataset Canonicalization (RDFC-1.0) gives them. Raises StoreFailed for what is
    not N-Triples, and for a graph whose blank nodes are too alike to be told apart within ``seconds``.

    >>> canonical("urn:g", b'<urn:a>  <urn:b> "\\u0078"@EN .\n_:q <urn:b> <urn:c> .').document.decode().split("\n")
    ['<urn:a> <urn:b> "x"@en .', '_:c14n0 <urn:b> <urn:c> .', '']
    """
    import pyoxigraph

    try:
        written = _written(pyoxigraph.parse(document, format=pyoxigraph.RdfFormat.N_TRIPLES))
    except SyntaxError as error:
        raise StoreFailed(where=f"graph {iri}", expected="N-Triples", found=" ".join(str(error.msg).split())) from None
    return labelled(iri, written, seconds=seconds)


def labelled(iri: str, document: bytes, *, seconds: float = SECONDS) -> NamedGraph:
    """The named graph of ``document``, whose lines are canonical but for the labels of blank nodes; see `canonical`."""
    if _BLANK in document:
        document = _labelled(iri, document, seconds)
    # Canonical literals hold no line ends.
    return NamedGraph.of(iri, document.splitlines(keepends=True))


def _labelled(iri: str, document: bytes, seconds: float) -> bytes:
    import pyoxigraph

    triples = list(pyoxigraph.parse(document, format=pyoxigraph.RdfFormat.N_TRIPLES))
    if _is_simple(triples):
        return _by_rdfc(triples)
    # The algorithm is exponential in the worst case, and nothing stops it from within.
    command = [sys.executable, "-m", "khabar.canonical", str(int(seconds) + 1)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    found = "too many that are alike"
    try:
        ran = subprocess.run(  # noqa: S603 - own code
            command, input=document, capture_output=True, timeout=seconds, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        pass
    except OSError as error:
        found = f"no process for it: {error.strerror}"
    else:
        if ran.returncode == 0:
            return ran.stdout
        if ran.returncode > 0:
            found = ran.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2] or "a process that failed"
    raise StoreFailed(
        where=f"graph {iri}",
        expected=f"blank nodes that can be told apart within {seconds:g} s",
        found=found,
        remedy="give them IRIs",
    )


def _by_rdfc(triples: Iterable[pyoxigraph.Quad]) -> bytes:
    import pyoxigraph

    dataset = pyoxigraph.Dataset(triples)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return _written(dataset)


def _written(triples: Iterable[pyoxigraph.Quad]) -> bytes:
    import pyoxigraph

    return pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES) or b""


def _is_simple(triples: Iterable[pyoxigraph.Quad]) -> bool:
    """Whether there are few blank nodes, or the triples around each tell it from all others (RDFC-1.0, section 4.6)."""
    from pyoxigraph import BlankNode, Triple

    around: dict[BlankNode, list[tuple[str, str, str]]] = defaultdict(list)
    for triple in triples:
        subject, predicate, value = triple.subject, str(triple.predicate), triple.object
        if isinstance(value, Triple) or isinstance(subject, Triple):
            return False
        for node in {subject, value}:
            if isinstance(node, BlankNode):
                around[node].append((_seen(subject, node), predicate, _seen(value, node)))
    return len(around) <= _FEW or len({tuple(sorted(each)) for each in around.values()}) == len(around)


def _seen(term: object, node: pyoxigraph.BlankNode) -> str:
    import pyoxigraph

    if isinstance(term, pyoxigraph.BlankNode):
        return "_:a" if term == node else "_:z"
    return str(term)


def _main() -> None:
    """Label the blank nodes of standard input, in a process that ends by itself when its time is up."""
    import pyoxigraph

    try:
        import resource
    except ImportError:  # not on Windows, where the parent's patience is the only limit
        pass
    else:
        limit = int(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    triples = pyoxigraph.parse(sys.stdin.buffer.read(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    sys.stdout.buffer.write(_by_rdfc(triples))


if __name__ == "__main__":
    _main()
