"""Text files are read as people have them."""

from __future__ import annotations

import codecs
import os
import random
from pathlib import Path

import pytest

from models.errors import TextFileError
from models.text_file import read_lines, read_text

LINES = ["a naïve red bird", "", "it’s a “blue” bird – with a white belly"]
_ENCODINGS = [
    (b"", "utf-8"),
    (b"", "cp1252"),
    (b"", "utf-16-le"),
    (b"", "utf-16-be"),
    (b"", "utf-32-le"),
    (b"", "utf-32-be"),
    (b"", "mac-roman"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
]


def written(folder: Path, content: bytes) -> Path:
    path = folder / "captions.txt"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("mark", "encoding"), _ENCODINGS)
def test_any_encoding_and_line_end(tmp_path: Path, mark: bytes, encoding: str, end: str) -> None:
    for last in ("", end):
        text = (end.join(LINES) + last).encode(encoding)
        assert read_lines(written(tmp_path, mark + text)) == LINES


@pytest.mark.parametrize("end", ["\v", "\x85", "\u2028", "\u2029"])
def test_rarer_line_ends(tmp_path: Path, end: str) -> None:
    assert read_lines(written(tmp_path, end.join(LINES).encode())) == LINES


def test_a_new_page_ends_a_line_and_is_none_of_its_own(tmp_path: Path) -> None:
    pages = b"a red bird\fa blue bird\n\fa green bird\f\na white bird\n\f"
    lines = [line.strip() for line in read_lines(written(tmp_path, pages))]
    assert lines == ["a red bird", "a blue bird", "a green bird", "a white bird", ""]


@pytest.mark.parametrize("encoding", ["cp1252", "mac-roman", "cp850"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_files_of_two_encodings_put_together(tmp_path: Path, encoding: str, end: str) -> None:
    ours, others = ["a naïve red bird", "a “blue” bird – and", ""], ["a café bird", "größer"]
    for first, second in ((ours, others), (ours * 9, others), (ours, others * 9)):
        content = [end.join(first).encode() + end.encode(), end.join(second).encode(encoding)]
        assert read_lines(written(tmp_path, b"".join(content))) == first + second


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("mark", "encoding"), _ENCODINGS)
def test_files_of_characters_of_other_widths_put_together(
    tmp_path: Path, mark: bytes, encoding: str, end: str
) -> None:
    """They are told with the line, whichever comes first and whatever is longer."""
    ours, others = [*LINES, ""], ["A red café", "an owl"]
    for other_mark, other in _ENCODINGS:
        for first, second in ((ours, others), (ours * 9, LINES), (ours, LINES * 250)):
            content = mark + end.join(first).encode(encoding)
            content += other_mark + end.join(second).encode(other)
            if encoding == other or {"utf-16", "utf-32"}.isdisjoint({encoding[:6], other[:6]}):
                read_lines(written(tmp_path, content))
                continue
            with pytest.raises(TextFileError, match=f"another encoding from line {len(first)} on"):
                read_lines(written(tmp_path, content))


def test_a_lost_byte_of_utf_16_is_told(tmp_path: Path) -> None:
    content = "a red bird\na blue bird\n".encode("utf-16")
    with pytest.raises(TextFileError, match="another encoding from line 2 on"):
        read_lines(written(tmp_path, content[:27] + content[28:]))


def test_words_that_look_like_another_width_are_read(tmp_path: Path) -> None:
    for text in (
        "一只红色的鸟，白色的腹部。\na red bird…… and “a blue” • one",
        "красная птица, " * 9,
    ):
        for encoding in ("utf-16", "utf-8", "utf-32"):
            assert read_text(written(tmp_path, text.encode(encoding))) == text
    marked = codecs.BOM_UTF8 + "a naïve bird\n".encode() + "a café".encode("cp1252")
    assert read_lines(written(tmp_path, marked)) == ["a naïve bird", "a café"]


def test_a_wrong_byte_spoils_a_character_and_not_the_file(tmp_path: Path) -> None:
    content = "a naïve bird\na café".encode()
    damaged = content.replace(b"bird", b"b\xffrd")
    assert read_text(written(tmp_path, damaged)) == "a naïve b\ufffdrd\na café"
    assert read_text(written(tmp_path, content[:-1])) == "a naïve bird\na caf\ufffd"  # cut off
    cut_off = "a red bird\na".encode("utf-16")[:-1]
    assert read_lines(written(tmp_path, cut_off)) == ["a red bird", "\ufffd"]
    zeros = b"a red bird\n" + bytes(2) + b"a blue bird with a white belly and wings\n"
    assert read_lines(written(tmp_path, zeros))[0] == "a red bird"
    assert read_text(written(tmp_path, b"a \x93red\x94 bird\xdf")) == "a “red” birdß"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "grønn, groß, São, ¼ naïve"),
        ("cp1252", "• a red bird\n– a blue œuvre™ bird"),
        ("mac-roman", "a café’s “red” bird – naïve"),
        ("cp850", "a naïve café, as DOS wrote it"),
    ],
)
def test_letters_of_one_byte_are_read_as_they_make_sense(
    tmp_path: Path, encoding: str, text: str
) -> None:
    assert read_text(written(tmp_path, text.encode(encoding))) == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gbk", "一只红色的鸟"),
        ("shift_jis", "赤い鳥が飛ぶ"),
        ("euc_kr", "빨간 새 한마리"),
        ("big5", "紅色的鳥"),
        ("koi8_r", "красная птица"),
        ("cp1253", "ένα κόκκινο πουλί"),
    ],
)
def test_letters_that_cannot_be_told_are_not_guessed(
    tmp_path: Path, encoding: str, text: str
) -> None:
    content = "a naïve bird\n".encode("cp1252") + text.encode(encoding)
    with pytest.raises(TextFileError, match="letters in line 2 whose encoding cannot be told"):
        read_text(written(tmp_path, content))
    in_unicode = f"{text}\n" * 3
    assert read_text(written(tmp_path, in_unicode.encode("utf-16"))) == in_unicode
    damaged = in_unicode.encode()[:-2]
    assert read_text(written(tmp_path, damaged)).startswith(text)
    rule = "—" * 30
    assert read_text(written(tmp_path, rule.encode("cp1252"))) == rule


def test_what_programs_leave_at_the_end_or_between_is_no_text(tmp_path: Path) -> None:
    for content in (
        b"a red bird\n" + bytes(3000),
        codecs.BOM_UTF16_LE + "a red bird\n".encode("utf-16-le") + bytes(64),
        "a red bird\n".encode("utf-16-le") + bytes(64),
        b"a red bird\n\x1a",
        codecs.BOM_UTF8 + codecs.BOM_UTF8 + b"a red bird\n",
    ):
        assert read_lines(written(tmp_path, content)) == ["a red bird"]
    joined = b"a blue bird\n" + codecs.BOM_UTF8 + b"a red bird\n"
    assert read_lines(written(tmp_path, joined)) == ["a blue bird", "a red bird"]


def test_empty_and_one_letter(tmp_path: Path) -> None:
    for content, lines in ((b"", []), (b"\n", [""]), (b"a", ["a"]), (codecs.BOM_UTF8, [])):
        assert read_lines(written(tmp_path, content)) == lines


def test_an_e_mail_is_decoded(tmp_path: Path) -> None:
    content = b"a red bird =E2=80=93 with a long =\nyellow bill\r\na =\r\nwren=20\n"
    lines = read_lines(written(tmp_path, content))
    assert lines == ["a red bird \u2013 with a long yellow bill", "a wren "]
    assert read_lines(written(tmp_path, b"1 + 1 =\n2\n")) == ["1 + 1 =", "2"]


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(20_000)
    for content in (
        noise,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + noise,
        bytes(100),
        b"\x7fELF" + bytes(30),
        rb"{\rtf1\ansi a red bird\par}",
        b'<?xml version="1.0"?>\n<text>a red bird</text>',
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"%!PS-Adobe-3.0",
        b"%PDF-1.4\n1 0 obj << /Length 3 >>",
        codecs.BOM_UTF8 + b"\n<!DOCTYPE html><title>Not found</title>",
    ):
        with pytest.raises(TextFileError, match="is no text file"):
            read_lines(written(tmp_path, content))
    for content in (
        b'{"":"WARNING! DO NOT EDIT THIS FILE!","doc_id":"1a"}',  # birds.gdoc of Google Drive
        b'{"caption": "a red bird"}\n{"caption": "a blue bird"}\n',
    ):
        with pytest.raises(TextFileError, match="is JSON, or a document in a cloud folder"):
            read_lines(written(tmp_path, content))
    with pytest.raises(TextFileError, match="cannot be read: No such file"):
        read_lines(tmp_path / "absent.txt")
    with pytest.raises(TextFileError, match=r"cannot be read: Is a directory\."):
        read_lines(tmp_path)
    with pytest.raises(TextFileError, match="cannot be read"):
        read_lines(Path("nul\0name"))


def test_a_pipe_is_read(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"a red bird\r\n")
    os.close(writing)
    assert read_lines(Path(f"/dev/fd/{reading}")) == ["a red bird"]
    os.close(reading)
