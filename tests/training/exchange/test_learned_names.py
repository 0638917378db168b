"""Which names of birds a weights file says that its model has learned."""

from pathlib import Path

from models.training.data.examples import Example
from models.training.exchange.export import learned_names
from models.words.vocabulary import Vocabulary


def test_names_of_training_birds_whose_words_are_known_are_learned() -> None:
    species = ("Northern Cardinal", "Northern Cardinal", "Mallard", "-")
    examples = [Example(Path("bird.jpg"), (), each) for each in species]
    known = Vocabulary(["a", "bird", "northern", "cardinal", "duck", "owl"])
    assert learned_names(examples, known) == ("cardinal", "duck", "northern cardinal")
    assert learned_names([], known) == ()
