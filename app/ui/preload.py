"""Loads big shared libraries without stopping the window.

Python holds its lock while it opens an extension module, and opening torch takes from a few
tenths of a second to seconds on a slow disk: the window would stand still. A plain call of the
system's ``dlopen`` through ctypes does not hold the lock, and whoever imports the module
afterwards finds the library already there.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

_LIBRARIES = {
    "torch": ("lib/libtorch_cpu.so", "lib/libtorch_cpu.dylib"),
    "ctranslate2": ("../ctranslate2.libs/libctranslate2*.so*",),
    "av": ("../av.libs/libavcodec*.so*",),
}


def preload(package: str) -> None:
    """Open the big libraries of a package, if this system lets us; its import tells of errors.

    Parameters
    ----------
    package
        Name of an installed package; it is not imported.
    """
    if sys.platform == "win32":  # the loader's lock is another one there
        return
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return
    folder = Path(spec.submodule_search_locations[0])
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes = (ctypes.c_char_p, ctypes.c_int)
    dlopen.restype = ctypes.c_void_p
    for pattern in _LIBRARIES[package]:
        for path in folder.glob(pattern):
            dlopen(os.fsencode(path.resolve()), os.RTLD_NOW | os.RTLD_LOCAL)
