"""The command line: `cnncourse progress`, `cnncourse explain` and so on. Arguments only.

Exit codes: 0, all went well; 1, something did not, told in a sentence; 2, no such argument.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments and do what they ask for.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line by default.

    Returns
    -------
    code : int
        For the shell.

    Examples
    --------
    >>> main(["progress", "--where"])
    Your progress is kept in memory only (CNNCOURSE_DATA=off).
    0
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console may lack some of the signs
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    try:
        code = options.action(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (Failure, OSError) as error:
        print(f"cnncourse: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\ncnncourse: stopped", file=sys.stderr)
    return 1


class Failure(Exception):
    """Something did not work, told in one sentence."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cnncourse", description="A course on convolutional neural networks."
    )
    words = parser.add_subparsers(dest="word", required=True, metavar="WORD")
    about = "Show what is done, the points, the minutes and what to do next."
    progress = words.add_parser("progress", help=about, description=about, allow_abbrev=False)
    one = progress.add_mutually_exclusive_group()
    one.add_argument("--export", metavar="FILE", help="write all records to a new JSON file, or -")
    one.add_argument("--reset", action="store_true", help="begin anew; a copy is kept")
    one.add_argument("--where", action="store_true", help="print the folder of the records")
    progress.add_argument("--yes", action="store_true", help="with --reset: do not ask")
    progress.set_defaults(action=_progress, parser=progress)
    about = "Print the table of exercises with the mistakes that their checks recognise."
    exercises = words.add_parser("exercises", help=about, description=about, allow_abbrev=False)
    exercises.add_argument(
        "--check", action="store_true", help="print the faults only, not the table"
    )
    exercises.set_defaults(action=_exercises)
    about = "Explain a layer of Keras or PyTorch, and write it for the other one."
    explain = words.add_parser("explain", help=about, description=about, allow_abbrev=False)
    explain.add_argument(
        "layer",
        nargs="+",
        metavar="LAYER",
        help='such as "Conv2D(32, 3, strides=2)"; several, or joined by ->, are a chain',
    )
    explain.add_argument(
        "--input",
        metavar="SHAPE",
        help="without the batch: 28x28x1 for Keras, 1x28x28 for PyTorch",
    )
    explain.set_defaults(action=_explain)
    return parser


def _progress(options: argparse.Namespace) -> int:
    if options.yes and not options.reset:
        options.parser.error("--yes goes with --reset")
    if options.where:
        return _where()
    if options.export is not None:
        return _export(options.export)
    if options.reset:
        return _reset(options.yes)
    from cnncourse import records
    from cnncourse.progress import show_progress

    records.flush(records.LONG_PATIENCE)  # nobody waits with a notebook: a slow disk has time
    print(show_progress())
    return 0


def _where() -> int:
    from cnncourse import records

    status = records.status()
    if status.folder is None:
        if status.problem:
            raise Failure(status.problem)
        print("Your progress is kept in memory only (CNNCOURSE_DATA=off).")
    else:
        print(status.folder)
    return 0


def _everything() -> dict[str, Any]:
    """Give all records as an export, and tell what is wrong with them."""
    from cnncourse import records
    from cnncourse.progress import read_course
    from cnncourse.progress.export import export

    events = records.everything()
    problem = records.status().problem
    if problem:
        print(f"cnncourse: {problem}", file=sys.stderr)
    return export(events, read_course(), datetime.now(UTC))


def _export(name: str) -> int:
    from cnncourse.progress.export import as_text, write_new

    content = _everything()
    if name == "-":
        sys.stdout.write(as_text(content))
        return 0
    path = Path(name)
    try:
        write_new(path, as_text(content))
    except FileExistsError:
        raise Failure(f"{path} exists already and is left as it is: please name another.") from None
    print(f"{len(content['events'])} records written to {path}.")
    return 0


def _reset(agreed: bool) -> int:
    from cnncourse import records
    from cnncourse.progress.export import copy_in, keep_copy_and_reset

    content = _everything()
    folder = records.status().folder
    if folder is None:
        raise Failure("there is nothing to reset: progress is kept in memory only.")
    if not content["events"]:
        print("There is nothing to reset.")
        return 0
    copy = copy_in(folder, content)
    print(
        f"Your progress will begin anew: points, hints, predictions and minutes count from zero.\n"
        f"A copy of all {len(content['events'])} records will be kept in {copy}."
    )
    if not agreed and not _agrees(sys.stdin):
        print("Nothing was changed.")
        return 1
    keep_copy_and_reset(copy, content)
    print("Done.")
    return 0


def _agrees(terminal: TextIO) -> bool:
    """Ask on the terminal."""
    if not terminal.isatty():
        raise Failure("there is no terminal to ask on: add --yes if you mean it.")
    print("Go on? [y/N] ", end="", flush=True)
    return terminal.readline().strip().lower() in ("y", "yes")


def _exercises(options: argparse.Namespace) -> int:
    from cnncourse.exercises.catalogue import faults, table

    if not sys.stdout.isatty() and isinstance(sys.stdout, io.TextIOWrapper):
        # Whatever the system's own encoding and line ends are: the file is the same everywhere.
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    if not options.check:
        print(table())
    found = faults()
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


def _explain(options: argparse.Namespace) -> int:
    from cnncourse.frameworks.explaining import explain_layer
    from cnncourse.frameworks.signatures import LayerTextError

    try:
        print(explain_layer(" -> ".join(options.layer), options.input))
    except LayerTextError as error:
        raise Failure(str(error)) from None
    return 0
