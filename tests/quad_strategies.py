"""Generated quads, within what khabar's own graphs can hold: http IRIs, no blank nodes, lower-case language tags."""

from __future__ import annotations

from hypothesis import strategies as st

from khabar.terms import RDF, XSD, Literal, Object, Quad

BASE = "https://example.org/eastport/"
_LANG_STRING = RDF + "langString"

local_names = st.from_regex(r"[a-z0-9_](?:[a-z0-9._~-]|%D9){0,8}", fullmatch=True)
iris = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ["https://example.org/", BASE + "events/", "https://w3id.org/khabar/ns#", "http://purl.org/dc/terms/"]
    ),
    st.sampled_from(["", "", "deep/er/", "مكان-"]),
    local_names,
)
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffe\uffff"),
    max_size=20,
)
# XML 1.0 has no character for most controls, and records hold none.
printable_texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t", exclude_characters="\ufffe\uffff"),
    max_size=20,
)


def objects(text: st.SearchStrategy[str]) -> st.SearchStrategy[Object]:
    """IRIs and every kind of literal that the mapping can give."""
    return st.one_of(
        iris,
        st.builds(Literal, text, st.just(XSD + "string"), st.just("")),
        st.builds(Literal, text, st.just(_LANG_STRING), st.sampled_from(["en", "ar", "ar-ly", "zh-hant"])),
        st.builds(Literal, st.integers(-99, 10**7).map(str), st.just(XSD + "integer"), st.just("")),
        st.builds(Literal, st.dates().map(str), st.just(XSD + "date"), st.just("")),
        st.builds(Literal, text, st.just("http://id.loc.gov/datatypes/edtf/EDTF"), st.just("")),
    )


def quads(text: st.SearchStrategy[str] = texts, *, minimum: int = 0) -> st.SearchStrategy[list[Quad]]:
    """Lists of quads in a few graphs, on a few subjects, so that they meet."""
    some = st.sampled_from([BASE + "events/a.b", BASE + "events/a.c", BASE + "agents/d", "https://example.org/x#y"])
    graph = st.sampled_from([BASE + "graphs/a", BASE + "graphs/entities"])
    return st.lists(st.builds(Quad, some | iris, iris, objects(text), graph), min_size=minimum, max_size=12)
