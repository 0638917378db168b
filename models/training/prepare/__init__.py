"""From what people have to a data folder: pictures, captions and a ``metadata.jsonl``.

`cub`, `folder` and `species_folders` read three kinds of sources into a `Collection`; `pictures`
checks each picture and cuts a square round the bird; `split` keeps some species for testing;
`writer` writes the folder; `pipeline` runs it all. Whatever is wrong with the input is collected in
`problems.Problems` and told at once.
"""
