"""What the processor is slow at, so that numpy goes round it."""

from __future__ import annotations

from pathlib import Path

# What numpy (2.4 and later) calls its loops for AVX-512.
NUMPY_WITHOUT_AVX512 = "X86_V4 AVX512_ICL"
_CPUINFO = Path("/proc/cpuinfo")
# The first processor is described within so many characters; all are alike.
_ENOUGH = 4096


def is_slow_at_avx512(described: str | None = None) -> bool:
    """Whether numpy sorts faster without AVX-512 here: on AMD's Zen 4, five times.

    There the instruction its sorting rests on (vpcompressq to memory) is carried out lane by lane;
    measured with numpy 2.4. Of its family, 25, Zen 4 alone has AVX-512. `described` is what Linux
    tells of the processor; elsewhere nothing is known.
    """
    told = _told() if described is None else described
    first = told.split("\n\n", 1)[0]
    facts = {
        name.strip(): value.strip()
        for name, _, value in (line.partition(":") for line in first.splitlines())
    }
    is_family = facts.get("vendor_id") == "AuthenticAMD" and facts.get("cpu family") == "25"
    return is_family and "avx512f" in facts.get("flags", "").split()


def _told() -> str:
    try:
        with _CPUINFO.open(encoding="ascii", errors="replace") as file:
            return file.read(_ENOUGH)
    except OSError:
        return ""
