"""rdflib as a server on loopback: SPARQL queries and updates over a dataset in memory, nothing else.

Started by servers.py with the port as its argument, in a process of its own.
"""

from __future__ import annotations

import sys

import rdflib
import uvicorn
from rdflib_endpoint import SparqlEndpoint


def serve(port: int) -> None:
    """Serve an empty dataset, whose default graph is the union of its graphs, until killed."""
    endpoint = SparqlEndpoint(graph=rdflib.Dataset(default_union=True), path="/sparql", enable_update=True)
    uvicorn.run(endpoint, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    serve(int(sys.argv[1]))
