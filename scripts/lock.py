"""Write ``requirements/*.lock``: every package in one version, with the hashes of its files.

Run as ``python scripts/lock.py [--upgrade]`` after a change of setup.cfg; it needs uv (``pip
install uv``). Versions stay as they are unless ``--upgrade`` is given; to move one package alone,
take its lines out of the lock first. What has no hash here is not installed by
``scripts/install_program.sh``.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
LOCKS = REPOSITORY / "requirements"
_CPU_LOCK = LOCKS / "torch-cpu.lock"
_OLDEST_PYTHON = "3.11"
_BUILD = ("setuptools", "wheel")
_OF_CUDA = ("nvidia-", "cuda-", "triton")
_UNUSED = "onnxruntime"
"""It runs faster-whisper's voice detector, in place of which app/speech/sound/silero.py is used."""
_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
"""PyTorch's builds for processors alone, for Linux: a tenth of the download. PyPI has them not."""
_HEADER = "# Made by scripts/lock.py, from setup.cfg: change that and run it again.\n"

Blocks = dict[str, str]
"""A lock's packages: name to its lines, the version, where it is meant for, and hashes."""


def main() -> None:
    """Resolve and write."""
    parser = argparse.ArgumentParser(description="Lock the versions of all packages.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    options = parser.parse_args()
    known = [] if options.upgrade else locked_versions()
    inputs = ["setup.cfg", "requirements/build.in"]
    run, test = _resolve(inputs, known), _resolve([*inputs, "--extra", "test"], known)
    cuda = {name: block for name, block in run.items() if name.startswith(_OF_CUDA)}
    build = {name: test[name] for name in _BUILD}
    _write("build", build)
    # Only where something has no wheel, and in the same versions.
    _write("compile", _resolve(["requirements/compile.in"], [*known, *_versions(test.values())]))
    bundle = _resolve(["requirements/bundle.in"], [*known, *_versions(test.values())])
    _write("bundle", _without(bundle, *run, *build))
    _write("pyaudio", {"pyaudio": run["pyaudio"]})  # alone: it is compiled, which may fail
    _write("cuda", cuda)  # alone: only torch's build for graphics cards needs them
    _write("torch", {"torch": run["torch"]})  # alone: for Linux there is another build
    _write_cpu_build(_versions([run["torch"]]).pop())
    _write("run", _without(run, "pyaudio", "torch", *cuda, *build))
    _write("test", _without(test, *run, *build))


def _write_cpu_build(torch: str) -> None:
    """Lock PyTorch's build for processors; its index is asked for a new version only."""
    if f"{torch}+cpu " in _CPU_LOCK.read_text(encoding="utf-8"):
        return
    with tempfile.TemporaryDirectory() as folder:
        wanted, out = Path(folder) / "torch.in", Path(folder) / "out.lock"
        wanted.write_text(f"{torch}+cpu\n", encoding="utf-8")
        _compile([str(wanted), "--no-deps", "--default-index", _CPU_INDEX], out)
        _write("torch-cpu", _blocks(out.read_text(encoding="utf-8")))


def locked_versions() -> list[str]:
    """Return what is locked, but for torch's build for processors: torch.lock's version stands."""
    locks = sorted(set(LOCKS.glob("*.lock")) - {_CPU_LOCK})
    return _versions(lock.read_text(encoding="utf-8") for lock in locks)


def _versions(locks: Iterable[str]) -> list[str]:
    """Return lines like ``name==1.2`` with their markers."""
    return [
        line.removesuffix("\\").strip()
        for lock in locks
        for line in lock.splitlines()
        if line[:1].isalnum()
    ]


def _resolve(inputs: list[str], known: list[str]) -> Blocks:
    with tempfile.TemporaryDirectory() as folder:
        constraints, out = Path(folder) / "constraints.txt", Path(folder) / "out.lock"
        overrides = Path(folder) / "overrides.txt"
        constraints.write_text("\n".join(known), encoding="utf-8")
        overrides.write_text(f"{_UNUSED} ; python_version < '0'\n", encoding="utf-8")
        _compile([*inputs, "--constraint", str(constraints), "--override", str(overrides)], out)
        return _blocks(out.read_text(encoding="utf-8"))


def _compile(arguments: list[str], out: Path) -> None:
    """Let uv write a lock for every Python and system."""
    command = ["uv", "pip", "compile", *arguments, "--output-file", str(out), "--quiet"]
    command += ["--universal", "--python-version", _OLDEST_PYTHON, "--generate-hashes"]
    command += ["--no-header", "--no-annotate"]
    subprocess.run(command, cwd=REPOSITORY, check=True)


def _blocks(lock: str) -> Blocks:
    """Cut a lock into its packages; one that differs between Pythons is one block, too."""
    blocks: Blocks = {}
    name = ""
    for line in lock.splitlines(keepends=True):
        if line[0].isalnum():
            name = line.split("==")[0]
        blocks[name] = blocks.get(name, "") + line
    return blocks


def _without(blocks: Mapping[str, str], *names: str) -> Blocks:
    return {name: block for name, block in blocks.items() if name not in names}


def _write(name: str, blocks: Mapping[str, str]) -> None:
    path = LOCKS / f"{name}.lock"
    path.write_text(_HEADER + "".join(blocks.values()), encoding="utf-8")
    print(f"{path.relative_to(REPOSITORY)}: {len(blocks)} packages")


if __name__ == "__main__":
    main()
