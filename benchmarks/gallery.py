"""How quick a gallery of thousands is: opening it with its index, searching, scrolling.

Run as ``python -m benchmarks.gallery [--pictures N]``, with a display (``xvfb-run`` gives one).
Opening with the index is measured beside reading the metadata of every picture, in two ways:
from the beginning of each file, as a lost index is made anew, and with the pixels, as a picture
is opened. Scrolling is judged by the longest single callback of Tk's event loop.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import timeit
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from app.gallery import Gallery
from app.pictures.picture_file import peek_metadata, read_metadata, save_picture
from app.pictures.picture_metadata import PictureMetadata
from app.ui.gallery.thumbnail_grid import ThumbnailGrid
from app.ui.toolkit.background import BackgroundRunner
from models.request import DrawRequest

_SENTENCES = (
    "a small red bird with black wings",
    "this is a blue bird with a white belly",
    "a bright yellow bird with a black head",
)
_KINDS = 24  # different pictures, of which all others are copies
_SIDE = 512  # pixels
_RUNS = 5
_SCROLLED = 400  # turns of the mouse wheel
_DONT_WAIT = 2  # Tk's flag: handle one event that is there, wait for none


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the gallery.")
    parser.add_argument("--pictures", type=int, default=3000, metavar="N")
    options = parser.parse_args()
    try:
        root = tk.Tk()
    except tk.TclError as error:
        sys.exit(f"There is no display ({error}): run this under Xvfb, for example with xvfb-run.")
    with tempfile.TemporaryDirectory() as folder:
        _fill(Path(folder), options.pictures)
        _measure_opening(Path(folder))
        _measure_scrolling(root, Path(folder))
    return 0


def _fill(folder: Path, count: int) -> None:
    """Write pictures that are as large as drawn ones: soft shapes with a little noise."""
    random = np.random.default_rng(1)
    kinds = []
    for seed in range(_KINDS):
        soft = Image.fromarray(random.integers(0, 255, (16, 16, 3), np.uint8)).resize(
            (_SIDE, _SIDE), Image.Resampling.BICUBIC
        )
        noise = random.integers(-3, 4, (_SIDE, _SIDE, 3))
        image = Image.fromarray(np.clip(np.asarray(soft) + noise, 0, 255).astype(np.uint8))
        metadata = PictureMetadata(DrawRequest(_SENTENCES[seed % 3], seed, _SIDE), "bird (0000)")
        path = folder / f"{seed:05}.png"
        save_picture(image, metadata, path)
        kinds.append(path.read_bytes())
    for number in range(_KINDS, count):
        (folder / f"{number:05}.png").write_bytes(kinds[number % _KINDS])
    megabytes = sum(path.stat().st_size for path in folder.glob("*.png")) / 1e6
    print(f"{count} pictures of {_SIDE} px, {megabytes:.0f} MB\n")


def _measure_opening(folder: Path) -> None:
    paths = sorted(folder.glob("*.png"))
    Gallery(folder).refresh()  # makes the index, and fills the page cache for all
    opening = _median(lambda: _open(folder))
    beginnings = _median(lambda: [peek_metadata(path) for path in paths])
    some = paths[:: max(1, len(paths) // 100)]
    pixels = _median(lambda: [read_metadata(path) for path in some]) * len(paths) / len(some)
    gallery = _open(folder)
    searching = _median(lambda: gallery.find("blue bel"))
    print(f"opening with the index                    {opening:8.3f} s")
    print(f"reading the beginning of every PNG        {beginnings:8.3f} s")
    print(f"reading every PNG (from {len(some)} of them)      {pixels:8.3f} s")
    print(f"beginnings : index                        {beginnings / opening:8.1f}")
    print(f"every PNG : index                         {pixels / opening:8.1f}")
    print(f"one search                                {1000 * searching:8.1f} ms")


def _open(folder: Path) -> Gallery:
    gallery = Gallery(folder)
    gallery.refresh()
    gallery.find()
    return gallery


def _measure_scrolling(root: tk.Tk, folder: Path) -> None:
    gallery = _open(folder)
    grid = ThumbnailGrid(root, BackgroundRunner(root), gallery.thumbnail, lambda _: None)
    grid.pack(fill="both", expand=True)
    root.geometry("420x700")
    grid.show(gallery.find(), frozenset(entry.name for entry in gallery.find()[::7]))
    root.update()
    longest = 0.0
    for turn in range(_SCROLLED):
        grid.canvas.event_generate("<Button-5>" if turn % 4 else "<Next>", when="tail")
        longest = max(longest, _handle_events(root, 0.01))
    longest = max(longest, _handle_events(root, 2.0))
    grid.scrollbar.focus_set()
    for event in ("<End>", "<Home>", "<End>"):
        grid.canvas.focus_force()
        grid.canvas.event_generate(event, when="tail")
        longest = max(longest, _handle_events(root, 0.5))
    print(f"longest callback while scrolling          {1000 * longest:8.1f} ms")
    root.destroy()


def _handle_events(root: tk.Tk, seconds: float) -> float:
    """Let the window live for a time, and return how long its longest callback took."""
    longest = 0.0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        begun = time.monotonic()
        if root.tk.dooneevent(_DONT_WAIT):
            longest = max(longest, time.monotonic() - begun)
        else:
            time.sleep(0.001)
    return longest


def _median(call: Callable[[], object]) -> float:
    return statistics.median(timeit.repeat(call, number=1, repeat=_RUNS))


if __name__ == "__main__":
    sys.exit(main())
