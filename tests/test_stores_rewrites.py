"""What Virtuoso makes of literals, as it was seen; tests/test_servers.py holds it against the real one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.stores import rewrites
from virtuoso_literals import KEPT, LOST, SEEN, line


def rewritten(line: bytes) -> bytes:
    for rewrite in rewrites.VIRTUOSO:
        line = rewrite(line)
    return line


@pytest.mark.parametrize(("datatype", "sent", "found"), SEEN)
def test_a_literal_comes_back_as_it_was_seen(datatype: str, sent: str, found: str) -> None:
    after = rewrites.GEOMETRY if datatype == rewrites.WKT else datatype
    assert rewritten(line(datatype, sent)) == line(after, found)


@pytest.mark.parametrize(("datatype", "lexical"), [*KEPT, *LOST, (rewrites.WKT, "POINT(1e300 1)")])
def test_what_is_not_named_is_kept(datatype: str, lexical: str) -> None:
    assert rewritten(line(datatype, lexical)) == line(datatype, lexical)


def test_a_large_whole_number_becomes_a_decimal_one() -> None:
    assert rewritten(line("integer", "2147483647")) == line("integer", "2147483647")
    assert rewritten(line("integer", "2147483648")) == line("decimal", "2147483648")


@pytest.mark.parametrize(
    "kept",
    [
        b'<urn:a> <urn:b> "007" .\n',
        b'<urn:a> <urn:b> "P7D"@en .\n',
        b'<urn:a> <urn:b> "\\"007\\"^^<http://www.w3.org/2001/XMLSchema#integer> ." .\n',
        b'<urn:a> <urn:b> "a\\\\" .\n',
        b"<urn:a> <urn:b> <urn:c> .\n",
    ],
)
def test_texts_and_names_are_kept(kept: bytes) -> None:
    assert rewritten(kept) == kept


lexical = st.one_of(
    st.text(alphabet="0123456789+-.eEPYMDTHSZ:() POINTAF", max_size=30),
    st.floats().map(str),
    st.integers().map(str),
    st.decimals().map(str),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.tuples(st.floats(width=32), st.floats()).map(lambda pair: f"POINT({pair[0]} {pair[1]})"),
)
datatypes = st.sampled_from(
    sorted({datatype for datatype, *_ in (*SEEN, *KEPT)} | {"float", "gYear", "dayTimeDuration"})
)


@given(datatypes, lexical)
def test_a_rewriting_made_twice_changes_nothing_more(datatype: str, lexical: str) -> None:
    once = rewritten(line(datatype, lexical))
    assert rewritten(once) == once
    for rewrite in rewrites.VIRTUOSO:
        changed = rewrite(line(datatype, lexical))
        assert rewrite(changed) == changed


@given(datatypes, lexical)
def test_the_order_of_the_rewritings_does_not_matter(datatype: str, lexical: str) -> None:
    backwards = line(datatype, lexical)
    for rewrite in reversed(rewrites.VIRTUOSO):
        backwards = rewrite(backwards)
    assert backwards == rewritten(line(datatype, lexical))
