"""Write docs/slides.md: where the course treats each slide item of the lecture.

    python -m tools.slides            write the page
    python -m tools.slides --check    write nothing; fail if the page is not what it would be

Each notebook says in its metadata which slide items it treats, in which section, and by which
exercises; tools/lecture.toml lists the lecture's items.
"""

import argparse
import sys
import tomllib
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "slides.md"
HEADING = "| On the slides | Here | Exercises |"
TOP = """# From the slides to the course

Every item of the lecture's slides, in their order, and where the course treats it. Sections and
exercises are those that the notebooks name; `python -m tools.slides` draws this page from them.
"""


@dataclass(frozen=True)
class Row:
    """An item of the lecture's slides.

    Parameters
    ----------
    id : str
        "L1" to "L27".
    part : str
        Part of the lecture.
    item : str
        What the slide says, in our own words.
    lessons : list of str
        Numbers of the lessons that are to treat it, such as "03".
    """

    id: str
    part: str
    item: str
    lessons: list[str]


def rows():
    """The lecture's items, in the order of the slides."""
    text = (ROOT / "tools" / "lecture.toml").read_text(encoding="utf-8")
    return [Row(**row) for row in tomllib.loads(text)["row"]]


def lessons():
    """{number: (path, what the notebook's metadata says)} of every notebook."""
    found = {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        about = nbformat.read(path, as_version=4).metadata["cnncourse"]
        found[about["lesson"]] = (path, about)
    return found


def places(row, notebooks):
    """(where a row is treated, its exercises), as two cells of the table."""
    where, exercises = [], []
    for number in row.lessons:
        if number not in notebooks:
            where.append(f"lesson {number}, in preparation")
            continue
        path, about = notebooks[number]
        entries = [entry for entry in about.get("slides", []) if row.id in entry["rows"]]
        sections = ", ".join(dict.fromkeys(str(entry["section"]) for entry in entries))
        plural = "s" if "," in sections else ""
        where.append(f"[lesson {number}](../notebooks/{path.name}), section{plural} {sections}")
        exercises += [name for entry in entries for name in entry["exercises"]]
    return "; ".join(where), ", ".join(dict.fromkeys(exercises))


def page():
    """The whole page."""
    notebooks = lessons()
    lines = [TOP]
    for part, group in groupby(rows(), key=lambda row: row.part):
        lines += [
            f"## {part}\n",
            "| | On the slides | In the course | Exercises |",
            "|---|---|---|---|",
        ]
        for row in group:
            where, exercises = places(row, notebooks)
            lines.append(f"| {row.id} | {row.item} | {where} | {exercises} |")
        lines.append("")
    return "\n".join(lines)


def table(about):
    """The table that a lesson shows, from its metadata."""
    lines = [HEADING, "|---|---|---|"]
    for entry in about["slides"]:
        exercises = ", ".join(entry["exercises"])
        lines.append(f"| {entry['slide']} | section {entry['section']} | {exercises} |")
    return "\n".join(lines)


def main(arguments=None):
    """Write or check the page; return the exit code."""
    parser = argparse.ArgumentParser(description="Write docs/slides.md from the notebooks.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if it differs")
    options = parser.parse_args(arguments)
    text = page()
    differs = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text
    if differs and not options.check:
        PAGE.write_text(text, encoding="utf-8")
    state = ("differs" if options.check else "written") if differs else "as it was"
    print(f"docs/slides.md: {state}")
    return 1 if options.check and differs else 0


if __name__ == "__main__":
    sys.exit(main())
