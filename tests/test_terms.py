from __future__ import annotations

import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from khabar.terms import is_http_iri


@pytest.mark.parametrize(
    "iri",
    [
        "http://www.wikidata.org/entity/Q649",
        "https://example.org",
        "https://example.org:8080/a?b=c&d#e",
        "https://example.org/#",
        "https://مثال.example/ميناء",
        "https://example.org/%D9%85",
    ],
)
def test_an_iri_that_can_be_shown_and_linked_is_accepted(iri: str) -> None:
    assert is_http_iri(iri)


@pytest.mark.parametrize(
    "iri",
    [
        "",
        "example.org",
        "ftp://example.org/",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://example.org/a b",
        'https://example.org/"',
        "https://example.org/<x>",
        "https://example.org/\n",
        "https://example.org/\u202eabc",
        "https://example.org/\u200babc",
        "https://example.org/\u2066abc",
        "https://example.org/\x00",
        "https://example.org/\ud800",
        "https://example.org/\ufffe",
        "https://example.org/\ue000",
        "https://example.org/%zz",
        "https://example.org/100%",
        "https://example.org/a#b#c",
        "https://user@example.org/",
        "https://user:word@example.org/",
        "https://example.org:port/",
        "https://[::1/",
        "https://example.org/a[0]",
        "https://example.org/a\n",
    ],
)
def test_an_iri_that_would_mislead_or_break_is_refused(iri: str) -> None:
    assert not is_http_iri(iri)


@given(
    st.text(st.characters(), max_size=12),
    st.sampled_from(["https://example.org/", "https://", "http://a/?", "http://a#"]),
)
def test_what_is_accepted_is_an_iri_to_oxigraph_and_can_be_written_by_rdflib(text: str, head: str) -> None:
    iri = head + text
    if is_http_iri(iri):
        assert pyoxigraph.NamedNode(iri).value == iri
        assert rdflib.URIRef(iri).n3() == f"<{iri}>"
