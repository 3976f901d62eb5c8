"""Python's collector of garbage in processes for which a message waits.

A full collection walks every object there is, a tenth of a second and more with all models and
dictionaries loaded, and comes when it likes. Hardly anything here is garbage that only it finds: a
few objects a batch (measured), the rest is freed as soon as nobody holds it.
"""

from __future__ import annotations

import gc

# An import makes tens of thousands of objects at a time and frees them again: looked at every 700,
# as Python does, they cost a tenth of its time.
_OBJECTS = 50_000


def spare_what_is_loaded() -> None:
    """Leave everything that is there out of later collections: it stays anyway."""
    gc.collect()
    gc.freeze()


def collect_seldom() -> None:
    """Leave out what is there, and look at what is new seldom: for work in batches."""
    gc.freeze()
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
    gc.enable()


def take_over() -> None:
    """From now on nothing is collected but by `tidy`, in moments of one's own choice."""
    spare_what_is_loaded()
    gc.disable()


def tidy() -> None:
    """Collect what has become garbage since the last time, and spare the rest from the next."""
    spare_what_is_loaded()
