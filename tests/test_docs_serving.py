"""The page on serving: what it shows is what a server does, and its Python runs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

import khabar
from documents import ROOT, blocks
from serving import Served, served

PAGE = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
CORPUS = ROOT / "corpus"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(CORPUS) as running:
        yield running


def bodies(info: str) -> list[str]:
    return [block.body for block in blocks(PAGE) if block.info == info]


def test_the_shown_request_gets_rows(server: Served) -> None:
    [shown] = bodies("console")
    command = shown.removeprefix("$ ").strip().replace("http://127.0.0.1:8000", server.address)
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    header, row, *_ = ran.stdout.splitlines()
    assert header.startswith("denial,source,")
    assert "Asharq Al-Awsat" in row


def test_the_python_of_the_page_counts_statements(server: Served) -> None:
    code = next(body for body in bodies("python") if "SPARQLWrapper" in body)
    ran = subprocess.run(
        [sys.executable, "-c", code.replace("http://127.0.0.1:8000", server.address)],
        capture_output=True,
        text=True,
        check=True,
    )
    graph = khabar.query(CORPUS, "SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/khabar/ns#Statement> }")
    assert ran.stdout.strip() == graph.texts()[0]["n"] != "0"


def test_every_address_of_the_table_is_there(server: Served) -> None:
    for path in ("/sparql", "/store?default", "/api/denials", "/openapi.json", "/reconcile/", "/.well-known/void"):
        server.wait_for_index()
        assert server.get(path, headers={"Accept": "*/*"}).status == 200, path
    for path in ("/void.ttl", "/.well-known/sparql-examples", "/ns", "/health"):
        assert server.get(path).status == 200, path


def test_the_application_of_the_page_answers_alone_and_mounted() -> None:
    code = next(body for body in bodies("python") if "khabar.application" in body)
    for root in ("", "/news"):
        names: dict[str, Starlette] = {}
        exec(code.replace('"corpus"', repr(str(CORPUS))), names)  # noqa: S102 - the page's own words
        inner = names["app"]
        app = inner if not root else Starlette(routes=[Mount(root, inner)], lifespan=inner.router.lifespan_context)
        with TestClient(app) as client:
            asked = client.get(f"{root}/api/denials", params={"limit": "1"})
            assert asked.status_code == 200
            assert len(asked.json()["rows"]) == 1
            assert asked.json()["next"].startswith(f"{root}/api/denials?")
            event = f"{root}/events/rt-arabic-2023-11-07.defence-deal"
            while client.get(f"{root}/health").json()["index"]["ready"] is False:
                pass
            found = client.get(event, headers={"Accept": "text/turtle"}, follow_redirects=False)
            assert (found.status_code, found.headers["location"]) == (303, f"{event}.ttl")
            assert client.get(found.headers["location"]).status_code == 200
            page = client.get(f"{event}.html", params={"lang": "ar"})
            assert page.status_code == 200
            assert f'href="{root}/timeline?lang=ar"' in page.text
            assert f'href="{event}.html?lang=en"' in page.text
            assert (
                client.get(f"{root}/reconcile").json()["view"]["url"].startswith(f"http://testserver{root}/reconcile/")
            )


@pytest.mark.parametrize("option", ["--seconds", "--memory", "--rows", "--workers", "--cache", "--host-name", "--text"])
def test_the_options_of_the_page_are_options(option: str) -> None:
    from khabar.cli.serving import serve

    assert option in PAGE
    assert option in {name for parameter in serve.params for name in parameter.opts}
