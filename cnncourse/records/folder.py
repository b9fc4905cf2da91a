"""Where the records lie."""

from __future__ import annotations

import os
from pathlib import Path

from cnncourse.records.recorder import Recorder

VARIABLE = "CNNCOURSE_DATA"
"""Environment variable that names another folder, or says "off"."""


def recorder_for(setting: str) -> Recorder:
    """Make the recorder that `setting`, the value of the environment variable, asks for.

    Parameters
    ----------
    setting : str
        A folder; "off" for this process's memory; "" for the platform's folder for a user's data.

    Examples
    --------
    >>> recorder_for("off").folder is None
    True
    """
    if setting.strip().lower() == "off":
        return Recorder(None)
    try:
        if setting.strip():
            folder = Path(os.path.abspath(Path(setting).expanduser()))
        else:
            from platformdirs import user_data_path

            folder = user_data_path("cnncourse", appauthor=False)
    except Exception as error:  # no home folder, no platformdirs, a name no file can have
        return Recorder(
            None,
            "No folder for the records can be found, so they are kept in memory only "
            f"({type(error).__name__}: {error}).",
        )
    return Recorder(folder)
