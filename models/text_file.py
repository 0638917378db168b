"""Text files as people have them: of any editor, any system and any age."""

from __future__ import annotations

import codecs
import quopri
import re
from pathlib import Path

from models.errors import TextFileError

# The longer ones first: UTF-32's mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER_DOCUMENTS = (b"{\\rtf", b"%pdf-", b"%!ps", b"<!doctype", b"<html", b"<?xml", b"<svg")
"""How documents begin that are written in letters, and are no plain text."""
_BEGINNING = 10_000  # bytes that show how a file is written
_MOSTLY = 0.7  # share of NUL among every second byte of UTF-16, in what is mostly Latin letters
# What ASCII looks like that is written with one, two or four bytes a character.
_WIDTHS = re.compile(
    rb"(?P<one>[a-z ,.\r\n]{6,})|(?P<two>(?:[\t\n\r -~]\0){3,}(?=[\t\n\r -~]))"
    rb"|(?P<four>(?:[\t\n\r -~]\0\0\0){2,}(?=[\t\n\r -~]))"
)
_SOFT_END, _ESCAPED = re.compile(rb"[^=]=\r?\n"), re.compile(rb"=[0-9A-F]{2}")
_BINARY = re.compile(rb"[\x01-\x08\x0e-\x12\x7f]")  # nor are they a half of any usual character
_CONTROL = re.compile("[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROL = 0.05  # of all characters; in pictures, programs and archives there are more
# Further ones: of Word, mainframes and Unicode; a new page, unless it begins or ends a line.
_LINE_ENDS = re.compile("[\v\x85\u2028\u2029]|(?<=[^\n])\f(?=[^\n])")
_PADDING = "\0\x1a"  # at the end: of a computer that lost its power, and of DOS
_ONE_BYTE = ("cp1252", "mac_roman", "cp850")  # of Windows, of older Macs, of DOS
_LIKELY = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýßœŒ“”‘’–—…•°½¼×€£©®™")
"""Beyond ASCII, what is found in English and in names."""
_OTHER_LETTERS = re.compile(rb"(?:[\x80-\xff][^\x80-\xff]?){6,}")
"""Chinese, Japanese, Cyrillic or Greek in an encoding of its own country; or a row of dashes."""
_OF_UTF8 = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


def read_lines(path: Path) -> list[str]:
    """Read a text file's lines, blank ones included; see :func:`read_text`."""
    return _lines_of(read_text(path), str(path))


def lines_of(content: bytes, name: str) -> list[str]:
    """Return the lines of a text file that was read already; see :func:`read_text`."""
    return _lines_of(_text_of(content, name), name)


def _lines_of(text: str, name: str) -> list[str]:
    if text.startswith('{"'):  # JSON, as what a cloud folder has in place of a document
        raise TextFileError(
            f"{name} is JSON, or a document in a cloud folder: save it as plain text, with one "
            "description a line."
        )
    lines = _LINE_ENDS.sub("\n", text).split("\n")
    return lines[:-1] if not lines[-1] else lines


def read_text(path: Path) -> str:
    """Read a text file that is written in UTF-8, UTF-16 or UTF-32, or else one byte a character.

    A mark at its beginning says in which, or else its bytes do. A wrong byte spoils a character,
    not the file.

    Returns
    -------
    The text without a mark; each line ends with a line feed, whatever it ends with in the file.

    Raises
    ------
    TextFileError
        There is no such file, it cannot be read, it is no plain text, another file was put behind
        it that is written in a way in which it is not, or nobody can tell which letters it has.
    """
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        reason = getattr(error, "strerror", None) or str(error)
        raise TextFileError(f"The file {path} cannot be read: {reason}.") from error
    return _text_of(content, str(path))


def _text_of(content: bytes, name: str) -> str:
    if _SOFT_END.search(content) and _ESCAPED.search(content):
        content = quopri.decodestring(content)  # as e-mails are written
    in_unicode = _decode_unicode(content)
    padded = _decode_bytes(content) if in_unicode is None else in_unicode
    if (line := _line_of_change(content)) is not None:
        raise TextFileError(
            f"{name} is written in another encoding from line {line} on, as where a file in UTF-8 "
            "was put behind one in UTF-16: save both parts as plain text (UTF-8)."
        )
    text = padded.rstrip(_PADDING) or padded
    is_other = content.removeprefix(codecs.BOM_UTF8).lstrip().lower().startswith(_OTHER_DOCUMENTS)
    if is_other or len(_CONTROL.findall(text[:_BEGINNING])) > _MOST_CONTROL * len(
        text[:_BEGINNING]
    ):
        raise TextFileError(f"{name} is no text file: save it as plain text (UTF-8).")
    if in_unicode is None and (line := _line_of_other_letters(content)) is not None:
        raise TextFileError(
            f"{name} has letters in line {line} whose encoding cannot be told: save it as plain "
            "text (UTF-8)."
        )
    text = text.replace("\ufeff", "")  # the mark of a file that was put behind another one
    return text.replace("\0", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")


def _decode_unicode(content: bytes) -> str | None:
    """Return what is written in Unicode; None: it is written otherwise, or damaged."""
    content = content.removeprefix(codecs.BOM_UTF8)
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    unmarked = _wide_without_mark(content.rstrip(b"\0")[:_BEGINNING])
    if unmarked is not None:
        return content.decode(unmarked, errors="replace")
    return content.decode("utf-8") if _is_utf8(content) else None


def _decode_bytes(content: bytes) -> str:
    """Return what is written with one byte a character, or in UTF-8 that is damaged."""
    is_mostly_utf8 = _is_mostly_utf8(content)
    lines = content.splitlines(keepends=True)  # of several files that were put together, perhaps
    others = b"".join(line for line in lines if not _is_utf8(line))
    encoding = max(_ONE_BYTE, key=lambda each: _likely(others.decode(each, errors="replace")))
    return "".join(_decode_line(line, encoding, is_mostly_utf8) for line in lines)


def _line_of_change(content: bytes) -> int | None:
    """Return the line from which on characters have other bytes; None: there is no such line."""
    first = None
    for change in _WIDTHS.finditer(content):
        first = first or change
        if _width(change) != _width(first):
            break
    else:
        return None
    if len(_BINARY.findall(content)) > _MOST_CONTROL / 2 * len(content.replace(b"\0", b"")):
        return None  # a picture, a program, an archive
    before = content[: change.start() + 1].replace(b"\0", b"")
    return len(re.findall(rb"\r\n|\r|\n", before)) + 1


def _line_of_other_letters(content: bytes) -> int | None:
    """Return the first line in letters that are not Latin, nor in Unicode; None: there is none."""
    for number, line in enumerate(content.splitlines(), 1):
        words = [] if _is_mostly_utf8(line) else _OTHER_LETTERS.findall(line)
        if any(len(set(word)) > 3 for word in words):
            return number
    return None


def _is_mostly_utf8(content: bytes) -> bool:
    """Tell damaged UTF-8 from other bytes, among which such pairs are rarer."""
    damaged = content.decode("utf-8", errors="replace").count("\ufffd")
    return len(_OF_UTF8.findall(content)) >= damaged


def _width(match: re.Match[bytes]) -> tuple[str, int]:
    """Return how many bytes a character has, and which of them it is that is not zero."""
    width = match.lastgroup or ""
    return width, match.start() % {"one": 1, "two": 2, "four": 4}[width]


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode_line(line: bytes, encoding: str, is_mostly_utf8: bool) -> str:
    text = line.decode(encoding, errors="replace")
    makes_sense = all(each.isascii() or each in _LIKELY for each in text)
    if _is_utf8(line) or (is_mostly_utf8 and not makes_sense):
        return line.decode("utf-8", errors="replace")
    return text


def _likely(text: str) -> int:
    return sum(map(text.count, _LIKELY))


def _wide_without_mark(beginning: bytes) -> str | None:
    """Return which UTF-16 or UTF-32 has NULs where they are; None: no such text."""
    for encoding, high in (
        ("utf-32-le", beginning[2::4] + beginning[3::4]),
        ("utf-32-be", beginning[0::4] + beginning[1::4]),
        ("utf-16-le", beginning[1::2]),
        ("utf-16-be", beginning[0::2]),
    ):
        if high and high.count(0) > _MOSTLY * len(high):
            return encoding
    return None
