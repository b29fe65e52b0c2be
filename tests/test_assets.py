"""What browsers get beside the pages: whole, licensed, and never from or to another host."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

import vendor
from khabar.serve.rendering import STATIC, parties

VENDOR = STATIC / "vendor"
OWN = sorted(path for path in STATIC.iterdir() if path.suffix in {".js", ".css", ".svg"})
NAMESPACES = (
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/1998/Math/MathML",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://www.w3.org/2000/01/rdf-schema#",
    "http://www.w3.org/2001/XMLSchema#",
    "https://w3id.org/khabar/ns#",
)


def test_every_file_of_others_is_the_pinned_one() -> None:
    assert vendor.differences(VENDOR) == []
    assert vendor.main(["--check"]) == 0


def test_a_changed_a_missing_and_an_added_file_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "vendor"
    shutil.copytree(VENDOR, folder)
    (folder / "d3-timer.js").unlink()
    (folder / "world.svg").write_text("<svg/>")
    (folder / "extra.js").write_text("")
    assert vendor.differences(folder) == [
        "d3-timer.js: missing",
        "extra.js: not in the manifest",
        "world.svg: changed",
    ]


def test_the_manifest_has_the_packages_of_the_table() -> None:
    assert [(one["name"], one["version"]) for one in parties()] == [(one.name, one.version) for one in vendor.PACKAGES]
    listed = {name for one in parties() for name in one["files"]}
    assert listed == {path.name for path in VENDOR.iterdir()} - {"manifest.json", "THIRD_PARTY.md"}


def test_every_package_has_its_licence_and_the_text_of_it() -> None:
    text = (VENDOR / "THIRD_PARTY.md").read_text("utf-8")
    parts = {part.partition("\n")[0]: part for part in text.split("\n## ")[1:]}
    for one in parties():
        part = parts[f"{one['name']} {one['version']}"]
        assert f"Licence: {one['licence']}." in part
        if one["name"] != "@zazuko/yasqe":
            assert re.search(r"```text\n.{200,}```", part, re.DOTALL), one["name"]


def test_a_tarball_with_another_sum_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def packed(*_: object, **__: object) -> object:
        (tmp_path / "x.tgz").write_bytes(b"another")
        return subprocess.CompletedProcess((), 0, stdout="x.tgz\n", stderr="")

    monkeypatch.setattr(shutil, "which", lambda _: "npm")
    monkeypatch.setattr(subprocess, "run", packed)
    with pytest.raises(vendor.VendorFailed, match="not the pinned one"):
        vendor._fetched(vendor.PACKAGES[0], tmp_path)


def test_what_is_cut_out_must_be_there_to_be_cut_out() -> None:
    with pytest.raises(vendor.VendorFailed, match="found 0 times"):
        vendor.without_services(b"a newer bundle")


def test_the_editor_knows_no_other_host() -> None:
    bundle = (VENDOR / "yasqe.min.js").read_text("utf-8")
    for service in ("prefix.cc", "lov.linkeddata", "dbpedia", "prefixCcApi?", "sourceMappingURL", "triply.cc"):
        assert service not in bundle
    found = set(re.findall(r"https?://[^\s\"'`)<>\\]+", bundle))
    assert found <= set(NAMESPACES)
    # The one request that is left is the editor's own, to the endpoint that it is given, and pages never use it.
    assert len(re.findall(r"\bfetch\(", bundle)) == 1
    assert not re.search(r"XMLHttpRequest|sendBeacon|new WebSocket|EventSource|importScripts", bundle)


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_no_own_script_or_style_names_another_host(path: Path) -> None:
    found = set(re.findall(r"https?://[^\s\"'`)<>]+", path.read_text("utf-8")))
    assert found <= set(NAMESPACES)


@pytest.mark.parametrize("path", [path for path in OWN if path.suffix == ".js"], ids=lambda path: path.name)
def test_scripts_import_only_what_lies_here_and_make_no_markup(path: Path) -> None:
    text = path.read_text("utf-8")
    for imported in re.findall(r"""^import .*?from ["'](.+?)["'];$""", text, re.MULTILINE):
        assert imported.startswith("./")
        assert (path.parent / imported).is_file()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)
    assert "style" not in re.findall(r"\.(style)\b", text)


def test_modules_of_others_import_only_what_lies_beside_them() -> None:
    for path in VENDOR.glob("d3-*.js"):
        imported = re.findall(r"from '(.+?)'", path.read_text("utf-8"))
        assert all((VENDOR / one).is_file() for one in imported)


def test_styles_load_only_what_is_there() -> None:
    for path in (STATIC / "style.css", VENDOR / "yasqe.min.css"):
        for address in re.findall(r"url\(\"?([^)\"]+)", path.read_text("utf-8")):
            assert (path.parent / address).is_file()


def test_the_outlines_are_degrees_of_land_and_borders() -> None:
    rings = _lines((VENDOR / "world.svg").read_text("utf-8"))
    starts = [ring[0] for ring in rings]
    assert len(starts) > 1000
    # What lies across the line of 180 degrees is there twice, beyond either end of the map.
    assert all(-540 <= x <= 540 and -90 <= y <= 90 for ring in rings for x, y in ring)
    # The island of Bahrain, which coarser outlines leave out, has a shore here.
    assert any(50 < x < 51 and -26.5 < y < -25.5 for x, y in starts)


def test_no_shore_runs_across_the_whole_map() -> None:
    for ring in _lines((VENDOR / "world.svg").read_text("utf-8")):
        for (x, y), (next_x, next_y) in pairwise(ring):
            assert abs(next_x - x) < 180 or abs(y) == abs(next_y) == 90, "only along a pole"


def _lines(svg: str) -> list[list[tuple[float, float]]]:
    scale = float(re.findall(r"scale\(([\d.]+)\)", svg)[0])
    found = []
    for line in re.findall(r"M-?\d[^Mz\"]+", svg):
        x = y = 0
        points = []
        numbers = list(map(int, re.findall(r"-?\d+", line)))
        for across, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + across, y + down
            points.append((x * scale, y * scale))
        found.append(points)
    return found


def test_topojson_is_decoded_as_its_specification_says() -> None:
    square = [[0, 0], [10, 0], [0, 10], [-10, 0], [0, -10]]
    atlas = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [square[:3], [[10, 10], [-10, 0], [0, -10]], [[10, 10], [10, 0], [0, -10], [-10, 0]]],
        "objects": {
            "land": {"geometries": [{"type": "Polygon", "arcs": [[0, 1]]}]},
            "countries": {
                "geometries": [
                    {"type": "Polygon", "arcs": [[0, 1]]},
                    {"type": "MultiPolygon", "arcs": [[[2, -1]]]},
                    {"type": None},
                ]
            },
        },
    }
    drawn = vendor.outlines(json.dumps(atlas).encode()).decode()
    unit = 10 * vendor.UNITS
    assert f'd="M0 0l{unit} 0 0-{unit}-{unit} 0 0 {unit}z"' in drawn
    # The shared arc, once.
    assert drawn.count(f'd="M0 0l{unit} 0 0-{unit}"') == 1
