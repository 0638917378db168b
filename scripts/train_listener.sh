#!/usr/bin/env bash
# Trains what hears straight from sound, from data to file; after any stop, the same call goes on.
#
#   scripts/train_listener.sh DATA DAMSM KOKORO OUT [SETTING=VALUE ...]
#
# DATA has train and test (docs/data.md), DAMSM is the damsm.pt of the run that draws, KOKORO a folder
# of voices (docs/training.md). OUT gets the sound, the run and listener.safetensors.
# UTTERANCES (20000), TESTED (250) and PYTHON (python) may be set.
set -euo pipefail

if (($# < 4)); then
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
data=$1 damsm=$2 kokoro=$3 out=$4
shift 4
train=("${PYTHON:-python}" -m models.training)
mkdir -p "$out"

"${train[@]}" speak --data "$data/train" --out "$out/train" --kokoro "$kokoro" \
    --utterances "${UTTERANCES:-20000}"
"${train[@]}" speak --data "$data/test" --out "$out/test" --kokoro "$kokoro" \
    --test-voices --clean --utterances "${TESTED:-250}"
resume=()
if [[ -e $out/run/speech.pt ]]; then
    resume=(--resume)
fi
"${train[@]}" --threads 1 speech --spoken "$out/train" --train "$data/train" \
    --spoken-test "$out/test" --test "$data/test" --damsm "$damsm" --out "$out/run" \
    "${resume[@]}" "$@"
"${train[@]}" export --damsm "$damsm" --speech "$out/run/speech.pt" -o "$out/listener.safetensors"
