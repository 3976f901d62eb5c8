"""Settings, urls, the list of installed parts, the command line: the one place that knows all."""

import os

from weilu.config.processor import NUMPY_WITHOUT_AVX512, is_slow_at_avx512

# Before numpy is first loaded. Its matrices here are small: a second thread only waits for them,
# and where another process has the other core, both wait several times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
if is_slow_at_avx512():
    os.environ.setdefault("NPY_DISABLE_CPU_FEATURES", NUMPY_WITHOUT_AVX512)
