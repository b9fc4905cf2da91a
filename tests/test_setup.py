"""The installation's files agree with each other, and what they describe can be built."""

import ast
import contextlib
import functools
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import types
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import lock

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
PIN_LINE = re.compile(r"([a-z0-9-]+)==([0-9][0-9a-z.]*)")
pinned = pytest.mark.skipif(
    os.environ.get("CNNCOURSE_NEWEST") == "1", reason="this run takes the newest versions"
)


@pytest.fixture(scope="module")
def launcher():
    spec = importlib.util.spec_from_file_location("launcher", ROOT / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def conda():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def workflow():
    text = (ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


@functools.cache
def read_pins():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if not line.startswith("#")]
    return dict(PIN_LINE.fullmatch(line).groups() for line in lines)


class FromPins(lock.Resolver):
    """Versions as pinned; requirements of what is installed here in that version."""

    def package(self, requirement, machine):
        name = canonicalize_name(requirement.name)
        if name not in self.known:
            version, requires = read_pins()[name], []
            with contextlib.suppress(metadata.PackageNotFoundError):
                found = metadata.distribution(name)
                if found.version.split("+")[0] == version:
                    requires = found.requires or []
            self.known[name] = version, requires
        return self.known[name]


# constraints.txt


@pinned
def test_pins_are_exact_and_sorted():
    names = list(read_pins())
    assert names == sorted(names)
    assert len(names) > 100


@pinned
def test_everything_wanted_on_any_system_is_pinned_to_a_version_that_will_do():
    reached = lock.pins(FromPins())  # a missing pin or an unfit one is an error there
    assert {"numpy", "torch", "tensorflow", "tensorflow-cpu", "nbval", "hatchling"} <= set(reached)
    assert {"pywinpty", "appnope", "colorama"} <= set(reached), "only other systems need these"


@pinned
def test_the_environment_holds_what_is_pinned():
    pins, installed = read_pins(), {}
    for distribution in metadata.distributions():
        name = canonicalize_name(distribution.metadata["Name"])
        installed.setdefault(name, distribution.version.split("+")[0])
    tools = {"pip", "setuptools", "cnncourse"}  # come with Python, or are the project itself
    shared = set(installed) & set(pins) - tools
    assert {"numpy", "pytest", "nbval"} <= shared
    assert {n: installed[n] for n in shared} == {n: pins[n] for n in shared}


@pinned
def test_the_pins_are_for_the_first_release_of_each_python():
    pins = read_pins()
    unfit = [
        f"{d.name} {d.version}: {d.metadata['Requires-Python']}"
        for d in metadata.distributions()
        if pins.get(canonicalize_name(d.name)) == d.version
        and not lock.fits_every_python(d.metadata.get("Requires-Python"))
    ]
    assert unfit == []
    assert not lock.fits_every_python(">=3.11.5")


def test_an_unfit_pin_is_noticed(monkeypatch):
    class Old(FromPins):
        def package(self, requirement, machine):
            return "0.1", []

    with pytest.raises(SystemExit, match="is wanted, but"):
        lock.pins(Old())


def test_torch_is_pinned_without_a_build_name():
    assert "+" not in (ROOT / "constraints.txt").read_text(encoding="utf-8")


# pyproject.toml


def test_pyproject_has_lower_bounds_only():
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    for requirement in map(Requirement, [*wanted, *sum(EXTRAS.values(), [])]):
        operators = {specifier.operator for specifier in requirement.specifier}
        assert operators == ({"=="} if requirement.name == "nbval" else {">="}), requirement


def test_what_the_package_imports_on_its_own_account_is_a_dependency():
    found = set()
    for path in (ROOT / "cnncourse").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.split(".")[0])
    homes = metadata.packages_distributions()
    others = found - sys.stdlib_module_names - {"cnncourse"}
    # TensorFlow's name differs between systems, and it may be missing; so may Keras with it.
    needed = {canonicalize_name(homes.get(name, [name])[0]) for name in others - {"tensorflow"}}
    asked = {Requirement(line).name for line in PROJECT["project"]["dependencies"]}
    assert {"numpy", "pillow", "traitlets"} <= needed
    # IPython only where there is a kernel, which brings it; the frameworks are extras.
    assert needed - asked == {"ipython", "torch", "keras"}
    assert "torch" in EXTRAS
    assert {Requirement(line).name for line in EXTRAS["tensorflow"]} >= {"keras", "tensorflow"}


def test_the_learners_and_the_developers_extras_exist(launcher, conda):
    assert set(launcher.LEARNER) < set(launcher.DEVELOPER) <= set(EXTRAS)
    assert set(EXTRAS) == {*launcher.DEVELOPER, "tensorflow"}


def test_pythons_are_the_same_everywhere(launcher, conda, workflow):
    low, high = launcher.SUPPORTED[0], launcher.SUPPORTED[-1]
    minor = int(high.split(".")[1]) + 1
    assert PROJECT["project"]["requires-python"] == f">={low},<3.{minor}"
    named = [c.rsplit(" :: ", 1)[1] for c in PROJECT["project"]["classifiers"] if "Python ::" in c]
    assert named == launcher.SUPPORTED == lock.PYTHONS
    assert workflow["jobs"]["pinned"]["strategy"]["matrix"]["python"] == [low, high]
    assert "python=3.12" in conda["dependencies"]
    assert "3.12" in launcher.SUPPORTED
    assert PROJECT["tool"]["mypy"]["python_version"] == low


def test_wheel_holds_every_file_of_the_package(tmp_path):
    pytest.importorskip("hatchling", reason="`course.py test` installs hatchling")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    files = (p for p in (ROOT / "cnncourse").rglob("*") if p.is_file())
    source = {str(p.relative_to(ROOT).as_posix()) for p in files if "__pycache__" not in p.parts}
    assert {name for name in held if name.startswith("cnncourse/")} == source
    assert {".py", ".js", ".tle"} <= {Path(name).suffix for name in held}
    [texts] = [{Path(n).name for n in held if "/licenses/" in n}]
    assert texts == {"LICENSE", "LICENSE-TEXT"}


# environment.yml


def test_conda_installs_the_pinned_course_by_pip(conda, launcher):
    assert set(conda) == {"name", "channels", "dependencies"}
    *plain, last = conda["dependencies"]
    assert plain == ["python=3.12", "pip"]
    assert last["pip"] == [
        f"--extra-index-url {launcher.TORCH_CPU_INDEX}",
        "-c constraints.txt",
        f"-e .[{','.join(launcher.LEARNER)}]",
    ]


def test_repo2docker_reads_the_environment_as_meant():
    done = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    shown = done.stderr + done.stdout
    assert "Building conda environment for python=3.12" in shown
    # pip needs constraints.txt and the package beside it, so the files must be there before.
    copied = shown.index("COPY --chown=0:0 src/ ${REPO_DIR}/")
    made = shown.index('env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"')
    assert copied < made
    assert shown.count("env update") == 1
    # Nothing else in the repository changes the recipe.
    assert "requirements.txt" not in shown
    assert "setup.py" not in shown


# The workflow, and JupyterLab's settings


def test_workflow_runs_the_steps_of_ci_on_three_systems(workflow):
    systems = workflow["jobs"]["pinned"]["strategy"]["matrix"]["os"]
    assert sorted(name.split("-")[0] for name in systems) == ["macos", "ubuntu", "windows"]
    runs = [s["run"] for s in workflow["jobs"]["pinned"]["steps"] if "run" in s]
    local = (ROOT / ".ci/run").read_text(encoding="utf-8")
    for word in ("course.py lint", "course.py test"):
        assert any(word in run for run in runs)
        assert f"\npython3 {word}" in local
    assert "|| true" not in local + str(workflow)
    assert workflow[True]["schedule"]  # YAML reads the word `on` as true


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode for it")
def test_ci_can_be_run():
    assert os.access(ROOT / ".ci/run", os.X_OK)
    subprocess.run(["bash", "-n", ".ci/run"], cwd=ROOT, check=True)


def test_jupyterlab_knows_the_setting_that_keeps_its_news_question_away():
    settings = (ROOT / ".jupyter/labconfig/default_setting_overrides.json").read_text()
    plugin, values = next(iter(yaml.safe_load(settings).items()))
    folder = Path(sys.prefix) / "share/jupyter/lab/schemas"
    schema = yaml.safe_load((folder / f"{plugin.replace(':', '/')}.json").read_text())
    assert values["fetchNews"] in [
        one["const"] for one in schema["properties"]["fetchNews"]["oneOf"]
    ]
    assert set(values) <= set(schema["properties"])


def test_a_saved_notebook_keeps_the_still_form_of_a_widget_and_not_its_identifier():
    config = types.SimpleNamespace(FileContentsManager=types.SimpleNamespace())
    source = (ROOT / ".jupyter/jupyter_server_config.py").read_text(encoding="utf-8")
    exec(compile(source, "jupyter_server_config.py", "exec"), {"c": config})
    widget = {"model_id": "0"}
    view = "application/vnd.jupyter.widget-view+json"
    outputs = [
        {"output_type": "display_data", "data": {view: widget, "image/png": "AA=="}},
        {"output_type": "display_data", "data": {view: widget, "text/html": "<p>7</p>"}},
        {"output_type": "display_data", "data": {view: widget}},
        {"output_type": "stream", "name": "stdout", "text": "7"},
    ]
    cells = [{"cell_type": "markdown", "source": ""}, {"cell_type": "code", "outputs": outputs}]
    content = {"nbformat": 4, "cells": cells}
    config.FileContentsManager.pre_save_hook(
        model={"type": "notebook", "content": content}, path="a.ipynb", contents_manager=None
    )
    kept = [set(output.get("data", {})) for output in outputs]
    assert kept == [{"image/png"}, {"text/html"}, {view}, set()]
    config.FileContentsManager.pre_save_hook(model={"type": "file", "content": "text"}, path="a")
