"""What Oxigraph makes of literals: it holds numbers and dates by their values, and gives them back in one spelling."""

from __future__ import annotations

import functools
import re
from typing import Final

_SUBJECT: Final = b"<urn:s> <urn:p> "
# Literals that Oxigraph reads: those of numbers, truth values, dates and durations.
_VALUE: Final = re.compile(rb'"\^\^<http://www\.w3\.org/2001/XMLSchema#[A-Za-z]+> \.\r?\n?$')


def numbers_and_dates(line: bytes) -> bytes:
    r"""What Oxigraph gives back for one line of N-Triples that was put into it.

    >>> numbers_and_dates(b'<urn:a> <urn:b> "007"^^<http://www.w3.org/2001/XMLSchema#integer> .\n').split()[2][:3]
    b'"7"'
    """
    if not _VALUE.search(line):
        return line
    subject, predicate, value = line.split(b" ", 2)
    return b"%s %s %s" % (subject, predicate, _value(value))


@functools.lru_cache(maxsize=65_536)
def _value(value: bytes) -> bytes:
    import pyoxigraph

    store = pyoxigraph.Store()
    store.load(_SUBJECT + value, pyoxigraph.RdfFormat.N_TRIPLES)
    document = store.dump(format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=pyoxigraph.DefaultGraph()) or b""
    return document.removeprefix(_SUBJECT)
