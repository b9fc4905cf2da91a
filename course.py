#!/usr/bin/env python3
"""Set up and start the course: run `python3 course.py lab` (on Windows: `py course.py lab`).

It needs nothing but Python: it makes the folder .venv beside itself, installs the versions that
constraints.txt names, and hands over to JupyterLab, pytest and the other tools.
"""

import argparse
import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SUPPORTED = ["3.11", "3.12", "3.13"]
# Comes before any newer syntax is evaluated, so that an old Python can say it too.
if "%d.%d" % sys.version_info[:2] not in SUPPORTED:  # noqa: UP031
    others = [name for name in ("python" + v for v in SUPPORTED[::-1]) if shutil.which(name)]
    command = " ".join(others[:1] + ["course.py"] + sys.argv[1:])
    sys.exit(
        "This course needs Python 3.11, 3.12 or 3.13, and this is Python {}.{}: {}.".format(
            *sys.version_info[:2],
            "run `" + command + "`" if others else "please install one of them",
        )
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STATE = VENV / ".cnncourse.json"
START = "notebooks/00_start_here.ipynb"
LEARNER = ["lab", "torch", "mnist"]
DEVELOPER = [*LEARNER, "dev"]
# PyPI's Linux build of torch brings gigabytes of GPU libraries; this index has the build without.
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
GIGABYTES = {"cpu": 3, "gpu": 10, "tensorflow": 3}
NO_SPACE = (
    f"No disk space is left: make room where the course is and in {tempfile.gettempdir()} "
    "(some gigabytes), then run this again."
)
NETWORK_TROUBLE = re.compile(
    "NewConnectionError|NameResolution|name resolution|getaddrinfo|Max retries|ProxyError"
    "|ConnectTimeout|ReadTimeout|Read timed out|Connection refused|RemoteDisconnected"
    "|ConnectionReset|Network is unreachable|SSLError"
)


class Stop(Exception):
    """An end that the user can do something about, told in one sentence (after `details`)."""

    def __init__(self, sentence: str, details: str = "") -> None:
        super().__init__(sentence)
        self.details = details


class NoNetwork(Stop):
    """The package index cannot be reached."""


class NoSpace(Stop):
    """A disk is full."""


def say(text: str) -> None:
    """Show progress at once, also where the output goes to a file."""
    print(text, flush=True)


def main() -> int:
    """Read the command line, see that the environment is there, and do what was asked."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options, rest = command_line()
    try:
        if options.word == "lab" and options.port:
            refuse_taken_port(options.port)
        for_learners = options.word in ("lab", "progress")
        extras = {*(LEARNER if for_learners else DEVELOPER), *options.extra}
        set_up(extras, options.gpu)
        return WORDS[options.word](options, rest)
    except Stop as stop:
        print(f"{stop.details}\n{stop}", file=sys.stderr)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            print(f"\n{NO_SPACE}", file=sys.stderr)
        elif isinstance(error, PermissionError):
            print(f"\nThe course may not write {error.filename}: copy it to a folder of your own.",
                  file=sys.stderr)  # fmt: skip
        else:
            raise
    except KeyboardInterrupt:
        print("\nStopped; run the same command again to finish what it began.", file=sys.stderr)
        return 130
    return 1


def command_line() -> tuple[argparse.Namespace, list[str]]:
    """Parse the arguments; those that belong to pytest or another tool come back unparsed."""
    shared = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    shared.add_argument("--gpu", action="store_true", help="Linux: install the CUDA build of torch")
    shared.add_argument(
        "--with", dest="extra", action="append", choices=["tensorflow"], default=[], metavar="NAME",
        help="install an optional extra as well (tensorflow)",
    )  # fmt: skip
    parser = argparse.ArgumentParser(prog="course.py", description=__doc__.split("\n\n")[0])
    words = parser.add_subparsers(dest="word", required=True, metavar="WORD")
    for word, action in WORDS.items():
        added = words.add_parser(
            word, help=action.__doc__, description=action.__doc__, parents=[shared],
            allow_abbrev=False, add_help=word != "progress",
        )  # fmt: skip
        if word == "lab":
            added.add_argument("--no-browser", action="store_true", help="only print the address")
            added.add_argument(
                "--port", type=int, help="the port to serve on (default: a free one)"
            )
    options, rest = parser.parse_known_args()
    if rest and options.word in ("lab", "lint", "lock"):
        parser.error(f"{options.word} does not know {' '.join(rest)}")
    return options, rest


# ---------------------------------------------------------------------------------------------
# The environment


def set_up(extras: set[str], gpu: bool) -> None:
    """Make or mend .venv, unless it already holds what is wanted."""
    if gpu and sys.platform != "linux":
        raise Stop("--gpu is for Linux: elsewhere the usual build of PyTorch is installed.")
    content = b"".join((ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt"))
    inputs = hashlib.sha256(content).hexdigest()

    def ready(state: dict) -> bool:
        return (
            not unusable(state)
            and state.get("inputs") == inputs
            and extras <= set(state["extras"])
            and (not gpu or state["torch"] == "gpu")
        )

    if ready(read_state()):
        return
    with one_at_a_time():
        state = read_state()
        if ready(state):
            return
        began = time.monotonic()
        before = make_venv(state, extras, gpu)
        state = {
            **before,
            "complete": False,
            "extras": sorted(extras | set(before["extras"])),
            "torch": "gpu" if gpu else before["torch"],
        }
        write_state(state)
        try:
            install(state["extras"], state["torch"], switch=before["torch"] != state["torch"])
        except NoNetwork:
            # pip unpacks nothing before it has all: what was there still stands.
            write_state(before)
            raise
        write_state({**state, "inputs": inputs, "complete": True})
        say(f"The environment is ready ({time.monotonic() - began:.0f} s).\n")


def unusable(state: dict) -> str:
    """Say why .venv cannot be used as it is; an empty text if it can."""
    if not VENV.exists():
        return "There is no .venv"
    if state.get("made_here") and not state["complete"]:
        return "The last installation was interrupted"
    if state and state["root"] != str(ROOT):
        return "The course's folder was moved, and .venv does not work in another place"
    version = venv_version()
    if version not in SUPPORTED:
        return "The Python in .venv is gone, broken, or of a version that the course does not know"
    if state and state["python"] != version:
        return f"The Python that .venv was made with has become {version}"
    return ""


def venv_version() -> str:
    """Return the version of the Python in .venv, if it runs and has pip."""
    command = [str(PYTHON), "-c", "import sys, pip; print('%d.%d' % sys.version_info[:2])"]
    try:
        found = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return ""
    return found.stdout.decode().strip()


def make_venv(state: dict, extras: set[str], gpu: bool) -> dict:
    """Return the state of a working .venv, newly made if there was none or a broken one."""
    reason = unusable(state)
    kept = {"extras": state.get("extras", []), "torch": state.get("torch", "cpu")}
    fresh = {**kept, "root": str(ROOT), "complete": False}
    if not reason:
        return state or {**fresh, "made_here": False, "python": venv_version()}
    discard_venv(reason, made_here=state.get("made_here", False))
    need = GIGABYTES["gpu" if gpu else "cpu"] + GIGABYTES["tensorflow"] * ("tensorflow" in extras)
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < need:
        raise Stop(f"No disk space: the course needs {need} GB, and {ROOT} has {free:.1f} GB left.")
    say(f"Setting up the course in {VENV}: once, some minutes, up to {need} GB.")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as error:
        raise Stop(
            f"This Python lacks its module {error.name}: please install it "
            "(Debian, Ubuntu: sudo apt-get install python3-venv) and run this again."
        ) from error
    VENV.mkdir()
    # Written first, so that a run after an interrupted one knows whose half-made .venv this is.
    write_state({**fresh, "made_here": True, "python": ""})
    step("Making .venv", [sys.executable, "-m", "venv", str(VENV)])
    return {**fresh, "made_here": True, "python": venv_version()}


def discard_venv(reason: str, made_here: bool) -> None:
    """Remove a .venv that this program made; another's is for its owner to remove."""
    waste = ROOT / ".venv.old"
    shutil.rmtree(waste, ignore_errors=True)
    if VENV.exists():
        if not made_here and any(VENV.iterdir()):
            raise Stop(f"{reason}: please remove the folder {VENV} and run this again.")
        say(f"{reason}: making it again.")
        # Renamed first: one half removed would be taken for another's.
        VENV.rename(waste)
        shutil.rmtree(waste)


def install(extras: list[str], torch: str, switch: bool) -> None:
    """Install torch, the build tool, and then the course with everything else."""
    pip = [str(PYTHON), "-m", "pip", "install"]
    if not sys.stdout.isatty():
        pip.append("--quiet")
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pin = re.search("^torch==.*$", constraints, re.MULTILINE)
    exact_torch = pin.group() if pin else "torch"
    if switch:
        step("PyTorch for the GPU", [*pip, "--no-deps", "--force-reinstall", exact_torch])
    elif torch == "cpu" and sys.platform == "linux":
        options = ["--no-deps", "--retries=0", "--timeout=15", "--index-url", TORCH_CPU_INDEX]
        try:
            step("PyTorch without GPU libraries", [*pip, *options, exact_torch])
        except NoSpace:
            raise
        except Stop:
            say("  PyTorch's own index does not answer: going on with the default build.")
    pip += ["--constraint", "constraints.txt"]
    step("The build tool", [*pip, "hatchling", "editables"])
    step(
        f"Everything else ({', '.join(extras)})",
        [*pip, "--no-build-isolation", "--editable", f".[{','.join(extras)}]"],
    )


def step(title: str, command: list[str]) -> None:
    """Run one command of the installation, and tell the cause if it fails."""
    say(f"- {title} ...")
    # The lock goes with it: a pip that outlives this program keeps the next one waiting.
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), stderr=subprocess.PIPE, close_fds=False
    )
    if done.returncode == 0:
        return
    words = done.stderr.decode(errors="replace")
    if "No space left" in words or "WinError 112" in words or out_of_space():
        raise NoSpace(NO_SPACE, words)
    if NETWORK_TROUBLE.search(words):
        raise NoNetwork(
            "No network: the packages cannot be fetched, so please connect and run this again.",
            words,
        )
    raise Stop(f"{title}: this step failed, and its own words stand above.", words)


def out_of_space() -> bool:
    """Tell whether a disk that the installation writes to is full."""
    return min(shutil.disk_usage(folder).free for folder in (ROOT, tempfile.gettempdir())) < 50e6


def environment() -> dict[str, str]:
    """Return the variables for a program that runs in .venv, and nowhere else."""
    foreign = ("PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "__PYVENV_LAUNCHER__")
    variables = {name: text for name, text in os.environ.items() if name not in foreign}
    variables["VIRTUAL_ENV"] = str(VENV)
    variables["PATH"] = str(PYTHON.parent) + os.pathsep + variables.get("PATH", "")
    variables["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    # Without it, Python 3.11 and 3.12 under Windows misread a path like C:\\Users\\Jörg in .venv.
    variables["PYTHONUTF8"] = "1"
    return variables


def read_state() -> dict:
    """Return what is noted of .venv; nothing if it was not made here."""
    try:
        return json.loads(STATE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def write_state(state: dict) -> None:
    """Note what .venv holds, so that an interruption leaves the old note or the new one."""
    draft = STATE.with_suffix(".new")
    draft.write_text(json.dumps(state, indent=1), encoding="utf-8")
    draft.replace(STATE)


@contextlib.contextmanager
def one_at_a_time():
    """Keep a second course.py in this folder waiting while the first installs."""
    with open(ROOT / ".course.lock", "w") as handle:
        os.set_inheritable(handle.fileno(), True)
        told = False
        while not locked(handle):
            if not told:
                say("Another installation is at work in this folder: waiting for its end ...")
            told = True
            time.sleep(0.3)
        yield


def locked(handle) -> bool:
    """Take the lock if it is free; it ends with the last process that has the file open."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # A file system without locks must not stop the course.
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


# ---------------------------------------------------------------------------------------------
# What the environment is for


def lab(options: argparse.Namespace, rest: list[str]) -> int:
    """Open the course in JupyterLab (Ctrl-C ends it)."""
    command = [
        "jupyterlab",
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{START}",
        # Tabs of other projects stay out, nothing is fetched, one Ctrl-C is enough.
        f"--LabApp.workspaces_dir={VENV / 'workspaces'}",
        "--LabApp.extension_manager=readonly",
        "--ServerApp.answer_yes=True",
        "--ServerApp.log_level=WARN",
    ]
    if options.no_browser:
        command.append("--no-browser")
    if options.port:
        command += [f"--ServerApp.port={options.port}", "--ServerApp.port_retries=0"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    say("Opening JupyterLab; this window must stay open. Ctrl-C ends it.")
    # JupyterLab asks on its first start whether to fetch news; a setting in .jupyter says no. The
    # other file there keeps explorers' pictures in notebooks that are saved.
    config = os.pathsep.join(
        filter(None, [str(ROOT / ".jupyter"), os.environ.get("JUPYTER_CONFIG_PATH")])
    )
    return hand_over(command, {**environment(), "JUPYTER_CONFIG_PATH": config})


def refuse_taken_port(port: int) -> None:
    """Say at once that a port is taken, before any installation."""
    with socket.socket() as probe:
        if os.name != "nt":  # there, this option would let two programs share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("localhost", port))
        except (OSError, OverflowError) as error:
            raise Stop(
                f"Port {port} cannot be had ({error}): name another, or leave out --port and a "
                "free one is found."
            ) from error


def progress(options: argparse.Namespace, rest: list[str]) -> int:
    """Show how far you have come (--help tells how to export it or begin anew)."""
    # A file that is named in the arguments lies where the user is, and a module there is not ours.
    variables = {**environment(), "PYTHONSAFEPATH": "1"}
    return hand_over(["cnncourse", "progress", *rest], variables, folder=Path.cwd())


def test(options: argparse.Namespace, rest: list[str]) -> int:
    """Run every test, the notebooks included (arguments go to pytest)."""
    return hand_over(["pytest", "--nbval", *rest], one_thread())


def notebooks(options: argparse.Namespace, rest: list[str]) -> int:
    """Run the notebooks again and store their outputs (arguments go to tools/notebooks.py)."""
    return hand_over(["tools.notebooks", *rest], one_thread())


def lint(options: argparse.Namespace, rest: list[str]) -> int:
    """Check style, spelling and types."""
    checks = ("ruff check", "ruff format --check", "codespell_lib", "mypy")
    return run_all([["-m", *check.split()] for check in checks], environment())


def bench(options: argparse.Namespace, rest: list[str]) -> int:
    """Time the code beside its rivals: all of it, or what is named, such as `conv --quick`."""
    scripts = {s.stem[len("bench_") :]: s for s in sorted((ROOT / "benchmarks").glob("bench_*.py"))}
    options_from = next((i for i, word in enumerate(rest) if word.startswith("-")), len(rest))
    names, passed_on = rest[:options_from], rest[options_from:]
    unknown = [name for name in names if name not in scripts]
    if unknown:
        raise Stop(
            f"There is no benchmark of {', '.join(unknown)}; there are benchmarks of "
            f"{', '.join(scripts)}."
        )
    chosen = [script for name, script in scripts.items() if not names or name in names]
    return run_all([[str(script), *passed_on] for script in chosen], one_thread())


def run_all(commands: list[list[str]], variables: dict[str, str]) -> int:
    """Run Python with each of several arguments; return 0 if all went well."""
    worst = 0
    for arguments in commands:
        say(f"- {' '.join(arguments)}")
        done = subprocess.run([PYTHON, *arguments], cwd=ROOT, env=variables)
        worst = max(worst, abs(done.returncode))
    return worst


def lock(options: argparse.Namespace, rest: list[str]) -> int:
    """Write the versions in .venv to constraints.txt."""
    return hand_over(["tools.lock"], environment())


def one_thread() -> dict[str, str]:
    """Return the variables for tests and timings: they must not depend on the number of cores."""
    threads = dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
        "1",
    )
    return {**environment(), **threads, "TF_CPP_MIN_LOG_LEVEL": "3"}


def hand_over(module: list[str], variables: dict[str, str], folder: Path = ROOT) -> int:
    """Run a module in .venv, with `folder` as its place, instead of this program."""
    command = [str(PYTHON), "-m", *module]
    os.chdir(folder)
    if os.name != "nt":
        os.execve(command[0], command, variables)
    # Windows has no exec: wait, and leave Ctrl-C to the program.
    running = subprocess.Popen(command, env=variables)
    while True:
        with contextlib.suppress(KeyboardInterrupt):
            return running.wait()


WORDS = {
    "lab": lab,
    "progress": progress,
    "test": test,
    "notebooks": notebooks,
    "lint": lint,
    "bench": bench,
    "lock": lock,
}

if __name__ == "__main__":
    sys.exit(main())
