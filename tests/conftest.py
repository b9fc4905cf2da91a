"""Settings for all tests: one thread for each library, no deadline for a single random example."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# As the course sets it before it loads TensorFlow, whichever test is the first to load it.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

from hypothesis import settings

# A busy machine must not fail a right answer; on a CI server hypothesis derandomises by itself.
settings.register_profile("course", settings.default, deadline=None)
settings.load_profile("course")
