"""What is known of processors from what Linux tells of them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from weilu.config.processor import NUMPY_WITHOUT_AVX512, is_slow_at_avx512


def told(vendor: str, family: int, flags: str) -> str:
    """Two processors as /proc/cpuinfo has them."""
    one = f"processor\t: 0\nvendor_id\t: {vendor}\ncpu family\t: {family}\nflags\t\t: {flags}\n"
    return f"{one}\n{one}"


@pytest.mark.parametrize(
    ("described", "is_slow"),
    [
        (told("AuthenticAMD", 25, "fpu avx2 avx512f avx512dq"), True),  # Zen 4
        (told("AuthenticAMD", 25, "fpu avx2"), False),  # Zen 3
        (told("AuthenticAMD", 26, "fpu avx2 avx512f"), False),  # Zen 5
        (told("GenuineIntel", 6, "fpu avx2 avx512f"), False),
        ("processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd\n", False),
        ("", False),
    ],
)
def test_only_zen_4_goes_round_avx512(described: str, *, is_slow: bool) -> None:
    assert is_slow_at_avx512(described) is is_slow


def test_the_installed_numpy_knows_what_is_left_out() -> None:
    env = {**os.environ, "NPY_DISABLE_CPU_FEATURES": NUMPY_WITHOUT_AVX512}
    # numpy only warns where a processor lacks what it is to leave out, or its name is another.
    loaded = "import numpy._core._multiarray_umath as u; print(*u.__cpu_dispatch__)"
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", loaded], env=env, capture_output=True, text=True, check=True
    )
    is_x86 = "X86_V3" in done.stdout
    assert not is_x86 or set(NUMPY_WITHOUT_AVX512.split()) <= set(done.stdout.split())
