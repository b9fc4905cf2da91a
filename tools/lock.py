"""Remake constraints.txt from the environment this runs in (`python3 course.py lock`).

Every package that pyproject.toml asks for, in any extra, directly or through another, on Linux,
macOS or Windows with Python 3.11 to 3.13, gets one exact pin. The versions are those installed
here; a package that only another system needs (pywinpty, say), or one whose installed version is
not for every Python, is looked up with pip.
"""

from __future__ import annotations

import functools
import itertools
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
HEADER = """\
# The exact versions that the course is tested with; remade by `python3 course.py lock`.
# One file for all: course.py, environment.yml and the tests read it, pyproject.toml has lower
# bounds only.
"""
# (sys_platform, os_name, platform_system, platform_machine, the wheel tag to look for)
SYSTEMS = [
    ("linux", "posix", "Linux", "x86_64", "manylinux_2_28_x86_64"),
    ("linux", "posix", "Linux", "aarch64", "manylinux_2_27_aarch64"),
    ("darwin", "posix", "Darwin", "arm64", "macosx_14_0_arm64"),
    ("win32", "nt", "Windows", "AMD64", "win_amd64"),
]
PYTHONS = ["3.11", "3.12", "3.13"]
# One release under two names, by system.
SAME_RELEASE = {"tensorflow": "tensorflow-cpu"}


parsed = functools.cache(Requirement)


def environments() -> Iterator[dict[str, str]]:
    """Yield the marker variables of every machine the course is meant for."""
    for (sys_platform, os_name, system, machine, wheel), python in itertools.product(
        SYSTEMS, PYTHONS
    ):
        yield {
            "sys_platform": sys_platform,
            "os_name": os_name,
            "platform_system": system,
            "platform_machine": machine,
            "python_version": python,
            "python_full_version": f"{python}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "wheel": wheel,
        }


def wanted(requirements: Iterable[str], extras: Iterable[str], machine: dict[str, str]):
    """Yield those requirements whose marker holds on `machine` with one of `extras` (or none)."""
    for requirement in map(parsed, requirements):
        if requirement.marker is None or any(
            requirement.marker.evaluate({**machine, "extra": extra}) for extra in ("", *extras)
        ):
            yield requirement


def looked_up(requirement: Requirement, machine: dict[str, str]) -> tuple[str, list[str]]:
    """Ask pip for the version that `machine` would get, and that version's own requirements."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps"]
        command += ["--only-binary=:all:", "--report", "-", "--target", folder]
        command += ["--platform", machine["wheel"], "--python-version", machine["python_version"]]
        found = subprocess.run(
            [*command, f"{requirement.name}{requirement.specifier}"],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    info = json.loads(found.stdout)["install"][0]["metadata"]
    return info["version"], info.get("requires_dist", [])


def fits_every_python(requires_python: str | None) -> bool:
    """Tell whether a package may be installed on the first release of each Python.

    Debian 12 has Python 3.11.2, and some packages exclude the first releases of a Python.
    """
    allowed = SpecifierSet(requires_python or "")
    return all(allowed.contains(f"{python}.0") for python in PYTHONS)


class Resolver:
    """Versions and requirements of packages, installed here or looked up once."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[str, list[str]]] = {}

    def package(self, requirement: Requirement, machine: dict[str, str]) -> tuple[str, list[str]]:
        """Return the version and the requirements of the package that is asked for."""
        name = canonicalize_name(requirement.name)
        if name not in self.known:
            try:
                found = metadata.distribution(name)
            except metadata.PackageNotFoundError:
                found = None
            if found and fits_every_python(found.metadata.get("Requires-Python")):
                self.known[name] = found.version.split("+")[0], found.requires or []
            else:
                if name in SAME_RELEASE:
                    twin = metadata.version(SAME_RELEASE[name]).split("+")[0]
                    requirement = Requirement(f"{name}=={twin}")
                self.known[name] = looked_up(requirement, machine)
        return self.known[name]


def pins(resolver: Resolver | None = None) -> dict[str, str]:
    """Return {name: version} of everything that any machine needs."""
    resolver = resolver or Resolver()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    roots = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    roots += itertools.chain(*project["project"]["optional-dependencies"].values())
    found = {}
    for machine in environments():
        todo = list(wanted(roots, (), machine))
        seen = set()
        while todo:
            requirement = todo.pop()
            name, extras = canonicalize_name(requirement.name), tuple(sorted(requirement.extras))
            if (name, extras) in seen:
                continue
            seen.add((name, extras))
            version, requires = resolver.package(requirement, machine)
            if not requirement.specifier.contains(version, prereleases=True):
                raise SystemExit(f"{requirement} is wanted, but {name} {version} is installed")
            found[name] = version
            todo += wanted(requires, extras, machine)
    return dict(sorted(found.items()))


def main() -> None:
    """Write constraints.txt."""
    lines = [f"{name}=={version}\n" for name, version in pins().items()]
    (ROOT / "constraints.txt").write_text(HEADER + "".join(lines), encoding="utf-8")
    print(f"constraints.txt: {len(lines)} pins")


if __name__ == "__main__":
    main()
