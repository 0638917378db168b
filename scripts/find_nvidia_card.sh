#!/usr/bin/env bash
# Exit status 0 where an NVIDIA graphics card is at work here, 1 where there is none.
#
#   find_nvidia_card.sh [FOLDER]    FOLDER: where the driver lists its cards
#
# A card whose driver is not installed cannot be used: it is told, and counts as none.
set -euo pipefail

driver=${1:-/proc/driver/nvidia/gpus}

if nvidia-smi --list-gpus 2>/dev/null | grep --quiet '^GPU' || [ -n "$(ls "$driver" 2>/dev/null)" ]; then
    exit 0
fi
for device in /sys/bus/pci/devices/*; do
    # Class 03: displays; the same cards have sound and USB parts, too.
    if grep --quiet --no-messages 0x10de "$device/vendor" &&
        grep --quiet --no-messages '^0x03' "$device/class"; then
        echo "speech2bird: there is an NVIDIA graphics card, but no driver for it is at work" >&2
        exit 1
    fi
done
exit 1
