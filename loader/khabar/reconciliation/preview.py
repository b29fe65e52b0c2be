"""A small page on one entity, to show inside another page: no script, nothing from elsewhere, all text escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from khabar import vocabulary
from khabar.matching import is_arabic
from khabar.model import each
from khabar.reconciliation.entities import Entities, Known
from khabar.terms import WIKIDATA

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""The Content-Security-Policy of the page: its own style, and nothing else."""

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:.8em;color:#1b1b1b;background:#fff}"
    "h1{font-size:1.1em;margin:0}"
    "p{margin:.3em 0}small{color:#555}a{color:#0b57a4}"
)


def page(entities: Entities, known: Known, language: str) -> str:
    """The page of one entity, in HTML; names and texts carry their language and direction."""
    entity = known.entity
    kind = vocabulary.label(vocabulary.term(entity.type), language)
    lines = [f"<h1>{_in_order(entity.name, language)}</h1>", f"<p><small>{_text(kind, language)}</small></p>"]
    aliases = [_text(alias, tag) for tag, values in entity.alias.items() for alias in each(values)]
    if aliases:
        lines.append(f"<p>{' · '.join(aliases)}</p>")
    lines += [f"<p>{_in_order(texts, language)}</p>" for texts in (entity.position, entity.note) if texts]
    related = [
        _text(other.name(language), language)
        for field in ("member_of", "within")
        for other in entities.related(known, field)
    ]
    if related:
        lines.append(f"<p>{' · '.join(related)}</p>")
    links = [_link(match) for match in (*each(entity.exact_match), *each(entity.close_match))]
    if links:
        lines.append(f"<p>{' · '.join(links)}</p>")
    count = len(known.articles)
    spoken = f"عدد المقالات: {count}" if language == "ar" else f"{count} article{'s' * (count != 1)}"
    lines.append(f"<p><small>{_text(spoken, language)} · {escape(entities.base + known.id)}</small></p>")
    return _document(escape(known.name(language)), language, "\n".join(lines))


def unknown(language: str) -> str:
    """The page of an id that no entity has."""
    words = "لا كيان بهذا المعرّف" if language == "ar" else "No entity has this id."
    return _document(words, language, f"<p>{words}</p>")


def flyout(known: Known, language: str) -> str:
    """A line on one entity, as a piece of HTML (section 6, flyout services)."""
    return f"<p>{_text(known.name(language), language)}<br><small>{escape(known.description(language))}</small></p>"


def _in_order(texts: Mapping[str, str], language: str) -> str:
    """Texts in several languages, the one of the page first."""
    tags = sorted(texts, key=lambda tag: tag != language)
    return " · ".join(_text(texts[tag], tag) for tag in tags)


def _text(text: str, language: str) -> str:
    direction = "rtl" if is_arabic(text) else "ltr"
    return f'<bdi lang="{escape(language)}" dir="{direction}">{escape(text)}</bdi>'


def _link(match: str) -> str:
    iri = WIKIDATA + match if match.startswith("Q") else match
    return f'<a href="{escape(iri)}" rel="noopener noreferrer" target="_blank">{escape(match)}</a>'


def _document(title: str, language: str, body: str) -> str:
    direction = "rtl" if language == "ar" else "ltr"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
