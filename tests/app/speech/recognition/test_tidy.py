from __future__ import annotations

import pytest

from app.speech.recognition.tidy import tidy


@pytest.mark.parametrize(
    ("heard", "tidied"),
    [
        (" A small Red bird. ", "a small red bird"),
        ("A red-crowned, black\u2013winged bird!", "a red crowned black winged bird"),
        ("It\u2019s got  2 white\nwing bars", "it s got two white wing bars"),
        ("a caf\u00e9-coloured bird", "a cafe coloured bird"),
        ("...", ""),
        ("", ""),
    ],
)
def test_text_looks_like_a_training_caption(heard: str, tidied: str) -> None:
    assert tidy(heard) == tidied
    assert tidy(tidied) == tidied
