"""The recipes that come along (TOML files), what reads them, and what walks them."""
