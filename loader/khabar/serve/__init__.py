"""The server of `khabar serve`: a SPARQL endpoint, and the pages that show what a dataset holds."""
