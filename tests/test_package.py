"""The wheel: built, installed where no source tree is near, and used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import soundfile

from app import __version__
from app.pictures.picture_file import read_metadata
from tests.conftest import REPOSITORY
from tests.speech_fixtures import SpeakSentence

_SOURCES = ("main.py", "setup.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
_FOLDERS = ("app", "models", "weights", "docs", "tests")
_NEEDED = {
    "speech2bird/LICENSE",
    "speech2bird/app/menu_entry/icons/speech2bird-48.png",
    "speech2bird/app/ui/picture/example.jpg",
    "speech2bird/docs/guide.md",
    "speech2bird/models/words/bird_book.tsv",
    "speech2bird/models/training/recipes/bundled.toml",
    "speech2bird/app/speech/recognition/added_pronunciations.txt",
    "speech2bird/weights/bird.safetensors",
    "speech2bird/weights/listener.safetensors",
    "speech2bird/weights/speech/bird.lm.bin",
    "speech2bird/weights/speech/silero.safetensors",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in _SOURCES:
        shutil.copy(REPOSITORY / name, source)
    for name in _FOLDERS:
        os.symlink(REPOSITORY / name, source / name)
    stale = source / "build" / "lib" / "speech2bird"
    stale.mkdir(parents=True)
    (stale / "of_an_earlier_build.py").touch()
    command: list[str | Path] = [
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        folder,
        source,
    ]
    subprocess.run([sys.executable, "-m", "pip", *command], check=True, capture_output=True)
    (built,) = folder.glob("speech2bird-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The ``bin`` of an environment with the wheel and, beside it, the libraries of this one."""
    folder = wheel.parent / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    command: list[str | Path] = ["--python", python, "install", "--no-deps", "--no-index", wheel]
    subprocess.run([sys.executable, "-m", "pip", *command], check=True, capture_output=True)
    (site,) = folder.glob("lib/python*/site-packages")
    libraries = [each for each in sys.path if each.endswith("site-packages")]
    # As a plain folder: its own .pth files, which name the source tree, are not read.
    (site / "libraries.pth").write_text("\n".join(libraries))
    return folder / "bin"


def run(command: Path, *arguments: object, home: Path) -> subprocess.CompletedProcess[str]:
    """Run in an empty folder, with an environment that knows nothing of the source tree."""
    return subprocess.run(
        [command, *map(str, arguments)],
        cwd=home,
        env={"HOME": str(home), "PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_the_wheel_holds_what_the_program_needs_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    unpacked = {name for name in names if ".dist-info/" not in name}
    assert unpacked >= _NEEDED
    assert {name.split("/")[0] for name in unpacked} == {"speech2bird"}
    assert not [name for name in names if "__pycache__" in name or "weights/run" in name]
    assert "speech2bird/of_an_earlier_build.py" not in names
    assert not [name for name in names if "/tests/" in name or "test_" in name]
    megabytes = wheel.stat().st_size / 1e6
    print(f"{wheel.name}: {megabytes:.1f} MB")
    assert megabytes < 60


def test_the_installed_program_draws(installed: Path, tmp_path: Path) -> None:
    drawn = run(
        installed / "speech2bird", "draw", "a red bird", "-o", "bird.png", "--size", 64,
        home=tmp_path,
    )  # fmt: skip
    assert drawn.returncode == 0, drawn.stderr
    metadata = read_metadata(tmp_path / "bird.png")
    assert (metadata.request.sentence, metadata.size) == ("a red bird", 64)


def test_the_installed_program_listens(
    installed: Path, tmp_path: Path, spoken_sentence: SpeakSentence
) -> None:
    """An MP3: it is read by a process of its own, which has to find the program, too."""
    sound, rate = soundfile.read(spoken_sentence("a small yellow bird with a black head"))
    soundfile.write(tmp_path / "said.mp3", sound, rate)
    heard = run(installed / "speech2bird", "listen", "said.mp3", home=tmp_path)
    assert heard.returncode == 0, heard.stderr
    assert heard.stdout == "a small yellow bird with a black head\n"


def test_the_installed_program_has_engines(installed: Path, tmp_path: Path) -> None:
    code = (
        "from speech2bird.app.engine.engines import Engines\n"
        "with Engines() as engines:\n"
        "    painter = engines.load_painter()\n"
        "    print(painter.model_name)\n"
    )
    loaded = run(installed / "python", "-c", code, home=tmp_path)
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.strip()


def test_the_installed_program_says_its_own_name(installed: Path, tmp_path: Path) -> None:
    told = run(installed / "speech2bird", "draw", home=tmp_path)
    assert told.returncode == 2
    assert "try speech2bird draw --help" in told.stderr
    version = run(installed / "python", "-m", "speech2bird", "--version", home=tmp_path)
    assert version.stdout == f"speech2bird {__version__}\n"


def test_without_a_command_the_installed_program_opens_the_window(
    installed: Path, tmp_path: Path
) -> None:
    told = run(installed / "speech2bird", home=tmp_path)
    assert told.returncode == 1
    assert "the window cannot be opened" in told.stderr  # there is no display
    assert "'speech2bird draw' works without one" in told.stderr


def rename(code: str) -> subprocess.CompletedProcess[str]:
    """Let setup.py do it, in a process of its own: setuptools brings packages along."""
    program = (
        "import sys; from pathlib import Path; from setup import under_one_name\n"
        "print(under_one_name(sys.argv[1], Path('x.py')), end='')"
    )
    command = [sys.executable, "-c", program, code]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60)


def test_imports_are_renamed() -> None:
    code = (
        "if 1:\n    from app.files import a  # from app.files\n"
        "from models import (\n    b,\n)\nfrom apples import app\n"
    )
    renamed = (
        "if 1:\n    from speech2bird.app.files import a  # from app.files\n"
        "from speech2bird.models import (\n    b,\n)\nfrom apples import app\n"
    )
    assert rename(code).stdout == renamed


def test_an_import_that_cannot_be_renamed_is_refused() -> None:
    assert "ValueError: x.py:2: write 'from" in rename("import sys\nimport app.files\n").stderr
