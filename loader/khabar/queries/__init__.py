"""The bundled queries, their parameters, what may be evaluated, and the rows that come back."""
