"""Where the records lie."""

from __future__ import annotations

from cnncourse._folder import VARIABLE, data_folder
from cnncourse.records.recorder import Recorder

__all__ = ["VARIABLE", "recorder_for"]


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
    try:
        return Recorder(data_folder(setting))
    except Exception as error:  # no home folder, no platformdirs, a name no file can have
        return Recorder(
            None,
            "No folder for the records can be found, so they are kept in memory only "
            f"({type(error).__name__}: {error}).",
        )
