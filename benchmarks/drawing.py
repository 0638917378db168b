"""Drawing: how fast beside the straightforward way, what it costs, and how soon it starts.

    python -m benchmarks.drawing [--device cuda] [--captions N]

Prints Markdown. The straightforward way is that of the published evaluation code: the same network
and weights in fp32, eager, default layout, PyTorch's own layers (`benchmarks/plain_generator.py`).
Each figure is from a process of its own.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import numpy as np
import torch

from benchmarks.alone import alone, share_of_memory
from benchmarks.plain_generator import make_plain, plain_layers
from models import Painter
from models.checkpoints.checkpoint import load_checkpoint
from models.checkpoints.header import BUNDLED_WEIGHTS
from models.memory import keep_freed_memory
from models.painting.backend import Backend
from models.request import SKETCHES, DrawRequest
from models.training.runs.tables import table

SENTENCES = (
    "a small red bird with black wings",
    "this is a blue bird with a white belly",
    "a bright yellow bird with a black head",
    "a green hummingbird with a long beak",
    "a large white bird swimming in water with a long neck",
    "a black bird",
    "this bird has a grey back, a spotted breast and a short pointed beak",
    "a brown bird with a long tail and a red crown",
)
BATCHES = (1, 4, 16)
SIZES = (64, 128, 256, 512)
_PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}
RUNS, BATCH_RUNS, START_RUNS = 15, 4, 5
_REPOSITORY = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--device", default="cpu", help="cpu (the default), cuda or cuda:1")
    parser.add_argument("--captions", type=int, default=400, metavar="N", help="a file's lines")
    options = parser.parse_args()
    print(
        f"{torch.get_num_threads()} threads, torch {torch.__version__}, {options.device}\n",
        flush=True,
    )
    _compare(options.device)
    _print_precisions(options.device)
    _print_sketches(options.device)
    _print_costs(options.device)
    _print_captions(options.device, options.captions)
    _print_start(options.device)


# One sentence, beside the straightforward way.


def _compare(device: str) -> None:
    plain, ours = alone(single_times, "plain", device), alone(single_times, "ours", device)
    pairs = zip(alone(pictures, "plain", device), alone(pictures, "ours", device), strict=True)
    errors = [max(float(np.mean((one - other) ** 2)), 1e-9) for one, other in pairs]
    noise_ratios = [10 * np.log10(255**2 / error) for error in errors]
    print(f"Sentence to 512 px picture, {RUNS} times, seconds:\n")
    rows = []
    for name, measure in (("fastest", min), ("median", statistics.median)):
        slow, fast = measure(plain), measure(ours)
        rows.append([name, f"{slow:.3f}", f"{fast:.3f}", f"{slow / fast:.2f}"])
    print(table(["", "straightforward", "ours", "ratio"], rows))
    print(
        f"\nPSNR between both, {len(noise_ratios)} sentences: {min(noise_ratios):.1f} to "
        f"{max(noise_ratios):.1f} dB\n"
    )


def single_times(kind: str, device: str) -> list[float]:
    """Seconds of each of some drawings, one after the other."""
    with _loaded(kind, device) as painter:
        return _times(lambda: painter.draw(SENTENCES[0], seed=7), RUNS)


def pictures(kind: str, device: str) -> list[np.ndarray]:
    """A picture of each sentence."""
    with _loaded(kind, device) as painter:
        drawings = [painter.draw(text, seed) for seed, text in enumerate(SENTENCES)]
    return [np.asarray(drawing.image).astype(float) for drawing in drawings]


def _print_precisions(device: str) -> None:
    """Whether the program multiplies in what is faster here."""
    print(f"Fastest of {RUNS}, by what is multiplied in:\n")
    names = ("ours", *_PRECISIONS)
    rows = [(name, f"{min(alone(single_times, name, device)):.3f}") for name in names]
    print(table(["", "seconds"], rows), end="\n\n", flush=True)


def _print_sketches(device: str) -> None:
    """What choosing among sketches costs, measured in turns."""
    one, several = alone(sketching_times, device)
    print(f"Fastest of {RUNS}, 512 px, by how many sketches the picture is chosen from:\n")
    row = ("seconds", f"{one:.3f}", f"{several:.3f}", f"{several / one:.2f}")
    print(table(["", "1", str(SKETCHES), "ratio"], [row]), end="\n\n", flush=True)


def sketching_times(device: str) -> tuple[float, float]:
    """Seconds of a drawing from one sketch, and from several."""
    painter = Painter.load(device=device)
    keep_freed_memory()
    times: dict[int, list[float]] = {1: [], SKETCHES: []}
    painter.draw(SENTENCES[0])
    for seed in range(RUNS):  # of its own each: a painter remembers which sketch it chose last
        for count, measured in times.items():
            request = DrawRequest(SENTENCES[0], seed, sketches=count)
            measured.append(timeit.timeit(partial(painter.draw, request), number=1))
    return min(times[1]), min(times[SKETCHES])


@contextmanager
def _loaded(kind: str, device: str) -> Iterator[Painter]:
    """Load the model as the program does, in a precision, or to draw in the straightforward way."""
    painter = Painter.load(device=device)
    if kind in _PRECISIONS:
        generator = load_checkpoint(BUNDLED_WEIGHTS).generator
        painter._backend.current = Backend.on(painter.device, generator, _PRECISIONS[kind])
    if kind != "plain":
        keep_freed_memory()
        yield painter
        return
    generator = load_checkpoint(BUNDLED_WEIGHTS).generator.requires_grad_(False)
    make_plain(generator)
    painter._backend.current = Backend(generator.to(painter.device), painter.device, torch.float32)
    with plain_layers():
        yield painter


# What a picture costs.


def _print_costs(device: str) -> None:
    found = {(size, batch): alone(cost, size, batch, device) for size in SIZES for batch in BATCHES}
    print(f"Fastest of {BATCH_RUNS} or more, and memory that drawing adds to the loaded model:\n")
    rows = []
    for size in SIZES:
        cells = []
        for batch in BATCHES:
            seconds, megabytes = found[size, batch]
            cells.append(f"{seconds:.3f} s, {batch / seconds:.1f} pictures/s, {megabytes:.0f} MB")
        rows.append([f"{size} px", *cells])
    for size, smaller in zip(SIZES[1:], SIZES, strict=False):
        cells = [
            f"{found[size, batch][0] - found[smaller, batch][0]:.3f} s, "
            f"{found[size, batch][1] - found[smaller, batch][1]:.0f} MB"
            for batch in BATCHES
        ]
        rows.append([f"of it the stage of {size} px", *cells])
    print(table(["", *(f"batch of {batch}" for batch in BATCHES)], rows), end="\n\n", flush=True)


def cost(size: int, batch: int, device: str) -> tuple[float, float]:
    """Seconds of the fastest drawing of a batch, and MB that it needs at most."""
    requests = [DrawRequest(SENTENCES[row % len(SENTENCES)], row, size) for row in range(batch)]
    with _loaded("ours", device) as painter:
        before = _memory("VmRSS")
        times = _times(
            lambda: painter.draw_batch(requests),
            RUNS if batch == 1 else BATCH_RUNS,
        )
        on_gpu = painter.device.type == "cuda"
    if on_gpu:
        return min(times), torch.cuda.max_memory_allocated() / 2**20
    return min(times), _memory("VmHWM") - before


def _memory(field: str) -> float:
    """VmRSS, the memory of this process, or VmHWM, the most it ever had; MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    return float("nan")


# A file of captions.


def _print_captions(device: str, count: int) -> None:
    """Whether drawing many captions stays as fast and as small as it begins."""
    with tempfile.TemporaryDirectory() as folder:
        captions, output = Path(folder) / "captions.txt", Path(folder) / "pictures"
        captions.write_text("\n".join(SENTENCES[row % len(SENTENCES)] for row in range(count)))
        command = _command("draw", "--captions", captions, "-o", output, "--device", device)
        sizes: list[float] = []
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None:
                time.sleep(0.25)
                if any(output.glob("*.png")):
                    with suppress(OSError):  # it has just ended
                        sizes.append(share_of_memory(process.pid))
        saved = sorted(path.stat().st_mtime for path in output.glob("*.png"))
    quarter = count // 4
    speeds = [(quarter - 1) / (part[-1] - part[0]) for part in (saved[:quarter], saved[-quarter:])]
    some = max(1, len(sizes) // 4)
    print(f"A file of {count} captions, 512 px, saved as PNG:\n")
    rows = [
        ("pictures/s", *(f"{speed:.2f}" for speed in speeds)),
        ("memory, MB", f"{max(sizes[:some]):.0f}", f"{max(sizes[-some:]):.0f}"),
    ]
    print(table(["", "first quarter", "last quarter"], rows), end="\n\n", flush=True)


# The whole program.


def _print_start(device: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "bird.png"
        starts = {
            "`python -c pass`": [sys.executable, "-c", "pass"],
            "`python main.py --help`": _command("--help"),
            "`python -c 'import torch'`": [sys.executable, "-c", "import torch"],
            "`python main.py draw SENTENCE -o bird.png`": _command(
                "draw", SENTENCES[0], "-o", picture, "--device", device
            ),
        }
        print(f"From the command to its end, median of {START_RUNS}, page cache warm:\n")
        rows = [
            (name, f"{statistics.median(_start_times(command)):.2f}")
            for name, command in starts.items()
        ]
        print(table(["", "seconds"], rows))


def _start_times(command: Sequence[str]) -> list[float]:
    silent = subprocess.DEVNULL
    return _times(
        lambda: subprocess.run(command, check=True, stdout=silent, stderr=silent), START_RUNS
    )


def _command(*arguments: object) -> list[str]:
    return [sys.executable, str(_REPOSITORY / "main.py"), *map(str, arguments)]


def _times(call: Callable[[], object], count: int) -> list[float]:
    """Seconds of each of `count` calls, after one that does not count."""
    call()
    return timeit.repeat(call, number=1, repeat=count)


if __name__ == "__main__":
    main()
