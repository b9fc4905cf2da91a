"""cnncourse: a course on convolutional neural networks, to run, play with and be checked by.

The submodules are imported one by one (``from cnncourse import conv``), so that a program that
needs only the mathematics loads neither matplotlib nor ipywidgets nor a deep-learning framework.
"""

__version__ = "0.1.0"
