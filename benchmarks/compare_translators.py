"""Compare translators between Keras 3 and PyTorch on the same small models.

    python benchmarks/compare_translators.py FOLDER             # environments, models, table
    python benchmarks/compare_translators.py FOLDER --only onnx2keras

Each translator gets a virtual environment of its own in FOLDER (gigabytes in all; what is there is
used again), with the framework versions of constraints.txt. One that does not fit them says so in
the table. None of them is a dependency of the course. `docs/translators.md` has what came out.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PINNED = ["torch", "keras", "tensorflow-cpu" if sys.platform != "darwin" else "tensorflow"]
ENVIRONMENTS = {
    # name: (what is installed with the versions of the course, what else, variables)
    "sources": (PINNED, ["tf2onnx", "onnx", "onnxscript", "onnxruntime"], {}),
    "onnx2torch": (["torch"], ["onnx2torch"], {}),
    "onnx2pytorch": (["torch"], ["onnx2pytorch"], {}),
    "onnx2tf": ([], ["onnx2tf[tensorflow,torch]"], {}),
    "onnx2keras": (PINNED[1:], ["onnx2keras"], {}),
    "nobuco": (PINNED, ["nobuco"], {}),
    "nobuco, Keras 2": (
        ["torch"],
        ["nobuco", "tensorflow-cpu==2.15.1", "numpy<2", "torchvision"],
        {},
    ),
    "Keras on torch": (PINNED[:2], [], {"KERAS_BACKEND": "torch"}),
    "cnncourse": (PINNED, ["."], {}),
}
"""onnx2tf pins its own versions of nearly everything, and needs Python 3.12."""


def python_of(folder, name):
    """Return the Python of an environment."""
    plain = re.sub(r"\W+", "_", name)
    return Path(folder) / "environments" / plain / "bin" / "python"


def interpreter_for(name):
    """Return the Python to make an environment with, or None."""
    if name != "onnx2tf" or sys.version_info >= (3, 12):
        return sys.executable
    return shutil.which("python3.12")


def make(folder, name):
    """Install an environment, unless it is there; return what pip says if it fails."""
    python = python_of(folder, name)
    if python.exists():
        return ""
    maker = interpreter_for(name)
    if maker is None:
        return f"{name} needs Python 3.12, and there is no python3.12 here"
    pinned, other, _ = ENVIRONMENTS[name]
    sys.path.insert(0, str(ROOT))
    from course import TORCH_CPU_INDEX

    subprocess.run([maker, "-m", "venv", python.parents[1]], check=True)
    pip = [python, "-m", "pip", "install", "--quiet"]
    version = re.search("^torch==.*$", (ROOT / "constraints.txt").read_text(), re.M).group()
    if "torch" in pinned and sys.platform == "linux":  # as course.py does: without GPU libraries
        options = ["--no-deps", "--retries=0", "--timeout=15", "--index-url", TORCH_CPU_INDEX]
        subprocess.run([*pip, *options, version], capture_output=True)
    if "numpy<2" in other:  # an older TensorFlow: of the course's versions torch alone fits
        pinned, constraints = [version], []
    else:
        constraints = ["-c", "constraints.txt"] if pinned else []
    command = [*pip, *constraints, *pinned, *other]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if not done.returncode:
        return ""
    shutil.rmtree(python.parents[1])
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return " ".join(errors)[:400] or f"pip ended with status {done.returncode}"


def run(folder, name, timeout=3000):
    """Run one tool in its environment; return its rows by direction and its versions."""
    trouble = make(folder, name)
    if trouble:
        return {"install": trouble}
    results = Path(folder) / "results" / f"{re.sub(r'[^a-z0-9]+', '_', name.lower())}.json"
    results.parent.mkdir(parents=True, exist_ok=True)
    variables = {
        **os.environ, "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CNNCOURSE_DATA": "off",
        "CUDA_VISIBLE_DEVICES": "", "PYTHONWARNINGS": "ignore", **ENVIRONMENTS[name][2],
    }  # fmt: skip
    command = [python_of(folder, name), __file__, str(folder), "--worker", name, str(results)]
    results.unlink(missing_ok=True)
    with (results.parent / f"{results.stem}.log").open("w") as log:
        try:
            done = subprocess.run(command, env=variables, stdout=log, stderr=log, timeout=timeout)
            ended = f"status {done.returncode}" if done.returncode else ""
        except subprocess.TimeoutExpired:
            ended = f"stopped after {timeout} s"
    found = json.loads(results.read_text()) if results.exists() else {}
    return found | ({"ended": ended} if ended else {})


def work(folder, name, file):
    """Do one tool's models; called in its environment, writing after each model."""
    import _translators as tools

    found = {"versions": versions()}
    if name == "sources":
        jobs = {
            "to torch": tools.write_keras_sources(folder),
            "to Keras": tools.write_torch_sources(folder),
        }
    else:
        jobs = {}
        if name in tools.TO_TORCH:
            jobs["to torch"] = tools.translate_to_torch(name, folder)
        if name in tools.TO_KERAS:
            jobs["to Keras"] = tools.translate_to_keras(name, folder)
    for direction, rows in jobs.items():
        found[direction] = {}
        for model, row in rows:
            found[direction][model] = row
            Path(file).write_text(json.dumps(found, indent=1))


def versions():
    """Return the versions of what matters, in this environment."""
    from importlib import metadata

    names = ["torch", "torchvision", "tensorflow-cpu", "tensorflow", "keras", "tf-keras", "onnx",
             "onnxscript", "onnxruntime", "tf2onnx", "onnx2torch", "onnx2pytorch", "onnx2tf",
             "onnx2keras", "nobuco", "cnncourse"]  # fmt: skip
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {"Python": sys.version.split()[0], **found}


# The table


def cell(row):
    """Return one row's result as a few words."""
    if row is None:
        return "ended"
    for word in ("refused", "fails"):
        if word in row:
            return word
    if not row["right"]:
        size = row["difference"]
        return "**wrong**, " + ("shape" if size == float("inf") else f"{size:.2g}")
    marks = "".join(
        letter for letter, key in (("w", "standard"), ("n", "names"), ("t", "trains"))
        if row.get(key)
    )  # fmt: skip
    size = f"{row['difference']:.0e}" if row["difference"] else "0"
    return f"{size} {marks}".rstrip()


def table(all_found, direction):
    """Return a Markdown table: models down, tools across, and the sums."""
    tools = [t for t in ENVIRONMENTS if direction in all_found.get(t, {})]
    names = {"sources": "ONNX itself"}
    if not tools:
        return "(nothing)"
    models = list(all_found[tools[0]][direction])
    lines = [
        "| model | " + " | ".join(names.get(t, t) for t in tools) + " |",
        "|---|" + "---|" * len(tools),
    ]
    for model in models:
        cells = [cell(all_found[t][direction].get(model)) for t in tools]
        lines.append(f"| {model} | " + " | ".join(cells) + " |")

    def count(tool, kept):
        rows = [all_found[tool][direction].get(m) or {} for m in models]
        return sum(bool(kept(row)) for row in rows)

    sums = {
        "right": lambda r: r.get("right"),
        "wrong": lambda r: "right" in r and not r["right"],
        "refused": lambda r: "refused" in r,
        "translated, but fails when run": lambda r: "fails" in r,
        "right, with all weights in standard layers (w)": lambda r: (
            r.get("right") and r.get("standard")
        ),
        "right, with the layers' names (n)": lambda r: r.get("right") and r.get("names"),
        "right, and trains alike (t)": lambda r: r.get("right") and r.get("trains"),
    }
    if direction == "to Keras":
        sums["right, without layers that hold a function"] = lambda r: (
            r.get("right") and r.get("plain")
        )
    for words, kept in sums.items():
        values = [
            "–" if t == "sources" and words.startswith("right,") else str(count(t, kept))
            for t in tools
        ]
        lines.append(f"| **{words}** | " + " | ".join(values) + " |")
    return "\n".join(lines)


def messages(all_found):
    """Yield each refusal's words, once."""
    for tool, found in all_found.items():
        if "install" in found:
            yield f"{tool}: does not install: {found['install']}"
        if "ended" in found:
            yield f"{tool}: ended before the last model: {found['ended']}"
        for direction in ("to torch", "to Keras"):
            said = {}
            for model, row in found.get(direction, {}).items():
                for key in ("refused", "fails", "training"):
                    if row.get(key):
                        said.setdefault(row[key], []).append(model)
            for words, models in said.items():
                yield f"{tool}, {direction}, {'; '.join(models)}: {words}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", choices=ENVIRONMENTS, default=list(ENVIRONMENTS))
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return work(options.folder, *options.worker)
    file = options.folder / "found.json"
    all_found = json.loads(file.read_text()) if file.exists() else {}
    for name in options.only:
        print(f"- {name} ...", flush=True)
        all_found[name] = run(options.folder, name)
        file.write_text(json.dumps(all_found, indent=1))
    for direction in ("to torch", "to Keras"):
        print(f"\n{direction}\n\n{table(all_found, direction)}")
    print("\nWhat was said:")
    for line in messages(all_found):
        print(f"- {line}")
    print("\nVersions:")
    for name, found in all_found.items():
        print(f"- {name}: {', '.join(f'{k} {v}' for k, v in found.get('versions', {}).items())}")


if __name__ == "__main__":
    main()
