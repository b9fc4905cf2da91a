"""What JupyterLab does when the course is opened with `course.py lab`."""

import warnings

# Jupyter reads this file twice, and would warn that the hook is set twice.
warnings.filterwarnings("ignore", message="Overriding existing pre_save_hook")

WIDGET = "application/vnd.jupyter.widget-view+json"


def keep_pictures(model, **_):
    """Leave the identifier of a widget that has a still form out of the notebook that is saved.

    Another session does not know the identifier: it would show an error in place of the picture
    or the page.
    """
    if model["type"] != "notebook" or model["content"]["nbformat"] != 4:
        return
    for cell in model["content"]["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data or "text/html" in data:
                data.pop(WIDGET, None)


c.FileContentsManager.pre_save_hook = keep_pictures  # noqa: F821 - Jupyter gives `c`
