"""AttnGAN's pickles are what they should be or are refused; their code never runs."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from models.training.prepare.attngan import read_captions, read_file_names
from tests.training.prepare.inputs import dump, make_cub, make_pickles, refuse


class Evil:
    """Writes a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.target),)


@pytest.mark.parametrize("name", ["captions.pickle", "train/filenames.pickle"])
def test_the_command_refuses_it_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    cub, folder, target = make_cub(tmp_path), make_pickles(tmp_path), tmp_path / "owned"
    dump([Evil(target)], folder / name)
    said = refuse(capsys, tmp_path / "birds", "--cub", cub, "--captions", folder)
    assert f"{folder / name} was not read" in said
    assert len(said.splitlines()) == 1
    assert not target.exists()

    pickle.loads((folder / name).read_bytes())
    assert target.exists(), "the pickle would have done it"


@pytest.mark.parametrize("content", [{"a": 1}, [1, 2], "a"])
def test_other_content(tmp_path: Path, content: object) -> None:
    path = tmp_path / "x.pickle"
    dump(content, path)
    with pytest.raises(ValueError, match="not a list of file names"):
        read_file_names(path)
    with pytest.raises(ValueError, match="not built as AttnGAN's"):
        read_captions(path, [], [])


def test_captions_of_other_lists(tmp_path: Path) -> None:
    path = tmp_path / "captions.pickle"
    dump([[[1]] * 10, [], {1: "bird"}, {"bird": 1}], path)
    assert read_captions(path, ["a"], []) == {"a": ["bird"] * 10}
    with pytest.raises(ValueError, match="10 captions for 2 file names"):
        read_captions(path, ["a", "b"], [])
    dump([[[9]] * 10, [], {1: "bird"}, {"bird": 1}], path)
    with pytest.raises(ValueError, match="unknown word id"):
        read_captions(path, ["a"], [])
