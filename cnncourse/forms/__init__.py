"""Forms that ask something in a notebook cell, operable by the keyboard alone."""

from cnncourse.forms.base import Form, Reply
from cnncourse.forms.fields import Cells, Choice, Field, Number
from cnncourse.forms.values import read_cells, read_number

__all__ = [
    "Cells",
    "Choice",
    "Field",
    "Form",
    "Number",
    "Reply",
    "read_cells",
    "read_number",
]
