"""Print the requirements of setup.cfg, one a line, without some of them.

Used where PyAudio cannot be built: ``list_requirements.py --without pyaudio [EXTRA ...]``.
"""

from __future__ import annotations

import argparse
import configparser
import re
from pathlib import Path

SETUP = Path(__file__).resolve().parent.parent / "setup.cfg"


def main() -> None:
    """Read setup.cfg and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--without", action="append", default=[], metavar="PACKAGE")
    parser.add_argument("extra", nargs="*", help="also the requirements of these extras")
    options = parser.parse_args()
    setup = configparser.ConfigParser()
    setup.read(SETUP, encoding="utf-8")
    for requirement in requirements(setup, options.extra):
        if re.split(r"[^\w.-]", requirement)[0].lower() not in options.without:
            print(requirement.replace(" ", ""))


def requirements(setup: configparser.ConfigParser, extras: list[str]) -> list[str]:
    """Return the program's requirements and those of ``extras``, which may name each other."""
    found = _lines(setup["options"]["install_requires"])
    for extra in extras:
        for requirement in _lines(setup["options.extras_require"][extra]):
            own = re.fullmatch(r"speech2bird\[(.+)\]", requirement)
            found += requirements(setup, own[1].split(",")) if own else [requirement]
    return list(dict.fromkeys(found))


def _lines(value: str) -> list[str]:
    return [line for line in map(str.strip, value.splitlines()) if line and line[0] != "#"]


if __name__ == "__main__":
    main()
