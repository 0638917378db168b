"""The scripts that install the program, with a pip that notes what it is asked for, or fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

# Stands in for .venv's Python: "asked" keeps what pip is to do. A lock that a file "refuse-LOCK"
# names cannot be had; "run" can once "compile" was. "torch" is the version that is installed.
_PYTHON = """#!/bin/sh
folder=$(dirname "$0")
case "$*" in
*'version("torch")'*) cat "$folder/torch" 2>/dev/null; exit ;;
*'requires("torch")'*) exit ;;
*"-m pip"*) echo "$*" >>"$folder/asked" ;;
esac
lock=$(echo "$*" | sed -n 's|.*requirements/\\([a-z-]*\\).lock.*|\\1|p')
if [ "$lock" = compile ]; then rm -f "$folder/refuse-run"; fi
if [ -n "$lock" ] && [ -e "$folder/refuse-$lock" ]; then echo "ERROR: no network" >&2; exit 1; fi
"""
_ONE_CARD = "#!/bin/sh\necho 'GPU 0: a card'\n"


class Installation:
    """A folder with the scripts, their locks, and what stands in for Python and nvidia-smi."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / ".venv" / "bin"
        self.bin.mkdir(parents=True)
        for name in ("scripts", "requirements"):
            shutil.copytree(REPOSITORY / name, folder / name)
        self.write("python", _PYTHON)

    def write(self, name: str, text: str = "") -> None:
        path = self.bin / name
        path.write_text(text)
        path.chmod(0o755)

    def run(self, gpu: str = "") -> subprocess.CompletedProcess[str]:
        run = subprocess.run(
            [self.folder / "scripts" / "install_program.sh"],
            env={"PATH": f"{self.bin}:{os.environ['PATH']}", "GPU": gpu},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert run.returncode == 0, run.stderr
        return run

    @property
    def asked(self) -> list[str]:
        return (self.bin / "asked").read_text().splitlines()

    @property
    def locks(self) -> list[str]:
        """The locks of PyTorch that pip was asked for."""
        names = [line.partition("requirements/")[2].partition(".lock")[0] for line in self.asked]
        return [name for name in names if name.startswith("torch") or name == "cuda"]


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_why_packages_could_not_be_installed_is_told(installation: Installation) -> None:
    installation.write("refuse-run")
    run = installation.run(gpu="no")
    told = run.stderr.splitlines()
    assert told[0] == "ERROR: no network"
    assert "some packages could not be installed (why: .venv/pip.log)" in told[1]
    assert "no ready-made file" not in run.stdout + run.stderr


def test_without_a_card_the_build_for_processors_is_taken(installation: Installation) -> None:
    installation.write("nvidia-smi", "#!/bin/sh\nexit 9\n")
    installation.run("no")
    assert installation.locks == ["torch-cpu"]


@pytest.mark.parametrize("gpu", ["", "yes"])
def test_a_card_gets_the_usual_build_and_its_libraries(
    installation: Installation, gpu: str
) -> None:
    installation.write("nvidia-smi", _ONE_CARD)
    installation.run(gpu)
    assert installation.locks == ["torch", "cuda"]


def test_a_build_for_processors_that_cannot_be_had_is_told(installation: Installation) -> None:
    installation.write("refuse-torch-cpu")
    run = installation.run("no")
    assert installation.locks == ["torch-cpu", "torch", "cuda"]
    assert "build for processors could not be had (why: .venv/pip.log)" in run.stderr
    assert "make run GPU=no" in run.stderr
    assert "no network" in (installation.folder / ".venv" / "pip.log").read_text()
    installation.write("torch", "2.13.0")
    installation.run()
    assert installation.locks[3:] == ["torch", "cuda"], "a choice that failed was kept"


def test_a_choice_is_kept(installation: Installation) -> None:
    installation.write("nvidia-smi", _ONE_CARD)
    installation.run("no")
    installation.run()
    assert installation.locks == ["torch-cpu", "torch-cpu"]
    installation.run("yes")
    assert installation.locks[2:] == ["torch", "cuda"]


def test_without_a_choice_an_installed_build_stays(installation: Installation) -> None:
    installation.write("nvidia-smi", _ONE_CARD)
    installation.write("torch", "2.13.0+cpu")
    installation.run()
    assert installation.locks == ["torch-cpu"]


def test_changing_to_processors_frees_the_space(installation: Installation) -> None:
    installation.write("torch", "2.13.0")
    installation.run("no")
    (removed,) = [line for line in installation.asked if "uninstall" in line]
    assert " nvidia-cudnn-cu13 " in removed and " triton" in removed
    assert " torch " not in removed


def test_changing_to_a_card_replaces_the_build(installation: Installation) -> None:
    installation.write("torch", "2.13.0+cpu")
    installation.run("yes")
    (asked,) = [line for line in installation.asked if "requirements/torch.lock" in line]
    assert "--force-reinstall" in asked


@pytest.mark.parametrize("cards", [[], ["0000:01:00.0"]])
def test_a_driver_without_nvidia_smi_is_seen(tmp_path: Path, cards: list[str]) -> None:
    tools, driver = tmp_path / "tools", tmp_path / "driver"
    for name in ["bash", "grep", "ls", "env"]:
        tools.mkdir(exist_ok=True)
        (tools / name).symlink_to(str(shutil.which(name)))
    for card in cards:
        (driver / card).mkdir(parents=True)
    script = REPOSITORY / "scripts" / "find_nvidia_card.sh"
    run = subprocess.run([script, driver], env={"PATH": str(tools)}, timeout=60)
    assert run.returncode == (0 if cards else 1)


def find_python(tmp_path: Path, version: str) -> subprocess.CompletedProcess[str]:
    """Ask with a Python that is this one, but for the version that it tells."""
    python = tmp_path / "python3"
    told = ", ".join(version.split("."))
    pretend = f"import sys; sys.version_info = ({told}, 0); exec(sys.stdin.read())"
    python.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{pretend}'\n")
    python.chmod(0o755)
    return subprocess.run(
        [REPOSITORY / "scripts" / "find_python.sh", "--why"],
        env={**os.environ, "PYTHON": str(python)},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_a_python_that_is_locked_for_is_taken(tmp_path: Path, version: str) -> None:
    assert "version" not in find_python(tmp_path, version).stdout


@pytest.mark.parametrize("version", ["3.10", "3.15"])
def test_a_python_without_pytorch_is_not_taken(tmp_path: Path, version: str) -> None:
    assert "lacks: version" in find_python(tmp_path, version).stdout


def test_make_says_what_gpu_may_be() -> None:
    run = subprocess.run(
        ["make", "--dry-run", "run", "GPU=maybe"], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert run.returncode != 0 and "GPU is yes or no" in run.stderr


def test_make_installs_another_choice(tmp_path: Path) -> None:
    """With what the last installation left: a choice that is there already installs nothing."""
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    for name in ("scripts", "requirements"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    shutil.copy(REPOSITORY / "setup.cfg", tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "gpu").write_text("no\n")
    (tmp_path / ".venv" / "installed").touch()
    for options, installs in ((["GPU=no"], False), (["GPU=yes"], True), ([], False)):
        run = subprocess.run(
            ["make", "--dry-run", "run", *options], cwd=tmp_path, capture_output=True, text=True
        )
        assert ("install_program.sh" in run.stdout) is installs, (options, run.stdout)
