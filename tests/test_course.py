"""The launcher, driven as a learner drives it: real Python, venv and pip, in a small course."""

import ast
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.course_sandbox import CLOSED, COURSE, TOOL, Index, Sandbox, call

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has neither signals nor groups")
linux_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0,
    reason="mounting a small disk needs Linux and root",
)
# Most tests make an environment, some ten seconds each.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    index = Index(tmp_path_factory.mktemp("index"))
    yield index
    index.close()


@pytest.fixture
def sandbox(tmp_path, index):
    (tmp_path / "home").mkdir()
    return Sandbox(tmp_path / "Kurs für Jörg & Åsa", index, tmp_path / "home")


@pytest.fixture(scope="module")
def ready(tmp_path_factory, index):
    """A course in which `lab` was run once, for tests that leave it ready."""
    folder = tmp_path_factory.mktemp("ready")
    (folder / "home").mkdir()
    sandbox = Sandbox(folder / "Kurs für Jörg & Åsa", index, folder / "home")
    sandbox.first = sandbox.run("lab", "--no-browser")
    assert sandbox.first.returncode == 0, sandbox.first.stderr
    return sandbox


@pytest.fixture
def copied(sandbox, ready):
    """A copy of `ready` that may be changed and takes itself for the original."""
    shutil.copytree(ready.venv, sandbox.venv, symlinks=True)
    note = sandbox.note.read_text(encoding="utf-8")
    old, new = (json.dumps(str(s.folder)) for s in (ready, sandbox))
    sandbox.note.write_text(note.replace(old, new), encoding="utf-8")
    return sandbox


def sentence(done):
    """The one sentence in which course.py says why it stopped."""
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


# What a learner asks for


def test_first_run_installs_and_opens_the_start_notebook(ready):
    made = call(ready.first)
    assert Path(made["cwd"]) == ready.folder
    assert f"--ServerApp.root_dir={ready.folder}" in made["argv"]
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in made["argv"]
    assert "--no-browser" in made["argv"]
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    assert ("--allow-root" in made["argv"]) == is_root
    assert made["env"]["JUPYTER_CONFIG_PATH"] == str(ready.folder / ".jupyter")
    assert made["env"]["PATH"].startswith(str(ready.python.parent))


def test_each_step_is_announced(ready):
    steps = [line for line in ready.first.stdout.splitlines() if line.startswith("- ")]
    assert steps[0] == "- Making .venv ..."
    assert steps[-1] == "- Everything else (lab, mnist, torch) ..."


@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the usual build has no GPU libraries"
)
def test_without_pytorchs_own_index_the_default_build_is_taken(ready):
    assert "PyTorch's own index does not answer" in ready.first.stdout
    assert any(path.startswith("/torch-2.0") for path in ready.index.asked)


def test_second_run_installs_nothing(ready):
    before = len(ready.index.asked)
    done = ready.run("lab")
    assert "--no-browser" not in call(done)["argv"]
    assert len(done.stdout.splitlines()) == 2  # the greeting and the fake JupyterLab's own line
    assert len(ready.index.asked) == before


def test_named_port_is_used_without_a_search_for_others(ready):
    port = free_port()
    argv = call(ready.run("lab", "--port", str(port)))["argv"]
    assert {f"--ServerApp.port={port}", "--ServerApp.port_retries=0"} <= set(argv)
    assert not [word for word in call(ready.run("lab"))["argv"] if "port" in word]


def test_taken_port_is_told_before_anything_is_installed(sandbox):
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = sentence(sandbox.run("lab", "--port", str(port)))
    assert told.startswith(f"Port {port} cannot be had")
    assert not sandbox.venv.exists()


def test_impossible_port_is_told(sandbox):
    assert sentence(sandbox.run("lab", "--port", "70000")).startswith("Port 70000 cannot be had")


def test_progress_needs_what_lab_needs_and_hands_its_arguments_over(ready):
    package = ready.folder / "cnncourse"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(TOOL)
    place = ready.folder.parent  # where the sandbox starts course.py from
    (place / "cnncourse.py").write_text("raise SystemExit('a file of the same name beside it')")
    before = len(ready.index.asked)
    try:
        done = ready.run("progress", "--export", "mine.json", "--yes", "-", PIP_INDEX_URL=CLOSED)
        made = call(done)
        assert made["argv"] == ["progress", "--export", "mine.json", "--yes", "-"]
        assert Path(made["cwd"]) == place, "a named file lies where the learner is"
        assert len(done.stdout.splitlines()) == 1, "nothing is installed for it"
        assert call(ready.run("progress", "--help"))["argv"] == ["progress", "--help"]
        assert ready.run("progress", EXIT_CODE="1").returncode == 1
        assert len(ready.index.asked) == before
    finally:
        (place / "cnncourse.py").unlink()
        shutil.rmtree(package)


def test_exit_code_of_the_tool_is_passed_on(ready):
    assert ready.run("lab", EXIT_CODE="7").returncode == 7


def test_foreign_python_settings_do_not_reach_the_course(ready, tmp_path):
    (tmp_path / "jupyterlab.py").write_text("raise SystemExit('not the one in .venv')")
    made = call(ready.run("lab", PYTHONPATH=str(tmp_path), JUPYTER_CONFIG_PATH="elsewhere"))
    assert "PYTHONPATH" not in made["env"]
    assert made["env"]["JUPYTER_CONFIG_PATH"].endswith(os.pathsep + "elsewhere")


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["lab", "nonsense"], ["lab", "--prot=1"]])
def test_unknown_words_are_refused(sandbox, arguments):
    done = sandbox.run(*arguments)
    assert done.returncode == 2
    assert "usage: course.py" in done.stderr
    assert not sandbox.venv.exists()


# Changes


def test_tests_add_their_extra_and_changed_pins_are_installed(copied):
    sandbox = copied
    done = sandbox.run("test", "-k", "some", "--lf")
    assert "Making .venv" not in done.stdout
    assert "- Everything else (dev, lab, mnist, torch) ..." in done.stdout
    made = call(done)
    assert made["argv"] == ["--nbval", "-k", "some", "--lf"]
    assert made["env"]["OMP_NUM_THREADS"] == "1"
    assert made["env"]["TF_CPP_MIN_LOG_LEVEL"] == "3"

    # With these tools there, the other words work too.
    linted = sandbox.run("lint")
    assert linted.returncode == 0
    calls = [line for line in linted.stdout.splitlines() if not line.startswith("- ")]
    assert calls == ["ruff check", "ruff format --check", "codespell_lib", "mypy"]
    assert sandbox.run("lint", FAILS="codespell_lib").returncode == 1
    folder = sandbox.folder / "benchmarks"
    folder.mkdir()
    for name in ("conv", "pooling"):
        (folder / f"bench_{name}.py").write_text(f"import sys; print('{name}', *sys.argv[1:])")
    timed = sandbox.run("bench", "--quick").stdout.splitlines()
    assert [line for line in timed if not line.startswith("- ")] == [
        "conv --quick",
        "pooling --quick",
    ]
    assert sandbox.run("bench", "pooling").stdout.splitlines()[-1] == "pooling"
    timed = sandbox.run("bench", "pooling", "--presses", "24").stdout.splitlines()
    assert timed[-1] == "pooling --presses 24"
    assert (
        sentence(sandbox.run("bench", "conv", "poling"))
        == "There is no benchmark of poling; there are benchmarks of conv, pooling."
    )
    (sandbox.folder / "tools").mkdir()
    for name in ("notebooks", "lock"):
        (sandbox.folder / "tools" / f"{name}.py").write_text("import sys; print(sys.argv[1:])")
        assert sandbox.run(name).stdout == "[]\n"
    assert sandbox.run("notebooks", "01", "--check").stdout == "['01', '--check']\n"

    assert "Everything else" not in sandbox.run("lab").stdout

    sandbox.pin("jupyterlab==4.0", "jupyterlab==4.1")
    assert "- Everything else (dev, lab, mnist, torch) ..." in sandbox.run("lab").stdout
    assert list(sandbox.venv.rglob("jupyterlab-4.1.dist-info"))
    assert not list(sandbox.venv.rglob("jupyterlab-4.0.dist-info"))

    # Without a network an update fails, and what worked before works again with the old pins.
    sandbox.pin("jupyterlab==4.1", "jupyterlab==4.0")
    told = sentence(sandbox.run("lab", PIP_INDEX_URL=CLOSED, PIP_NO_CACHE_DIR="1"))
    assert told.startswith("No network")
    sandbox.pin("jupyterlab==4.0", "jupyterlab==4.1")
    assert len(sandbox.run("lab", PIP_INDEX_URL=CLOSED).stdout.splitlines()) == 2


def test_moved_folder_is_set_up_again(copied):
    moved = copied.folder.with_name("moved")
    copied.folder.rename(moved)
    copied.folder = moved
    note = copied.note.read_text(encoding="utf-8").replace('"cpu"', '"gpu"')
    copied.note.write_text(note, encoding="utf-8")
    done = copied.run("lab")
    assert "folder was moved" in done.stdout
    assert "PyTorch" not in done.stdout  # the choice of the GPU build is kept
    assert Path(call(done)["cwd"]) == moved
    [path_file] = copied.venv.rglob("cnncourse.pth")
    assert path_file.read_text(encoding="utf-8") == str(moved)


@posix
def test_venv_of_another_python_is_made_again(copied):
    note = copied.note.read_text(encoding="utf-8").replace('"python": "3.', '"python": "2.')
    copied.note.write_text(note, encoding="utf-8")
    done = copied.run("lab")
    assert "The Python that .venv was made with has become 3." in done.stdout
    call(done)


@posix
def test_venv_whose_python_is_gone_is_made_again(copied):
    for name in copied.python.parent.glob("python*"):
        name.unlink()
    copied.python.symlink_to(copied.folder / "uninstalled")
    done = copied.run("lab")
    assert "The Python in .venv is gone" in done.stdout
    call(done)


def test_foreign_venv_is_used_if_it_works_and_never_deleted(sandbox):
    subprocess.run([sys.executable, "-m", "venv", sandbox.venv], check=True)
    (sandbox.venv / "precious").touch()
    done = sandbox.run("lab")
    call(done)
    assert "Making .venv" not in done.stdout
    shutil.rmtree(sandbox.python.parent)
    told = sentence(sandbox.run("lab"))
    assert "please remove the folder" in told
    assert str(sandbox.venv) in told
    assert (sandbox.venv / "precious").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="--gpu is for Linux")
def test_gpu_build_is_asked_for_once_and_kept(copied):
    sandbox = copied
    done = sandbox.run("lab", "--gpu")
    assert "- PyTorch for the GPU ..." in done.stdout
    call(done)
    assert "PyTorch" not in sandbox.run("lab", "--gpu").stdout
    assert "PyTorch" not in sandbox.run("lab").stdout
    sandbox.pin("jupyterlab==4.0", "jupyterlab==4.1")
    done = sandbox.run("lab")
    assert "Everything else" in done.stdout
    assert "PyTorch" not in done.stdout


# Interruptions


@posix
def test_stopped_installation_is_mended_by_the_next_run(sandbox):
    for sign, code in [(signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143)]:
        stopped = sandbox.stop_midway("lab", at="jupyterlab", sign=sign)
        assert stopped.returncode == code
        assert "Traceback" not in stopped.stderr
    done = sandbox.run("lab")
    assert "The last installation was interrupted: making it again." in done.stdout
    call(done)


def test_interrupted_removal_and_empty_venv_are_mended_by_the_next_run(sandbox):
    waste = sandbox.folder / ".venv.old" / "lib"
    waste.mkdir(parents=True)
    sandbox.venv.mkdir()
    done = sandbox.run("lab")
    assert "making it again" in done.stdout
    call(done)
    assert not waste.parent.exists()


@posix
def test_half_made_venv_is_mended_by_the_next_run(sandbox):
    running = sandbox.start("lab")
    while not (sandbox.venv / "pyvenv.cfg").exists():
        assert running.poll() is None
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    assert subprocess.run([sandbox.python, "-c", "import pip"], stderr=-3).returncode != 0
    done = sandbox.run("lab")
    assert "making it again" in done.stdout
    call(done)


@posix
def test_second_run_waits_for_a_pip_that_outlived_the_first(sandbox):
    sandbox.index.stall_on("jupyterlab")
    first = sandbox.start("lab")
    assert sandbox.index.stalled.wait(60)
    os.kill(first.pid, signal.SIGKILL)  # its pip lives on
    second = sandbox.start("lab")
    for line in second.stdout:
        if "Another installation is at work" in line:
            break
    assert second.poll() is None
    sandbox.index.let_go()
    out, err = second.communicate(timeout=60)
    assert second.returncode == 0, err
    assert "making it again" in out
    first.communicate()


# What may be missing


def test_no_network_is_told_in_one_sentence(sandbox):
    told = sentence(sandbox.run("lab", PIP_INDEX_URL=CLOSED))
    assert told.startswith("No network: the packages cannot be fetched")


def test_unknown_host_is_no_network_either(ready):
    ready.pin("jupyterlab==4.0", "jupyterlab==4.1")
    try:
        done = ready.run("lab", PIP_INDEX_URL="https://index.invalid/simple", HTTPS_PROXY="")
        assert sentence(done).startswith("No network")
    finally:
        ready.pin("jupyterlab==4.1", "jupyterlab==4.0")


def test_missing_version_is_not_blamed_on_the_network(ready):
    ready.pin("jupyterlab==4.0", "jupyterlab==99")
    try:
        done = ready.run("lab")
    finally:
        ready.pin("jupyterlab==99", "jupyterlab==4.0")
    assert sentence(done).startswith("Everything else (lab, mnist, torch): this step failed")
    call(ready.run("lab"))


@pytest.fixture
def small_disk(tmp_path):
    """A disk with 3 MB of room."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], check=True)
    yield disk
    subprocess.run(["umount", disk], check=True)


@linux_root
def test_small_disk_is_told_before_anything_is_installed(small_disk, tmp_path, index):
    sandbox = Sandbox(small_disk / "course", index, tmp_path)
    told = sentence(sandbox.run("lab"))
    assert told.startswith("No disk space: the course needs 3 GB")
    assert not sandbox.venv.exists()


@linux_root
def test_full_disk_midway_is_told(small_disk, sandbox):
    done = sandbox.run("lab", TMPDIR=str(small_disk))
    assert "- Making .venv" in done.stdout
    told = sentence(done)
    assert told.startswith("No disk space is left")
    assert str(small_disk) in told
    call(sandbox.run("lab"))


@pytest.mark.parametrize("module", ["ensurepip", "venv"])
def test_missing_venv_module_is_told(sandbox, tmp_path, module):
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / f"{module}.py").write_text(
        f"raise ModuleNotFoundError('as under Debian', name={module!r})"
    )
    told = sentence(sandbox.run("lab", PYTHONPATH=str(shim)))
    assert told.startswith(f"This Python lacks its module {module}")
    assert "python3-venv" in told
    assert not sandbox.venv.exists()


# Other Pythons


def test_course_parses_on_old_pythons():
    ast.parse(COURSE.read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 14), (4, 0)])
def test_other_versions_are_told_which_ones_will_do(version):
    pretend = f"import runpy, sys; sys.version_info = {version + (1, 'final', 0)}; runpy.run_path"
    done = subprocess.run(
        [sys.executable, "-c", f"{pretend}({str(COURSE)!r})", "lab"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(
        f"This course needs Python 3.11, 3.12 or 3.13, and this is Python {version[0]}.{version[1]}"
    )


def old_pythons():
    """Interpreters that are too old, as far as this machine has any."""
    names = [f"python3.{minor}" for minor in range(6, 11)]
    found = [Path(path) for path in map(shutil.which, names) if path]
    found += sorted((Path.home() / ".pyenv" / "versions").glob("3.[6-9].*/bin/python"))
    runs = [p for p in found if not subprocess.run([p, "-c", ""], stderr=-3).returncode]
    return runs or [pytest.param(None, marks=pytest.mark.skip(reason="no old Python here"))]


@pytest.mark.parametrize("python", old_pythons(), ids=str)
def test_really_old_pythons_are_told(python):
    done = subprocess.run([python, COURSE, "lab"], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("This course needs Python 3.11, 3.12 or 3.13, and this is")
