"""The lines that a dry run prints do what a load does, and show nothing secret."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from endpoints import oxigraph
from fakes import GUARDED
from khabar.canonical import canonical
from khabar.graphs import NamedGraph
from khabar.stores.credentials import Credentials
from khabar.stores.curl import command
from khabar.stores.profiles import find
from khabar.stores.remote_graphs import RemoteGraphs
from khabar.stores.wire import Request

GRAPHS = [
    NamedGraph.of("urn:one", [f'<urn:s{n}> <urn:p> "it\'s $HOME `{n}` \\\\ \\"" .\n'.encode() for n in range(5)]),
    NamedGraph.of("https://example.org/graphs/é'?a=b&c", ['<urn:s> <urn:p> "خبر"@ar .\n'.encode()]),
]


def ran(lines: list[str], folder: Path, **environment: str) -> None:
    program = shutil.which("curl")
    assert program is not None, "the lines are for curl"
    script = "\n".join(["set -e", *lines, ""])
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def printed(store: RemoteGraphs, folder: Path, graphs: list[NamedGraph], **options: object) -> list[str]:
    lines: list[str] = []
    for graph in graphs:
        for request in store.requests(graph):
            file = folder / f"body {len(lines)}"
            file.write_bytes(request.body or b"")
            lines.append(command(request, file=file.name if request.body else "", **options))  # type: ignore[arg-type]
    return lines


@pytest.mark.parametrize("way", ["graphs", "update", "staged"])
@pytest.mark.parametrize("inline", [True, False])
def test_the_lines_put_the_same_graphs(way: str, inline: bool, tmp_path: Path) -> None:  # noqa: FBT001 - pytest names them
    profile = find("oxigraph")
    if way != "graphs":
        profile = msgspec.structs.replace(profile, graphs="", update_limit=2 if way == "staged" else 100)
    with oxigraph("") as query, RemoteGraphs(query.removesuffix("/query"), profile) as store:
        if inline:
            lines = [command(request) for graph in GRAPHS for request in store.requests(graph)]
        else:
            lines = printed(store, tmp_path, GRAPHS)
        ran(lines, tmp_path)
        for graph in GRAPHS:
            assert canonical(graph.iri, store.read(graph.iri)) == graph
        ran([command(request) for request in store.removals([graph.iri for graph in GRAPHS])], tmp_path)
        for graph in GRAPHS:
            assert store.read(graph.iri) == b""


BY_NAME = ("fuseki-basic", "rdf4j-digest", "generic-digest")
BY_TOKEN = ("fuseki-bearer", "generic-bearer")


@pytest.mark.parametrize(
    ("name", "from_netrc"), [*((name, False) for name in BY_NAME + BY_TOKEN), *((name, True) for name in BY_NAME)]
)
def test_the_lines_take_credentials_from_the_environment_or_netrc(name: str, from_netrc: bool, tmp_path: Path) -> None:  # noqa: FBT001 - the same
    with GUARDED[name].running() as fake:
        profile, credentials = find(fake.profile), fake.credentials
        assert credentials is not None
        (tmp_path / ".netrc").write_text(
            f'machine 127.0.0.1 login {credentials.user} password "{credentials.password}"\n', "utf-8"
        )
        with RemoteGraphs(fake.address, profile, credentials=credentials) as store:
            options = {"credentials": credentials, "schemes": profile.authentication, "from_netrc": from_netrc}
            lines = printed(store, tmp_path, GRAPHS, **options)
            assert not [line for line in lines for secret in _secrets(credentials) if secret in line]
            ran(lines, tmp_path, **({} if from_netrc else _environment(credentials)))
            for graph in GRAPHS:
                assert canonical(graph.iri, store.read(graph.iri)) == graph


def _secrets(credentials: Credentials) -> list[str]:
    return [secret for secret in (credentials.user, credentials.password, credentials.token) if secret]


def _environment(credentials: Credentials) -> Mapping[str, str]:
    if credentials.token:
        return {"KHABAR_TOKEN": credentials.token}
    return {"KHABAR_USER": credentials.user, "KHABAR_PASSWORD": credentials.password}


@pytest.mark.parametrize(
    ("request_", "options", "line"),
    [
        (Request(method="GET", address="http://h/a", where=""), {}, "curl -sS --fail-with-body http://h/a"),
        (
            Request(method="DELETE", address="http://h/[a]?b=c d", where=""),
            {},
            "curl -sS --fail-with-body --globoff --request DELETE 'http://h/[a]?b=c d'",
        ),
        (
            Request(method="POST", address="http://h/", headers=(("A", "it's"),), body=b"x'y", where=""),
            {"credentials": Credentials("me", "s3cret"), "schemes": ["digest"]},
            (
                "curl -sS --fail-with-body --header 'A: it'\"'\"'s' --digest --user \"$KHABAR_USER:$KHABAR_PASSWORD\""
                " --request POST --data-binary 'x'\"'\"'y' http://h/"
            ),
        ),
        (
            Request(method="PUT", address="http://h/", body=b"x", where=""),
            {
                "credentials": Credentials("me", "s3cret"),
                "schemes": ["digest", "basic"],
                "from_netrc": True,
                "file": "-",
            },
            "curl -sS --fail-with-body --anyauth --netrc --request PUT --data-binary @- http://h/",
        ),
        (
            Request(method="PUT", address="http://h/", body=b"x", where=""),
            {"credentials": Credentials(token="s3cret")},  # noqa: S106 - of this test
            'curl -sS --fail-with-body --header "Authorization: Bearer $KHABAR_TOKEN" --request PUT --data-binary x http://h/',
        ),
    ],
)
def test_a_line_is_quoted_for_the_shell(request_: Request, options: Mapping[str, object], line: str) -> None:
    assert command(request_, **options) == line  # type: ignore[arg-type]
