"""The words for what bundled queries name in short: their columns, their parameters, and what they answer with."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from khabar import vocabulary
from khabar.serve.locales import messages

if TYPE_CHECKING:
    from khabar.queries.catalogue import Query

_LABEL: Final = "Label"
_SCHEMES: Final = ("stances", "certainties", "standings")


def variable(language: str, name: str) -> str:
    """What a column or a parameter of a bundled query is called, the label of a thing as the thing itself, or nothing.

    >>> variable("en", "deniedBy"), variable("ar", "claimLabel"), variable("en", "ours")
    ('denied by', 'المقولة', '')
    """
    found = messages(language)
    return str(found.get(f"variable.{name}") or found.get(f"variable.{name.removesuffix(_LABEL)}") or "")


def wording(language: str, query: Query) -> Mapping[str, Mapping[str, str]]:
    """The words for an answer to ``query``, for the script that shows it.

    ``columns`` are by name, ``terms`` of the ontology by the part of their IRI after ``#``, and ``values`` are the
    words that queries write into their answers.
    """
    return {
        "columns": {name: words for name in query.columns if (words := variable(language, name))},
        "terms": _terms(language),
        "values": _values(language),
    }


@functools.cache
def _terms(language: str) -> Mapping[str, str]:
    words = (vocabulary.term(word) for scheme in _SCHEMES for word in vocabulary.concepts(scheme))
    found = (*words, *vocabulary.classes(), *vocabulary.properties())
    own = (iri for iri in found if iri.startswith(vocabulary.NAMESPACE))
    return {vocabulary.name_of(iri): vocabulary.label(iri, language) for iri in own}


@functools.cache
def _values(language: str) -> Mapping[str, str]:
    said = messages(language).items()
    return {key.removeprefix("value."): str(words) for key, words in said if key.startswith("value.")}
