"""The page on triple stores, made from their profiles."""

from __future__ import annotations

from collections.abc import Iterator

from khabar.stores.profiles import PROFILES, Profile, addresses

_HEAD = """# Stores

Made from the profiles of `khabar.stores.kinds` by `make docs`. Every section names its sources; what could not be found
out is said.

    khabar load CORPUS --to ADDRESS --profile NAME
    khabar query NAME --on ADDRESS --profile NAME

The address is the one below, or any of the store's own that begin with it: khabar finds the others. Without a profile
`load` asks the store what it is, and `query` takes the address for that of the SPARQL endpoint itself. Credentials come
from `KHABAR_USER` and `KHABAR_PASSWORD`, or from `KHABAR_TOKEN` (bearer), or from netrc by the name of the host; never
from the command line or the address. They go to that host alone; a SERVICE has those of netrc for its own host.

"""
_COLUMNS = ("store", "queries, updates, graphs", "authentication", "default graph", "limits", "quirks")


def page() -> str:
    """The Markdown of ``docs/stores.md``: a table, then a section for every profile.

    >>> "## Apache Jena Fuseki" in page()
    True
    """
    lines = [" | ".join(cells) for cells in (_COLUMNS, ["---"] * len(_COLUMNS), *map(_cells, PROFILES.values()))]
    table = "".join(f"| {line} |\n" for line in lines)
    return "\n".join([_HEAD + table, *map(_section, PROFILES.values())])


def _cells(profile: Profile) -> tuple[str, ...]:
    anchor = "".join(sign for sign in profile.title.lower() if sign.isalnum() or sign in " -").replace(" ", "-")
    there = addresses(profile, profile.example)
    return (
        f"[{profile.title}](#{anchor})",
        "<br>".join(_path(profile, address) for address in (there.query, there.update, there.graphs)),
        ", ".join(profile.authentication),
        _union(profile),
        "<br>".join(_limits(profile)),
        "<br>".join(profile.quirks),
    )


def _limits(profile: Profile) -> Iterator[str]:
    yield f"a request: {profile.request_limit:,} bytes" if profile.request_limit else "a request: not known"
    yield f"an INSERT DATA: {profile.update_limit:,} triples"
    if profile.row_limit:
        yield f"an answer: {profile.row_limit:,} rows"


def _path(profile: Profile, address: str) -> str:
    if not address:
        return "none"
    end = address.removeprefix(profile.example)
    return f"`{end}`" if end else "the address"


def _union(profile: Profile) -> str:
    if not profile.query_parameters:
        return profile.union.partition(",")[0].partition(";")[0].rstrip(".").lower()
    pairs = "&".join(f"{name}={value}".rstrip("=") for name, value in profile.query_parameters)
    return f"the union, asked for by `{pairs}`"


def _section(profile: Profile) -> str:
    there = addresses(profile, profile.example)
    graphs = f"`{there.graphs}`, `{profile.graph_parameter}=`" if there.graphs else "none: SPARQL Update"
    facts = (
        ("Queries", f"`{there.query}`"),
        ("Updates", f"`{there.update}`"),
        ("Graphs", graphs),
        ("Authentication", ", ".join(profile.authentication)),
        ("Default graph", profile.union),
        ("One request holds", f"{profile.request_limit:,} bytes" if profile.request_limit else "not known"),
        ("One INSERT DATA holds", f"{profile.update_limit:,} triples, as khabar sends it"),
        ("Rows of an answer", f"{profile.row_limit:,}" if profile.row_limit else "all"),
        ("Readers see a graph replaced", "as a whole" if profile.atomic else "not promised"),
        ("Known to rewrite", ", ".join(f"`{rewrite.__name__}`" for rewrite in profile.rewrites) or "nothing"),
    )
    return "\n\n".join(
        (
            f"## {profile.title}",
            f"    khabar load CORPUS --to {profile.example} --profile {profile.name}",
            "| | |\n|---|---|\n" + "\n".join(f"| {name} | {value} |" for name, value in facts),
            "\n".join(f"- {quirk}" for quirk in profile.quirks),
            "Sources: " + ", ".join(_linked(source) for source in profile.source) + ".\n",
        )
    )


def _linked(source: str) -> str:
    if not source.startswith("https://"):
        return source
    parts = source.removeprefix("https://").rstrip("/").split("/")
    shown = f"{parts[2]}#{parts[4]}" if parts[3:4] == ["issues"] else f"{parts[0]} {parts[-1]}"
    return f"[{shown}]({source})"
