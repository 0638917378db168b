"""Plain data comes back, whatever wrote it; a pickle that wants to run code is refused unrun."""

import pickle
from collections import Counter, OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models.training.exchange.safe_pickle import load_pickle, load_tensors

PLAIN = {
    "captions": [[1, 2], (3, -(2**70))],
    "words": OrderedDict([(0, "<end>"), (1, "bird"), (2, "naïve")]),
    "rest": [None, True, False, 1.5, b"\x00\xff", {1, 2}, frozenset("ab")],
}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_plain_data_comes_back(tmp_path: Path, protocol: int) -> None:
    path = tmp_path / "plain.pickle"
    path.write_bytes(pickle.dumps(PLAIN, protocol))
    assert load_pickle(path) == PLAIN


def test_strings_of_python_2_are_text(tmp_path: Path) -> None:
    # What Python 2.7 writes for [{0: '<end>', 1: u'bird'}] with protocol 2: its str is not
    # marked as text (opcode U), its unicode is (opcode X).
    path = tmp_path / "python2.pickle"
    path.write_bytes(b"\x80\x02]q\x01}q\x02(K\x00U\x05<end>q\x03K\x01X\x04\x00\x00\x00birdq\x04ua.")
    assert load_pickle(path) == [{0: "<end>", 1: "bird"}]


@pytest.mark.parametrize("home", [b"numpy._core.", b"numpy.core."])
def test_arrays_come_back_whichever_numpy_wrote_them(tmp_path: Path, home: bytes) -> None:
    arrays: list[Any] = [np.arange(6).reshape(2, 3), np.array(["a", "bird"], object), np.int64(7)]
    path = tmp_path / "arrays.pickle"
    path.write_bytes(pickle.dumps(arrays, 2).replace(b"numpy._core.", home))
    for read, written in zip(load_pickle(path), arrays, strict=True):
        assert type(read) is type(written) and np.array_equal(read, written)


def test_an_array_hides_no_code(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    path = tmp_path / "objects.pickle"
    path.write_bytes(pickle.dumps(np.array([Runs(Path.touch, trace)], object), 2))
    with pytest.raises(ValueError, match="asks for"):
        load_pickle(path)
    assert not trace.exists()


class Runs:
    """Unpickled in the usual way, it calls `function`."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return self.call


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_that_wants_to_run_code_is_refused_unrun(tmp_path: Path, protocol: int) -> None:
    path, trace = tmp_path / "captions.pickle", tmp_path / "trace"
    path.write_bytes(pickle.dumps([Runs(Path.touch, trace)], protocol))
    pickle.loads(path.read_bytes())
    assert trace.exists(), "the pickle of this test does run code"
    trace.unlink()
    with pytest.raises(ValueError, match=r"captions\.pickle was not read.*asks for"):
        load_pickle(path)
    assert not trace.exists()


@pytest.mark.parametrize("foreign", [eval, bytearray, getattr, Counter, Path])
def test_only_plain_containers_are_known(tmp_path: Path, foreign: Any) -> None:
    path = tmp_path / "foreign.pickle"
    path.write_bytes(pickle.dumps(foreign))
    with pytest.raises(ValueError, match=f"asks for .*{foreign.__name__}"):
        load_pickle(path)


def test_only_the_encoding_that_bytes_need_is_known(tmp_path: Path) -> None:
    path = tmp_path / "codec.pickle"
    path.write_bytes(b"\x80\x02c_codecs\nencode\n(U\x01aU\x05rot13tR.")
    with pytest.raises(ValueError, match="rot13"):
        load_pickle(path)


@pytest.mark.parametrize(
    "content", [b"", b"a caption", pickle.dumps(PLAIN)[:-20], b"\x80\x02Q.", b"\x80\x02K\x01Q."]
)
def test_what_is_no_pickle_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.pickle"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"broken\.pickle"):
        load_pickle(path)


@pytest.mark.parametrize("read", [load_pickle, load_tensors])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><title>Sign in</title>", "it is a web page"),
        (b"<html>404</html>", "it is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS"),
    ],
)
def test_what_people_have_in_place_of_a_download_is_told(
    tmp_path: Path, read: Callable[[Path], Any], content: bytes, told: str
) -> None:
    path = tmp_path / "bird_AttnGAN2.pth"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"bird_AttnGAN2\.pth cannot be read .*{told}"):
        read(path)


@pytest.mark.parametrize("kept", [30, 5000, -40])
def test_tensors_that_were_cut_off_are_named(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "bird_AttnGAN2.pth"
    torch.save({"weight": torch.zeros(9000)}, path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"bird_AttnGAN2\.pth .*: it is cut off; fetch it again"):
        load_tensors(path)


@pytest.mark.parametrize("read", [load_pickle, load_tensors])
def test_a_file_that_the_system_cannot_read_is_named(read: Callable[[Path], Any]) -> None:
    with pytest.raises(ValueError, match=r"/proc/self/mem cannot be read .*: Input/output error"):
        read(Path("/proc/self/mem"))
