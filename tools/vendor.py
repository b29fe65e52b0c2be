"""Fetch what browsers get from others: pinned tarballs, checked, cut down to the files needed, with their licences.

``python tools/vendor.py`` writes `loader/khabar/serve/static/vendor/` anew; ``--check`` compares what lies there with
the sums in its `manifest.json`, without a network.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

FOLDER: Final = Path(__file__).parents[1] / "loader" / "khabar" / "serve" / "static" / "vendor"
MANIFEST: Final = "manifest.json"
LICENCES: Final = "THIRD_PARTY.md"

Change: TypeAlias = Callable[[bytes], bytes]

_FAILED: Final = "Failed fetching suggestions"


class Package(NamedTuple):
    """A package: the sum of its tarball (sha512, base64), where its licence lies, and the files taken from it.

    ``files`` maps a name in `static/vendor/` to a path in the tarball and what is done to it. A package without files
    is a part of another's file, ``within``, and is fetched for the text of its licence.
    """

    name: str
    version: str
    integrity: str
    licence: str
    texts: tuple[str, ...]
    files: Mapping[str, tuple[str, Change]] = MappingProxyType({})
    within: str = ""


class VendorFailed(Exception):
    """A tarball or a file is not what is pinned."""


def as_it_is(content: bytes) -> bytes:
    """The file unchanged."""
    return content


def _replaced(content: bytes, pattern: str, new: str) -> bytes:
    changed, number = re.subn(pattern, lambda _: new, content.decode(), flags=re.DOTALL)
    if number != 1:
        raise VendorFailed(f"{pattern} is found {number} times, once expected")
    return changed.encode()


def without_services(content: bytes) -> bytes:
    """Yasqe with no way to ask another host.

    Its autocompleter of Linked Open Vocabularies finds nothing, that of prefixes knows no service and no list (the
    list of the bundle is an old copy of prefix.cc, unsolicited entries and all), and the endpoint is this server's.
    """
    cuts = (
        (
            rf"return fetch\(o\)\.then\(e=>{{if\(!e\.ok\)throw Error\(`{_FAILED}.*?`{_FAILED}`\)}}\)",
            "return Promise.resolve([])",
        ),
        (r"let o=`\$\{r\}lov\.linkeddata\.es[^`]*`;", ""),
        (
            r"e\.config\.prefixCcApi\?fetch\(e\.config\.prefixCcApi\).*?:Promise\.resolve\(prefixes_default\)",
            "Promise.resolve({})",
        ),
        (r",madsrdf=`http://www\.loc\.gov/mads/rdf/v1#`,.*?,prefixes_default=\{[^}]*\}", ""),
        (r"endpoint:`https://dbpedia\.org/sparql`", "endpoint:`/sparql`"),
        (r"\n//# sourceMappingURL=\S+", ""),
    )
    for pattern, new in cuts:
        content = _replaced(content, pattern, new)
    return content


def beside(content: bytes) -> bytes:
    """A module whose imports of other packages are of the files beside it: browsers know no package names."""
    return re.sub(rb"from '(d3-[a-z]+)';", rb"from './\1.js';", content)


Shape: TypeAlias = dict[str, Any]
UNITS: Final = 50
"""Steps in a degree: a point is within 2 km of where Natural Earth has it, in half the size."""


def outlines(content: bytes) -> bytes:
    """An SVG of the land and the borders in degrees, x to the east and y to the south, from TopoJSON.

    Arcs are decoded as in the TopoJSON specification, section 2.1.1 (quantized, delta-encoded). A border is an arc
    that two countries share, so that each is drawn once.
    """
    atlas = json.loads(content)
    scale, translate = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs = [_decoded(arc, scale, translate) for arc in atlas["arcs"]]
    land = [ring for shape in atlas["objects"]["land"]["geometries"] for ring in _rings(shape)]
    countries = atlas["objects"]["countries"]["geometries"]
    used = Counter(index for one in countries for index in {_arc(i) for ring in _rings(one) for i in ring})
    shared = sorted(index for index, number in used.items() if number > 1)
    paths = {
        "land": "".join(_path(part, closed=True) for ring in land for part in _laid_flat(_joined(ring, arcs))),
        "borders": "".join(_path(arcs[index], closed=False) for index in shared),
    }
    drawn = "".join(
        f'<path id="{name}" transform="scale({1 / UNITS})" vector-effect="non-scaling-stroke" d="{path}"/>\n'
        for name, path in paths.items()
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-180 -90 360 180">\n{drawn}</svg>\n'.encode()


def _arc(index: int) -> int:
    return ~index if index < 0 else index


def _rings(shape: Shape) -> Iterable[list[int]]:
    if shape["type"] == "Polygon":
        return tuple(shape["arcs"])
    if shape["type"] == "MultiPolygon":
        return tuple(ring for polygon in shape["arcs"] for ring in polygon)
    return ()


def _decoded(arc: list[list[int]], scale: list[float], translate: list[float]) -> list[tuple[int, int]]:
    points: list[tuple[int, int]] = []
    x = y = 0
    for across, up in arc:
        x, y = x + across, y + up
        point = (round((x * scale[0] + translate[0]) * UNITS), round(-(y * scale[1] + translate[1]) * UNITS))
        if not points or point != points[-1]:
            points.append(point)
    return points


def _joined(ring: list[int], arcs: list[list[tuple[int, int]]]) -> list[tuple[int, int]]:
    points: list[tuple[int, int]] = []
    for index in ring:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points and points[-1] == arc[0] else arc
    return points


def _laid_flat(ring: list[tuple[int, int]]) -> Iterable[list[tuple[int, int]]]:
    """A ring on a flat map: unbroken over the line of 180 degrees, and then at both ends of the map.

    One that goes around a pole is closed along the edge of the map.
    """
    turn = 360 * UNITS
    points: list[tuple[int, int]] = []
    shift = 0
    for x, y in ring:
        if points and abs(x + shift - points[-1][0]) > turn // 2:
            shift += turn if x + shift < points[-1][0] else -turn
        points.append((x + shift, y))
    if points[0][0] != points[-1][0]:
        pole = turn // 4 if points[0][1] > 0 else -turn // 4
        points += [(points[-1][0], pole), (points[0][0], pole)]
    yield points
    for beyond in (turn, -turn):
        if any(abs(x + beyond) < turn // 2 for x, _ in points):
            yield [(x + beyond, y) for x, y in points]


def _path(points: list[tuple[int, int]], *, closed: bool) -> str:
    least = 4 if closed else 2
    if len(points) < least:
        return ""
    steps = [f"{x - before_x} {y - before_y}" for (before_x, before_y), (x, y) in pairwise(points)]
    line = " ".join(steps).replace(" -", "-")
    return f"M{points[0][0]} {points[0][1]}l{line}{'z' if closed else ''}"


_YASQE: Final = "yasqe.min.js"
PACKAGES: Final = (
    Package(
        "@zazuko/yasqe", "4.6.2",
        "83iCLuBIgU04KBIaibxZTjKvrXD6sEe/+aqsHxLb4+ZVD4eaUwh5hFJEetuWkiKBY6WxTjVOmhKXvh2AAOR14g==",
        "MIT", (),
        {_YASQE: ("build/yasqe.min.js", without_services), "yasqe.min.css": ("build/yasqe.min.css", as_it_is)},
    ),
    Package(
        "@triply/yasgui", "4.2.28",
        "HN1neZqERSGoDyk/Fg40nI+F0tHnaBxjqizhN0mur2Kj0oJsklBsFMRk/M+wW+ohy8dSEn7AgX3H0pPrV/wmVg==",
        "MIT", ("LICENSE.txt",), within=f"{_YASQE} (of which @zazuko/yasqe is a fork)",
    ),
    Package(
        "codemirror", "5.65.21",
        "6teYk0bA0nR3QP0ihGMoxuKzpl5W80FpnHpBJpgy66NK3cZv5b/d/HY8PnRvfSsCG1MTfr92u2WUl+wT0E40mQ==",
        "MIT", ("LICENSE",), within=_YASQE,
    ),
    Package(
        "dompurify", "3.4.13",
        "2vmYIoqjze2d+kakP8S/nS5shfsl587kzwEjcGlTdiksUVgFHnFCsLYDVj/JNqJVOQZGSYBTmuycv0PodwmnMQ==",
        "Apache-2.0 (or MPL-2.0)", ("LICENSE",), within=_YASQE,
    ),
    Package(
        "store", "2.0.12",
        "eO9xlzDpXLiMr9W1nQ3Nfp9EzZieIQc10zPPMP5jsVV7bLOziSFFBP0XoDXACEIFtdI+rIz0NwWVA/QVJ8zJtw==",
        "MIT", ("LICENSE",), within=_YASQE,
    ),
    Package(
        "query-string", "6.14.1",
        "XDxAeVmpfu1/6IjyT/gXHOl+S0vQ9owggJ30hhWKdHAsNPOcasn5o9BW0eejZqL2e4vMjhAxoW3jVHcD6mbcYw==",
        "MIT", ("license",), within=_YASQE,
    ),
    Package(
        "decode-uri-component", "0.2.2",
        "FqUYQ+8o158GyGTrMFJms9qh3CqTKvAqgqsTnkLI8sKu0028orqBhxNMFkFen0zGyg6epACD32pjVk58ngIErQ==",
        "MIT", ("license",), within=_YASQE,
    ),
    Package(
        "split-on-first", "1.1.0",
        "43ZssAJaMusuKWL8sKUBQXHWOpq8d6CfN/u1p4gUzfJkM05C8rxTmYrkIPTXapZpORA6LkkzcUulJ8FqA7Uudw==",
        "MIT", ("license",), within=_YASQE,
    ),
    Package(
        "filter-obj", "1.1.0",
        "8rXg1ZnX7xzy2NGDVkBVaAy+lSlPNwad13BtgSlLuxfIslyt5Vg64U7tFcCt4WS1R0hvtnQybT/IyCkGZ3DpXQ==",
        "MIT", ("license",), within=_YASQE,
    ),
    Package(
        "strict-uri-encode", "2.0.0",
        "QwiXZgpRcKkhTj2Scnn++4PKtWsH0kpzZ62L2R6c/LUVYv7hVnZqcg2+sMuT6R7Jusu1vviK/MFsu6kNJfWlEQ==",
        "MIT", ("license",), within=_YASQE,
    ),
    Package(
        "lodash-es", "4.18.1",
        "J8xewKD/Gk22OZbhpOVSwcs60zhd95ESDwezOFuA3/099925PdHJ7OFHNTGtajL3AlZkykD32HykiMo+BIBI8A==",
        "MIT", ("LICENSE",), within=_YASQE,
    ),
    Package(
        "events", "3.3.0",
        "mQw+2fkQbALzQ7V0MY0IqdnXNOeTtP4r0lN9z7AAawCXgqea7bDii20AYrIBrFd/Hx0M2Ocz6S111CaFkUcb0Q==",
        "MIT", ("LICENSE",), within=_YASQE,
    ),
    Package(
        "d3-force", "3.0.1",
        "kAaaHLFebBYwgi5cYBXAI8vKrQFMCD2MEswj2QuPKKbdU1wYLc8WXtS7O8F/b6POCIe3gJjY6hkDstHi1yMETQ==",
        "ISC", ("LICENSE",), {"d3-force.js": ("dist/d3-force.mjs", beside)},
    ),
    Package(
        "d3-quadtree", "3.0.2",
        "9Lu9mqJKRbIk0d6mKDjpvPURaPdwHVK5CYbcdd0/4vBgz4ldz/7TIOse3kNERsByGNfld58KEco507AztJWyTQ==",
        "ISC", ("LICENSE",), {"d3-quadtree.js": ("dist/d3-quadtree.mjs", beside)},
    ),
    Package(
        "d3-dispatch", "3.0.2",
        "sAzH4Y4nsLo8eSqw5jKiZt+LU2wZmL/qS+OkxQGjhwazB/D7TY34R/QK1eshfGr7cZEKymKZ/Haem7m+lu98Sg==",
        "ISC", ("LICENSE",), {"d3-dispatch.js": ("dist/d3-dispatch.mjs", beside)},
    ),
    Package(
        "d3-timer", "3.0.2",
        "1Il1aliroVSErrv5aulRBxAY+7+DnaoLIWGd1C6SsBTWDeobWiP/V69vwb8vT6abR1kKwaNe1196pmaQ1fK90A==",
        "ISC", ("LICENSE",), {"d3-timer.js": ("dist/d3-timer.mjs", beside)},
    ),
    Package(
        "world-atlas", "2.0.2",
        "IXfV0qwlKXpckz1FhwXVwKRjiIhOnWttOskm5CtxMsjgE/MXAYRHWJqgXOpM8IkcPBoXnyTU5lFHcYa5ChG0LQ==",
        "ISC; the data, by Natural Earth, is in the public domain", ("LICENSE",),
        {"world.svg": ("countries-50m.json", outlines)},
    ),
    Package(
        "@fontsource/noto-naskh-arabic", "5.3.0",
        "S/GDgQ6mh/PKo4mz5+eXNYbEarvpI7yh6eCdOz8tTVbeM7+OUiacIEscaYEibr/+egDtGbO2ZB00sjy1bJC1kQ==",
        "OFL-1.1", ("LICENSE",),
        {
            "noto-naskh-arabic-400.woff2": ("files/noto-naskh-arabic-arabic-400-normal.woff2", as_it_is),
            "noto-naskh-arabic-700.woff2": ("files/noto-naskh-arabic-arabic-700-normal.woff2", as_it_is),
        },
    ),
)  # fmt: skip


def vendor(folder: Path) -> None:
    """Write all files, the licences and the manifest into ``folder``, in place of what is there.

    Raises VendorFailed where a tarball is not the pinned one, or no longer has what is changed in it.
    """
    contents: dict[str, bytes] = {}
    listed: list[dict[str, Any]] = []
    texts: list[str] = []
    with tempfile.TemporaryDirectory() as room:
        for package in PACKAGES:
            with tarfile.open(_fetched(package, Path(room))) as tarball:
                for name, (path, change) in package.files.items():
                    contents[name] = change(_member(tarball, path))
                told = [_member(tarball, path).decode().strip() for path in package.texts]
            listed.append(
                {
                    "name": package.name,
                    "version": package.version,
                    "licence": package.licence,
                    "files": sorted(package.files),
                    "within": package.within,
                }
            )
            texts.append(_licence(package, told))
    contents[LICENCES] = ("\n".join(["# What khabar serve brings from others", "", *texts]).rstrip() + "\n").encode()
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(contents.items())}
    manifest = json.dumps({"packages": listed, "sha256": sums}, indent=1) + "\n"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in (contents | {MANIFEST: manifest.encode()}).items():
        (folder / name).write_bytes(content)


def _licence(package: Package, texts: list[str]) -> str:
    place = f"a part of {package.within}" if package.within else ", ".join(sorted(package.files))
    lines = [f"## {package.name} {package.version}", "", f"{place}. Licence: {package.licence}.", ""]
    if not texts:
        lines += ["The package has no file with its licence; that of @triply/yasgui, below, is its origin's.", ""]
    fenced = [line for text in texts for line in ("```text", text, "```", "")]
    return "\n".join(lines + fenced)


def _fetched(package: Package, room: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise VendorFailed("npm is not installed")
    asked = [npm, "pack", f"{package.name}@{package.version}", "--silent", "--pack-destination", str(room)]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 - the table above
    if answer.returncode:
        raise VendorFailed(f"{package.name}: {answer.stderr.strip()}")
    path = room / answer.stdout.strip().splitlines()[-1]
    found = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    if found != package.integrity:
        raise VendorFailed(f"{package.name}@{package.version}: the tarball has the sum {found}, not the pinned one")
    return path


def _member(tarball: tarfile.TarFile, path: str) -> bytes:
    # Read, never unpacked: no path of the tarball reaches the disk.
    file = tarball.extractfile(f"package/{path}")
    if file is None:
        raise VendorFailed(f"{path} is no file")
    return file.read()


def differences(folder: Path) -> list[str]:
    """What in ``folder`` is missing, changed or not in its manifest; nothing when all is as it was written."""
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    expected: dict[str, str] = manifest["sha256"]
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
    return [f"{name}: {_verdict(expected, found, name)}" for name in sorted(expected.keys() | found.keys())
            if expected.get(name) != found.get(name)]  # fmt: skip


def _verdict(expected: dict[str, str], found: dict[str, str], name: str) -> str:
    if name not in found:
        return "missing"
    return "changed" if name in expected else "not in the manifest"


def main(arguments: list[str]) -> int:
    """Write the folder, or with ``--check`` tell what is wrong with it; 1 where something is."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python tools/vendor.py [--check]\n")
        return 2
    try:
        if not arguments:
            vendor(FOLDER)
        wrong = differences(FOLDER)
    except (VendorFailed, OSError) as error:
        wrong = [str(error)]
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
