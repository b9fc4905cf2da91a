"""A headless Chromium, and a JupyterLab on copies of the notebooks, for this folder's tests."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

# The modules beside this file belong to its tests alone, which are no package.
sys.path.insert(0, str(Path(__file__).parent))
from notebook_page import keep_picture_of_failure

REPOSITORY = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS = {
    # No question about news over the notebook, and every cell in the page, seen or not.
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}


def chromium():
    """Path of a Chromium, or None."""
    asked = os.environ.get("CNNCOURSE_CHROMIUM")
    if asked:
        return asked if Path(asked).exists() else None
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next(filter(None, map(shutil.which, names)), None)
    if found:
        return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.when == "call":
        item.failed_in_call = report.failed
    return report


@pytest.fixture(scope="session")
def browser():
    path = chromium()
    if path is None:
        reason = "no Chromium found: install one, or name it in CNNCOURSE_CHROMIUM"
        if os.environ.get("CNNCOURSE_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser, request, tmp_path):
    """Open pages whose errors and requests are noted; a failed test leaves a picture of each."""
    opened = []

    def new(**options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 960}, **options})
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.requests, page.errors = [], []
        page.on("request", lambda r: page.requests.append(r.url))
        page.on("pageerror", lambda e: page.errors.append(str(e)))
        page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
        opened.append((context, page))
        return page

    yield new
    for number, (context, page) in enumerate(opened):
        keep_picture_of_failure(page, request, tmp_path / f"failure-{number}.png")
        context.close()


@pytest.fixture
def show_explorer(open_page):
    """Open an explorer's own page, with the network blocked, and wait until it has drawn."""

    def opened(explorer, **options):
        page = open_page(**options)
        page.route("**/*", lambda route: route.abort())
        page.set_content(explorer.to_html())
        page.wait_for_function("document.querySelector('[data-cx=spoken]')?.textContent")
        return page

    return opened


class Lab:
    """A JupyterLab of our own: address, key, and the folder it works in."""

    def __init__(self, folder, state):
        self.folder = folder
        self.token = secrets.token_hex(16)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = state / "server.log"
        self.process = self._start(state)

    def _start(self, state):
        for name, values in SETTINGS.items():
            path = state / "settings" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values))
        environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(state / "config"),
            "JUPYTER_DATA_DIR": str(state / "data"),
            "JUPYTER_RUNTIME_DIR": str(state / "runtime"),
            # As `course.py lab` does it: what is saved keeps the explorers' still forms.
            "JUPYTER_CONFIG_PATH": str(REPOSITORY / ".jupyter"),
            "JUPYTERLAB_SETTINGS_DIR": str(state / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(state / "workspaces"),
            "IPYTHONDIR": str(state / "ipython"),
            "JUPYTER_TOKEN": self.token,
            # What its learners do is kept from kernel to kernel, and thrown away at the end.
            "CNNCOURSE_DATA": str(state / "progress"),
            # The kernels import the package under test, installed or not.
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]),
        }
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser"),
            *("--ip=127.0.0.1", f"--port={self.port}", "--ServerApp.port_retries=0"),
            f"--ServerApp.root_dir={self.folder}",
            "--LabApp.expose_app_in_browser=True",
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--allow-root")
        with self.log.open("w") as log:
            return subprocess.Popen(
                command, env=environment, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT
            )

    def call(self, path, method="GET"):
        request = urllib.request.Request(
            f"{self.address}/api/{path}",
            method=method,
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def wait(self, seconds=90):
        """Return when the server answers; fail with its log if it ends or stays silent."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                return self.call("status")
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)  # between two questions to a server that has no way to tell
        raise RuntimeError(f"JupyterLab did not start:\n{self.log.read_text()[-3000:]}")

    def stop(self):
        """End the kernels through their server, then the server by its own process."""
        try:
            for kernel in self.call("kernels"):
                self.call(f"kernels/{kernel['id']}", method="DELETE")
        except (urllib.error.URLError, OSError):
            pass  # a server that is gone has taken its kernels along
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=10)


@pytest.fixture(scope="session")
def lab(browser, tmp_path_factory):
    """A running JupyterLab whose folder holds copies of the course's notebooks."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(REPOSITORY / "notebooks", folder / "notebooks")
    server = Lab(folder, tmp_path_factory.mktemp("lab"))
    try:
        server.wait()
        yield server
    finally:
        server.stop()
