"""The exercise that CONTRIBUTING.md shows is whole: it loads, and the course finds no fault."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from cnncourse.exercises import EXERCISES
from cnncourse.exercises.catalogue import faults, table
from cnncourse.exercises.explain import trace
from cnncourse.exercises.judging import judge

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture
def example(tmp_path):
    (source,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    path = tmp_path / "e9_9.py"
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("e9_9", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.EXERCISE


def test_it_has_no_fault_and_a_place_in_the_table(example):
    assert faults([example]) == []
    assert f"| {example.id} | {example.title} |" in table([example])
    assert example.id not in EXERCISES


def test_its_stub_is_not_attempted_and_its_mistake_is_named(example):
    namespace = {}
    exec(example.stub_source, namespace)
    untouched = judge(example, namespace[example.stub_name], seed=1, time_limit=5.0)
    assert untouched.status == "not attempted"
    wrong = judge(example, lambda x: x[1:] - x[:-1], seed=1, time_limit=5.0)
    assert wrong.misconception == "differences"


def test_its_outputs_can_be_explained(example):
    found = trace(example, lambda x: np.asarray(x)[:-1] + np.asarray(x)[1:], 1)
    assert "x[1]" in repr(found) and "x[2]" in repr(found)


def test_what_it_names_is_there():
    for path in re.findall(r"`((?:cnncourse|tests|docs|tools)/[\w./]+)`", TEXT):
        if "e9_9" not in path and "lesson_NN" not in path:
            assert (ROOT / path).exists(), path
