"""All of MNIST: fetched from a server on this machine, checked, kept; and without a network."""

import hashlib
import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module

import numpy as np
import pytest

from cnncourse import data
from cnncourse.data.fetching import NotFetched

MODULE = import_module("cnncourse.data.mnist")


def packed():
    """A file of the same form, with few images."""
    random, made = np.random.default_rng(0), io.BytesIO()
    train, test = (random.integers(0, 256, (n, 28, 28), dtype=np.uint8) for n in (60, 10))
    labels = [np.arange(n, dtype=np.uint8) % 10 for n in (60, 10)]
    np.savez(made, x_train=train, y_train=labels[0], x_test=test, y_test=labels[1])
    return made.getvalue()


CONTENT = packed()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        ranges = self.headers.get("Range")
        server.asked.append(ranges)
        start = int(ranges.removeprefix("bytes=").removesuffix("-")) if ranges else 0
        if server.missing:
            return self.send_error(404)
        if ranges and server.resumes and start >= len(server.content):
            return self.send_error(416)
        start = start if server.resumes else 0
        body = server.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: server.cut_after])

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.content, running.cut_after, running.resumes = CONTENT, None, True
        running.missing, running.asked = False, []
        threading.Thread(target=running.serve_forever, daemon=True).start()
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setattr(MODULE, "URL", f"http://127.0.0.1:{running.server_port}/mnist.npz")
        monkeypatch.setattr(MODULE, "SHA256", hashlib.sha256(CONTENT).hexdigest())
        yield running
        running.shutdown()


@pytest.fixture
def pooch():
    return pytest.importorskip("pooch")


def check(images, labels):
    assert images.shape == (70, 28, 28) and images.dtype == np.uint8
    with np.load(io.BytesIO(CONTENT)) as stored:
        assert np.array_equal(images[:60], stored["x_train"])
        assert np.array_equal(images[60:], stored["x_test"])
    assert labels.tolist() == [*(list(range(10)) * 7)]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_it_is_fetched_once_and_kept(server, pooch, tmp_path):
    folder = tmp_path / "new" / "folder"
    check(*data.mnist(folder))
    check(*data.mnist(str(folder)))
    assert server.asked == [None]
    assert names(folder) == ["mnist.npz"]


def test_the_cache_folder_is_the_user_s(server, pooch, tmp_path, monkeypatch):
    import platformdirs

    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name, appauthor: tmp_path / name)
    check(*data.mnist())
    assert names(tmp_path / "cnncourse") == ["mnist.npz"]


@pytest.mark.parametrize("resumes", [True, False])
def test_a_transfer_that_was_cut_off_goes_on(resumes, server, pooch, tmp_path):
    server.cut_after, server.resumes = 20_000, resumes
    with pytest.raises(NotFetched, match=r"mnist\.npz could not be fetched"):
        data.mnist(tmp_path)
    assert names(tmp_path) == ["mnist.npz.part"]
    part = (tmp_path / "mnist.npz.part").read_bytes()
    assert 4_000 < len(part) <= 20_000 and CONTENT.startswith(part)
    server.cut_after = None
    check(*data.mnist(tmp_path))
    assert server.asked == [None, f"bytes={len(part)}-"]
    assert names(tmp_path) == ["mnist.npz"]


def test_a_part_that_is_too_long_begins_anew(server, pooch, tmp_path):
    (tmp_path / "mnist.npz.part").write_bytes(CONTENT + b"more")
    check(*data.mnist(tmp_path))
    assert server.asked == [f"bytes={len(CONTENT) + 4}-", None]


def test_another_file_from_the_network_is_not_kept(server, pooch, tmp_path):
    server.content = CONTENT[:-1] + b"?"
    with pytest.raises(ValueError, match="hash"):
        data.mnist(tmp_path)
    assert names(tmp_path) == []
    server.content = CONTENT
    check(*data.mnist(tmp_path))


def test_another_file_in_its_place_is_left_alone(server, tmp_path):
    (tmp_path / "mnist.npz").write_bytes(b"mine")
    with pytest.raises(ValueError, match="is not the file expected") as raised:
        data.mnist(tmp_path)
    assert (tmp_path / "mnist.npz").read_bytes() == b"mine"
    assert "mnist_5k()" in str(raised.value)
    assert server.asked == []


def says_how(error, folder):
    text = str(error)
    assert MODULE.URL in text and str(folder / "mnist.npz") in text and "mnist_5k()" in text


@pytest.mark.parametrize("fault", ["offline", "missing"])
def test_without_a_network_it_says_what_to_do(fault, server, pooch, tmp_path, monkeypatch):
    server.missing = True
    if fault == "offline":  # port 9 of this machine: nobody answers
        monkeypatch.setattr(MODULE, "URL", "http://127.0.0.1:9/mnist.npz")
    with pytest.raises(NotFetched) as raised:
        data.mnist(tmp_path)
    says_how(raised.value, tmp_path)


def test_a_folder_that_is_none_is_said(server, pooch, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(NotFetched, match="could not be written"):
        data.mnist(tmp_path / "file" / "folder")
    with pytest.raises(TypeError, match="folder must be"):
        data.mnist(3)


def test_without_pooch_a_file_put_there_by_hand_will_do(server, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pooch", None)
    with pytest.raises(NotFetched, match="pooch is needed") as raised:
        data.mnist(tmp_path)
    says_how(raised.value, tmp_path)
    (tmp_path / "mnist.npz").write_bytes(CONTENT)
    check(*data.mnist(tmp_path))
    assert server.asked == []


def test_its_source_is_keras_s_file():
    assert MODULE.URL.startswith("https://") and MODULE.URL.endswith("/mnist.npz")
    assert len(bytes.fromhex(MODULE.SHA256)) == 32
