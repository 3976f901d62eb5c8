"""When Python's collector looks."""

from __future__ import annotations

import gc

from weilu.core.garbage import collect_seldom


def test_what_is_loaded_is_left_out_and_what_is_new_looked_at_seldom() -> None:
    before, enabled = gc.get_threshold(), gc.isenabled()
    try:
        gc.disable()
        collect_seldom()
        assert gc.isenabled()
        assert gc.get_threshold() == (50_000, *before[1:])
        assert gc.get_freeze_count() > 0
        assert len(gc.get_objects()) < 1000
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
        if not enabled:
            gc.disable()
