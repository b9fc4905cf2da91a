"""The folder for what a learner makes: records of the work done, drawings."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "CNNCOURSE_DATA"
"""Environment variable that names another folder, or says "off"."""


def data_folder(setting: str) -> Path | None:
    """Return the folder that `setting`, the value of the environment variable, asks for.

    Parameters
    ----------
    setting : str
        A folder; "off" for none, so that nothing outlives the process; "" for the platform's folder
        for a user's data. It need not exist yet.

    Returns
    -------
    Path or None

    Raises
    ------
    Exception
        If there is no home folder, no platformdirs, or no file can have such a name.

    Examples
    --------
    >>> data_folder(" OFF ") is None
    True
    """
    if setting.strip().lower() == "off":
        return None
    if setting.strip():
        return Path(os.path.abspath(Path(setting).expanduser()))
    from platformdirs import user_data_path

    return user_data_path("cnncourse", appauthor=False)
