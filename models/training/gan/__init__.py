"""The adversarial training of the stages."""
