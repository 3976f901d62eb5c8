"""Settings, urls, the list of installed parts, the command line: the one place that knows all."""

import os

# Before numpy is first loaded. Its matrices here are small: a second thread only waits for them,
# and where another process has the other core, both wait several times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
