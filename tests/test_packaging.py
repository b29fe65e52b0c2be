from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("ontology", "queries", "example")


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source archive as an installer would, and that archive."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(archives: Path) -> Path:
    (found,) = archives.glob("*.whl")
    return found


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.split("/")[0].endswith(".dist-info")}
    package = ROOT / "loader" / "khabar"
    expected = {f"khabar/{path.relative_to(package)}" for path in _files(package)}
    for folder in FOLDERS:
        expected |= {f"khabar/data/{folder}/{path.relative_to(ROOT / folder)}" for path in _files(ROOT / folder)}
    assert names == expected


def test_the_wheel_brings_its_licence_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name.partition(".dist-info/")[2]: name for name in archive.namelist() if ".dist-info/" in name}
        assert "licenses/LICENSE" in names
        assert "khabar = khabar.__main__:main" in archive.read(names["entry_points.txt"]).decode()


def test_the_source_archive_holds_what_is_needed_to_test_it(archives: Path) -> None:
    (sdist,) = archives.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        folders = {name.split("/")[1] for name in archive.getnames() if "/" in name}
    wanted = {"loader", "ontology", "queries", "example", "corpus", "tests", "docs", "benchmarks", "Makefile", ".ci"}
    assert wanted <= folders
    assert not folders & {".venv", "build", "dist"}


def test_the_wheel_works_far_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    # The dependencies are those of this run; khabar itself can only come from the wheel.
    (
        home / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages" / "near.pth"
    ).write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel), env=environment, cwd=tmp_path)
    where = run(python, "-c", "import khabar; print(khabar.__file__)", env=environment, cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(home)

    khabar = home / "bin" / "khabar"
    run(khabar, "init", "x", env=environment, cwd=tmp_path)
    run(khabar, "check", "x", env=environment, cwd=tmp_path)
    turtle = run(khabar, "build", "x", env=environment, cwd=tmp_path)
    assert "@prefix khb: <https://w3id.org/khabar/ns#> ." in turtle
    listed = run(khabar, "queries", env=environment, cwd=tmp_path)
    assert "denials" in listed
    run(khabar, "query", "denials", "--on", "x", env=environment, cwd=tmp_path)


def run(*command: Path | str, env: dict[str, str], cwd: Path) -> str:
    ran = subprocess.run(command, env=env, cwd=cwd, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
