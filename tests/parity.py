"""Hold a JavaScript module of the explorers to numbers and words that Python computed.

Python is the reference; ``node --test`` runs the module as the browser gets it (joined, compacted).
"""

import json
import math
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest

from cnncourse.explore.base import STATIC
from cnncourse.widgets import compact, joined_module

HARNESS = Path(__file__).with_name("parity.test.mjs")


def node():
    """Path of Node.js; the test is skipped without it, or fails where the browser is required."""
    found = shutil.which("node") or shutil.which("nodejs")
    if found is None:
        reason = "no Node.js found: install it to compare the explorers' modules with Python"
        if os.environ.get("CNNCOURSE_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def encoded(value):
    """`value` for JSON: arrays as {shape, values}, numbers that JSON lacks by name."""
    if isinstance(value, np.ndarray):
        values = [encoded(number) for number in value.astype(float).ravel().tolist()]
        return {"shape": list(value.shape), "$values": values}
    if isinstance(value, dict):
        return {str(key): encoded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encoded(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return {"$number": str(value)}
    return value


def agree(module, calls, tolerance=1e-6):
    """Call functions of ``<module>.js`` and compare what they give with what is expected.

    Parameters
    ----------
    module : str
        Name of a file in the explorers' static folder, without its ending.
    calls : list of (function, arguments, expected)
        Arrays reach the module as ``{shape, values: Float64Array}``. Of objects only the keys that
        `expected` has are compared; texts must be equal, numbers agree to `tolerance` (relative
        above 1), NaN equals NaN.
    """
    assert calls, "nothing to compare"
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "module.mjs").write_text(
            compact(joined_module(module, STATIC)), encoding="utf-8"
        )
        cases = [
            {"call": name, "arguments": encoded(list(arguments)), "expected": encoded(expected)}
            for name, arguments, expected in calls
        ]
        Path(folder, "cases.json").write_text(
            json.dumps({"tolerance": tolerance, "cases": cases}), encoding="utf-8"
        )
        shutil.copy(HARNESS, folder)
        ended = subprocess.run(
            [node(), "--test", HARNESS.name],
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
    if ended.returncode:
        pytest.fail(
            f"{module}.js does not agree with Python:\n{ended.stdout[-6000:]}{ended.stderr}"
        )
    assert f"pass {len(calls)}\n" in ended.stdout, ended.stdout
