"""Run the notebooks and store their outputs in one form, the same on every run.

    python3 course.py notebooks            run and store all
    python3 course.py notebooks 01         run and store those whose name starts so
    python3 course.py notebooks --check    run all, store nothing, tell which would change

A stored notebook holds what a reader sees without running it: text and pictures. Execution counts
go from 1 on, times and versions are left out, and a widget leaves its picture, not its identifier
(which no other session knows).
"""

import argparse
import copy
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from cnncourse.frameworks.present import HOW_TO_INSTALL, has_tensorflow

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
WIDGET = "application/vnd.jupyter.widget-view+json"
# Of a cell's metadata: its role, and whether its output is folded (in the two ways of saying it).
KEPT = ("tags", "jupyter", "collapsed")
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def normalised_output(output):
    """`output` with no widget identifier and no execution count of its own."""
    if "data" in output:
        output.data.pop(WIDGET, None)
    return output


def merged_streams(outputs):
    """`outputs` with neighbouring pieces of one stream joined, however the kernel cut them."""
    merged = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == "stream" == last.output_type and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def normalise(notebook):
    """Bring an executed notebook to its stored form, in place."""
    notebook.metadata = {
        **{k: v for k, v in notebook.metadata.items() if k == "cnncourse"},
        "kernelspec": KERNEL,
        "language_info": {"name": "python"},
    }
    count = 0
    for cell in notebook.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in KEPT}
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        cell.outputs = merged_streams([normalised_output(o) for o in cell.outputs])
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    return notebook


def wants_tensorflow(path):
    """Tell whether outputs of the notebook at `path` would be others than with TensorFlow."""
    if has_tensorflow():
        return False
    cells = nbformat.read(path, as_version=4).cells
    return any("tensorflow" in cell.metadata.get("tags", []) for cell in cells)


def run(path):
    """The text of the notebook at `path` after running it from its first cell to its last."""
    os.environ["CNNCOURSE_DATA"] = "off"  # the author's own progress is not what readers see
    notebook = copy.deepcopy(nbformat.read(path, as_version=4))
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        store_widget_state=False,
    )
    client.execute()
    return nbformat.writes(normalise(notebook)) + "\n"


def main(arguments=None):
    """Run the notebooks that the command line names; return the exit code."""
    parser = argparse.ArgumentParser(description="Run the notebooks and store their outputs.")
    parser.add_argument("names", nargs="*", help="beginnings of file names, such as 01")
    parser.add_argument("--check", action="store_true", help="store nothing; fail if one changes")
    parser.add_argument("--folder", type=Path, default=NOTEBOOKS, help="where the notebooks are")
    options = parser.parse_args(arguments)
    chosen = [
        path
        for path in sorted(options.folder.glob("*.ipynb"))
        if not options.names or path.name.startswith(tuple(options.names))
    ]
    if not chosen:
        parser.error(f"no notebook in {options.folder} starts with {' or '.join(options.names)}")
    changed = 0
    for path in chosen:
        if wants_tensorflow(path):
            install = HOW_TO_INSTALL.replace(" lab ", " notebooks ")
            print(f"{path.name}: left as it is, since TensorFlow is missing: {install}", flush=True)
            continue
        text = run(path)
        differs = text != path.read_text(encoding="utf-8")
        changed += differs
        if differs and not options.check:
            path.write_text(text, encoding="utf-8")
        verb = "would change" if options.check else "stored"
        print(f"{path.name}: {verb if differs else 'unchanged'}", flush=True)
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
