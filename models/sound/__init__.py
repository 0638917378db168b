"""From sound straight to what pictures are drawn from, without text."""
