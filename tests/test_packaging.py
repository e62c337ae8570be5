"""What is shipped: the sdist, the wheel made from it, and the wheel at work beside other projects' modules."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import pixelpact

ROOT = Path(__file__).parents[1]
PARTS = ("schema", "strategies", "mockserver", "contract_tests")


def python(*arguments: str, cwd: Path, **env: str) -> str:
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def tracked(folder: str) -> set[str]:
    """The files of a folder that git knows or would take, without links."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return {name for name in listed if (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from the sdist, as an installer does it."""
    folder = tmp_path_factory.mktemp("dist")
    python("-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT), cwd=folder)
    return next(folder.glob("*.whl"))


def test_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    expected = {f"pixelpact/{name}" for part in PARTS for name in tracked(part)}
    expected |= {name.removeprefix("src/") for name in tracked("src")}

    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert shipped == expected
    assert {"pixelpact/py.typed", "pixelpact/schema/text-to-image.json"} <= shipped


def test_sdist_holds_each_file_once(wheel: Path) -> None:
    with tarfile.open(next(wheel.parent.glob("*.tar.gz"))) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]

    assert len(names) == len(set(names))
    assert {name for name in names if name.endswith(".py")} == {
        name for folder in (*PARTS, "src") for name in tracked(folder) if name.endswith(".py")
    }


def test_version_is_that_of_the_changelog(wheel: Path) -> None:
    headings = [
        line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line[:3] == "## "
    ]

    assert wheel.name.startswith(f"pixelpact-{pixelpact.__version__}-")
    assert any(line.startswith(f"## [{pixelpact.__version__}]") for line in headings)


def test_wheel_works_beside_modules_of_the_same_names(wheel: Path, tmp_path: Path) -> None:
    site, project = tmp_path / "site", tmp_path / "project"
    zipfile.ZipFile(wheel).extractall(site)
    project.mkdir()
    for name in PARTS:
        (project / f"{name}.py").write_text(f'NAME = "the project\'s own {name}"\n', encoding="utf-8")
    (project / "work.py").write_text(
        "import schema, strategies, mockserver, contract_tests, pixelpact.mockserver\n"
        "from pixelpact.mockserver import Server, Settings, placeholder_png, read_image, resolve_picture\n"
        "from pixelpact.schema import Profile, violations\n"
        "from pixelpact.strategies import single_faults\n"
        "assert all(violations(fault.payload) for fault in single_faults())\n"
        "picture = resolve_picture(prompt='A fox', options={'width': 64}, seed=1, profile=Profile())\n"
        "assert read_image(placeholder_png(picture)) == picture\n"
        "with Server(Settings()) as server:\n"
        "    assert server.port\n"
        "print(pixelpact.mockserver.__file__, schema.NAME, strategies.NAME, sep='|')\n",
        encoding="utf-8",
    )

    printed = python("work.py", cwd=project, PYTHONPATH=str(site), PYTHONDONTWRITEBYTECODE="1")

    where, *names = printed.strip().split("|")
    assert where.startswith(str(site))
    assert names == ["the project's own schema", "the project's own strategies"]


def test_nothing_installs_a_top_level_name_of_a_part(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert tops == {"pixelpact", f"pixelpact-{pixelpact.__version__}.dist-info"}
