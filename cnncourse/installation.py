"""Find out whether everything that the lessons need is installed, and computes."""

from __future__ import annotations

import importlib
import importlib.metadata
import sys
from dataclasses import dataclass

NEEDED = {
    "numpy": "arrays",
    "scipy": "fast Fourier transforms",
    "matplotlib": "figures",
    "ipywidgets": "buttons and sliders",
    "anywidget": "explorers",
    "sgp4": "the orbit of the space station",
    "platformdirs": "where your progress is kept",
    "torch": "PyTorch, to compare with",
}
"""Package -> what the course uses it for."""

OLDEST, NEWEST = (3, 11), (3, 13)
REPAIR = "run `python3 course.py lab` again: it installs what is missing"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: `problem` is empty where all is well."""

    subject: str
    purpose: str
    problem: str = ""


@dataclass(frozen=True)
class Report:
    """What `check_installation` found; prints as a table of one line a finding."""

    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether the lessons can run."""
        return not any(finding.problem for finding in self.findings)

    def __str__(self) -> str:
        lines = [f"{f.subject:<12} {f.problem or 'ok':<4}  ({f.purpose})" for f in self.findings]
        verdict = "Everything is in place." if self.ok else f"Something is missing: {REPAIR}."
        return "\n".join([*lines, verdict])

    __repr__ = __str__


def check_installation() -> Report:
    """Look for Python and the packages of the lessons, and run one convolution in two ways.

    Versions are left out of the text, so that it is the same on every machine that is in order;
    a package that does not load is reported with its error.

    Returns
    -------
    report : Report
        Its `ok` is True when all lessons can run.

    Examples
    --------
    >>> check_installation().findings[0].subject
    'Python'
    """
    findings = [_python(sys.version_info[:2])]
    findings += [_package(name, purpose) for name, purpose in NEEDED.items()]
    findings.append(_convolution())
    return Report(tuple(findings))


def _python(version: tuple[int, ...]) -> Finding:
    problem = ""
    if not OLDEST <= version <= NEWEST:
        found, oldest, newest = (".".join(map(str, v)) for v in (version, OLDEST, NEWEST))
        problem = f"found {found}, expected {oldest} to {newest}"
    return Finding("Python", "the language", problem)


def _package(name: str, purpose: str) -> Finding:
    try:
        importlib.import_module(name)
    except Exception as error:  # a broken package may raise anything while it loads
        return Finding(name, purpose, f"does not load: {type(error).__name__}: {error}")
    return Finding(name, purpose)


def _convolution() -> Finding:
    purpose = "2 + 4 is 6, by the package's own convolution"
    try:
        from cnncourse.conv import convolve1d

        total = convolve1d([2, 4], [1, 1]).tolist()
    except Exception as error:
        return Finding("cnncourse", purpose, f"does not compute: {type(error).__name__}: {error}")
    return Finding("cnncourse", purpose, "" if total == [2, 6, 4] else f"got {total}")
