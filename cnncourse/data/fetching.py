"""A file from the network: fetched once, checked by its hash, kept; what is half there goes on.

pooch checks the hash and puts the file in its place; the transfer itself is done here, since it
shall show how far it is and continue where it was cut off.
"""

from __future__ import annotations

import hashlib
import os
from importlib import import_module
from pathlib import Path
from typing import Any

from cnncourse.data.bars import Bar

CHUNK = 1 << 14  # bytes; of a transfer cut off, less than this is lost
TIMEOUT = 20.0  # seconds without an answer


class NotFetched(OSError):
    """A file is not here, and could not be got from the network."""


def fetched(url: str, sha256: str, path: Path, advice: str) -> Path:
    """Return `path`, after fetching the file if it is not there.

    Parameters
    ----------
    url : str
        Where to get it.
    sha256 : str
        Its hash, in hexadecimal digits.
    path : Path
        Where to keep it; folders are made as needed. Beside it lies, after a transfer was cut off,
        ``path`` with ".part" behind its name.
    advice : str
        Sentence for who has no network.

    Raises
    ------
    NotFetched
        If it cannot be fetched: no network, no pooch, no place to write to.
    ValueError
        If the file that is there, or that was fetched, has another hash. One that was there is
        left as it is.
    """
    by_hand = f"By hand: get {url}, and save it as {path}. {advice}"
    if path.exists():
        if _hash(path) == sha256:
            return path
        raise ValueError(
            f"{path} is not the file expected: its sha256 must be {sha256}. "
            f"It is left as it is; move it away, or name another folder. {by_hand}"
        )
    try:
        pooch = import_module("pooch")
    except ImportError:
        raise NotFetched(
            f'To fetch {path.name}, pooch is needed: pip install "cnncourse[mnist]". {by_hand}'
        ) from None
    unreachable = import_module("requests").exceptions.RequestException
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel("ERROR")  # the bar says what goes on
    try:
        pooch.retrieve(
            url, f"sha256:{sha256}", fname=path.name, path=path.parent, downloader=_transfer
        )
    except unreachable as error:
        raise NotFetched(
            f"{path.name} could not be fetched ({type(error).__name__}). {by_hand}"
        ) from error
    except OSError as error:
        raise NotFetched(f"{path} could not be written ({error}). {by_hand}") from error
    finally:
        logger.setLevel(level)
    return path


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _transfer(url: str, target: str, pooch: Any) -> None:
    """Fetch `url` into a ".part" file, from where that ends; when it is whole, move it to `target`.

    It lies in the folder of `target`, which pooch names anew each time.
    """
    requests = import_module("requests")
    part = Path(target).parent / f"{url.rsplit('/', 1)[-1]}.part"
    have = part.stat().st_size if part.exists() else 0
    ask = {"Range": f"bytes={have}-"} if have else {}
    # Compressed on the way, the bytes would not be those of the file.
    headers = {"Accept-Encoding": "identity", **ask}
    with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as answer:
        if answer.status_code == 416:  # nothing behind what is here: begin anew
            part.unlink()
            return _transfer(url, target, pooch)
        answer.raise_for_status()
        have = have if answer.status_code == 206 else 0
        length = have + int(answer.headers.get("Content-Length", 0))
        with (
            part.open("ab" if have else "wb") as file,
            Bar(f"Fetching {part.stem}", length) as bar,
        ):
            for piece in answer.iter_content(CHUNK):
                file.write(piece)
                have += len(piece)
                bar.update(have, f"{have / 1e6:.1f} MB")
    if have < length:
        raise requests.exceptions.ConnectionError(f"{have} of {length} bytes came")
    os.replace(part, target)
