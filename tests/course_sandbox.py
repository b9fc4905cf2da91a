"""A small course in a folder of its own, and a package index on this machine to install it from.

Real Python, venv and pip; only the packages are small: each fake tool prints, as one line of JSON,
how it was called. Nothing outside this machine is asked, PyTorch's index least of all.
"""

import base64
import hashlib
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

COURSE = Path(__file__).resolve().parent.parent / "course.py"
CLOSED = "http://127.0.0.1:9"  # the discard port: nothing listens there

PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "cnncourse"
"""
CONSTRAINTS = "editables==0.6\nhatchling==1.0\njupyterlab==4.0\npytest==9.0\ntorch==2.0\n"
TOOL = """\
import json, os, sys
print(json.dumps({"argv": sys.argv[1:], "cwd": os.getcwd(), "env": dict(os.environ)}))
sys.exit(int(os.environ.get("EXIT_CODE", "0")))
"""
CHECKER = """\
import os, sys
name = os.path.basename(os.path.dirname(__file__))
print(name, *sys.argv[1:])
sys.exit(name == os.environ.get("FAILS"))
"""
# Stands in for hatchling: an editable wheel with the extras of pyproject.toml's real namesake.
BACKEND = """\
import os, sys
sys.path.insert(0, os.path.dirname(__file__))
from wheels import write_wheel
EXTRAS = ["jupyterlab; extra == 'lab'", "torch; extra == 'torch'", "pytest; extra == 'dev'"]
EXTRAS += ["hatchling; extra == 'mnist'"]
EXTRAS += [f"{name}; extra == 'dev'" for name in ("ruff", "codespell_lib", "mypy")]
def build_editable(folder, config_settings=None, metadata_directory=None):
    return write_wheel(folder, "cnncourse", "0.1", {"cnncourse.pth": os.getcwd()}, EXTRAS)
"""


def write_wheel(folder, name, version, files, requires=()):
    """Write a wheel of text files; return its file name."""
    info = f"{name}-{version}.dist-info"
    extras = sorted({r.split("'")[1] for r in requires})
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    metadata += [f"Provides-Extra: {extra}" for extra in extras]
    metadata += [f"Requires-Dist: {requirement}" for requirement in requires]
    members = {
        **files,
        f"{info}/METADATA": "\n".join(metadata) + "\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = []
    for path, text in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
        record.append(f"{path},sha256={digest.rstrip('=')},{len(text.encode())}")
    members[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,"]) + "\n"
    file_name = f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, file_name), "w") as archive:
        for path, text in members.items():
            archive.writestr(path, text)
    return file_name


class Index:
    """A package index on a free port of this machine.

    `asked` lists the paths asked for; a file whose name begins with `stall` waits for `release`.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.asked = []
        self.stall = None
        self.stalled, self.release = threading.Event(), threading.Event()
        source = Path(__file__).read_text(encoding="utf-8")
        writer = source[source.index("def write_wheel") : source.index("class Index")]
        helper = "import base64, hashlib, os, zipfile\n" + writer
        tool = {"__init__.py": "", "__main__.py": TOOL}
        self.add("hatchling", "1.0", {"__init__.py": "", "build.py": BACKEND, "wheels.py": helper})
        self.add("editables", "0.6", {"__init__.py": ""})
        self.add("torch", "2.0", {"__init__.py": ""})
        self.add("jupyterlab", "4.0", tool)
        self.add("jupyterlab", "4.1", tool)
        for checker in ("ruff", "codespell_lib", "mypy"):
            self.add(checker, "1.0", {**tool, "__main__.py": CHECKER})
        self.add("pytest", "9.0", tool)
        handler = type("Handler", (Handler,), {"index": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/simple/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def add(self, name, version, files):
        files = {f"{name}/{path}": text for path, text in files.items()}
        write_wheel(self.folder, name, version, files)

    def stall_on(self, name):
        self.stall = name
        self.stalled.clear()
        self.release.clear()

    def let_go(self):
        self.stall = None
        self.release.set()

    def close(self):
        self.let_go()
        self.server.shutdown()
        self.server.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers `/simple/NAME/` with links to NAME's wheels, and `/NAME-1.0....whl` with one."""

    index: Index

    def do_GET(self):
        self.index.asked.append(self.path)
        simple = re.fullmatch("/simple/([^/]+)/", self.path)
        if simple:
            wheels = sorted(self.index.folder.glob(f"{simple[1].replace('-', '_')}-*.whl"))
            page = "".join(f'<a href="/{wheel.name}">{wheel.name}</a>\n' for wheel in wheels)
            return self.answer(page.encode(), "text/html") if wheels else self.send_error(404)
        wheel = self.index.folder / self.path.lstrip("/")
        if not wheel.is_file():
            return self.send_error(404)
        if self.index.stall and wheel.name.startswith(self.index.stall):
            self.index.stalled.set()
            self.index.release.wait(60)
        return self.answer(wheel.read_bytes(), "application/octet-stream")

    def answer(self, body, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass  # the asker was killed, as planned

    def log_message(self, *_):
        pass


class Sandbox:
    """A copy of course.py with a small project around it."""

    def __init__(self, folder, index, home):
        self.folder, self.index = Path(folder), index
        self.folder.mkdir(parents=True)
        shutil.copy(COURSE, self.folder)
        (self.folder / "pyproject.toml").write_text(PYPROJECT)
        (self.folder / "constraints.txt").write_text(CONSTRAINTS)
        foreign = ("PIP_", "PYTHON", "JUPYTER_", "VIRTUAL_ENV", "http_proxy", "https_proxy")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        self.env |= {
            "HOME": str(home),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": index.url,
            "PIP_RETRIES": "1",
            "HTTPS_PROXY": CLOSED,  # PyTorch's own index is out of reach
            "HTTP_PROXY": "",
            "NO_PROXY": "127.0.0.1",
        }

    @property
    def venv(self):
        return self.folder / ".venv"

    @property
    def python(self):
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def note(self):
        return self.venv / ".cnncourse.json"

    def pin(self, old, new):
        path = self.folder / "constraints.txt"
        path.write_text(path.read_text().replace(old, new))

    def start(self, *arguments, python=sys.executable, **env):
        return subprocess.Popen(
            [python, str(self.folder / "course.py"), *arguments],
            env=self.env | env,
            cwd=self.folder.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )

    def run(self, *arguments, python=sys.executable, **env):
        running = self.start(*arguments, python=python, **env)
        out, err = running.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, running.returncode, out, err)

    def stop_midway(self, *arguments, at, sign):
        """Run until `at` is being fetched; then send `sign` to all its processes."""
        self.index.stall_on(at)
        running = self.start(*arguments)
        assert self.index.stalled.wait(60)
        os.killpg(running.pid, sign)
        out, err = running.communicate(timeout=30)
        self.index.let_go()
        return subprocess.CompletedProcess(arguments, running.returncode, out, err)


def call(done):
    """How the tool that course.py handed over to was called."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
