"""The lecture's slides and the course: nothing is missing, and what is said of it is true."""

import re

import nbformat
import pytest

from cnncourse.exercises import EXERCISES
from tools import slides

NOTEBOOKS = slides.lessons()
ROWS = slides.rows()
every_lesson = pytest.mark.parametrize("number", [n for n in NOTEBOOKS if "01" <= n <= "07"])


def markdown(number):
    cells = nbformat.read(NOTEBOOKS[number][0], as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def test_the_lecture_has_all_its_rows():
    assert [row.id for row in ROWS] == [f"L{n}" for n in range(1, 28)]
    assert all(row.lessons and set(row.lessons) <= {f"{n:02}" for n in range(8)} for row in ROWS)


def test_no_row_of_the_lecture_is_missing():
    for row in ROWS:
        for number in set(row.lessons) & set(NOTEBOOKS):
            about = NOTEBOOKS[number][1]
            assert row.id in about["rows"], (row.id, number)
            assert any(row.id in entry["rows"] for entry in about["slides"]), (row.id, number)


def test_no_notebook_treats_a_row_that_is_not_its():
    due = {row.id: row.lessons for row in ROWS}
    for number, (_, about) in NOTEBOOKS.items():
        listed = [row for entry in about.get("slides", []) for row in entry["rows"]]
        assert set(listed) == set(about["rows"])
        assert all(number in due[row] for row in listed), number


@every_lesson
def test_the_table_of_a_lesson_is_that_of_its_metadata(number):
    def plain(table):
        return re.sub(r"\| +\|", "||", table)

    assert plain(slides.table(NOTEBOOKS[number][1])) in plain(markdown(number))


@every_lesson
def test_the_sections_and_exercises_named_are_there(number):
    entries = NOTEBOOKS[number][1]["slides"]
    sections = {int(n) for n in re.findall(r"^## (\d+) · ", markdown(number), re.MULTILINE)}
    assert {entry["section"] for entry in entries} <= sections
    named = [name for entry in entries for name in entry["exercises"]]
    own = [name for name in EXERCISES if re.match(rf"[ER]{int(number)}\.", name)]
    assert sorted(named) == sorted(own)


def test_the_page_is_what_the_notebooks_say():
    assert slides.PAGE.read_text(encoding="utf-8") == slides.page()


def test_a_row_that_no_lesson_treats_yet_says_so():
    nowhere = slides.Row("L99", "Nowhere", "nothing", ["77"])
    assert slides.places(nowhere, NOTEBOOKS) == ("lesson 77, in preparation", "")


def test_a_page_that_differs_is_told_and_mended(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(slides, "PAGE", tmp_path / "slides.md")
    assert slides.main(["--check"]) == 1
    assert not slides.PAGE.exists()
    assert slides.main([]) == 0
    assert slides.PAGE.read_text(encoding="utf-8") == slides.page()
    assert slides.main(["--check"]) == 0
    assert "differs" in capsys.readouterr().out
