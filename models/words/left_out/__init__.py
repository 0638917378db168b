"""What a text says and a picture of one bird cannot show: it is left out, and told."""
