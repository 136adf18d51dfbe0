"""Tests. There is a worker a core: threads of BLAS would only wait for each other."""

import os

# Before NumPy is loaded, and for processes that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
