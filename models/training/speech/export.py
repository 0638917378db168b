"""From a speech run to the file that the program listens with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from models.checkpoints.checkpoint import text_identity
from models.networks.config import SpeechEncoderConfig
from models.sound.speech_checkpoint import SpeechCheckpoint, save_speech_encoder
from models.sound.speech_encoder import SpeechEncoder
from models.training.damsm.model import load_damsm
from models.training.runs.publishing import check_weights, versions
from models.training.runs.states import load_state
from models.training.speech.trainer import STATE_KEYS


def export_speech(damsm: Path, speech: Path, output: Path, card: Mapping[str, str]) -> str:
    """Write a run's speech encoder in half precision.

    Parameters
    ----------
    damsm : the ``damsm.pt`` whose text encoder taught it.
    speech : the run's ``speech.pt``.
    card : facts for people to read, on top of those that are known.

    Returns
    -------
    The file's checksum.

    Raises
    ------
    FileNotFoundError, ValueError
        A file is missing, foreign or damaged, or its weights are no numbers.
    """
    state = load_state(speech, "speech run (speech.pt)", STATE_KEYS)
    try:
        encoder = SpeechEncoder(SpeechEncoderConfig(**state["config"])).eval()
        encoder.load_state_dict(state["encoder"])
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{speech}: its weights and its configuration do not fit.") from error
    check_weights(encoder, speech)
    facts = {
        "utterances_heard": f"{state['heard']:,}",
        "minutes": f"{state['seconds'] / 60:.1f}",
        "written_by": versions(),
    }
    teacher = text_identity(load_damsm(damsm).text_encoder)
    return save_speech_encoder(SpeechCheckpoint(encoder, teacher, facts | dict(card)), output)
