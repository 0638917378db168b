"""The bird expert: a picture network that knows species, parts and what people say of birds."""
