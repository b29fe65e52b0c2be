"""Where a query is evaluated: a graph in memory, an Oxigraph folder, a remote SPARQL endpoint."""
