"""The editor server: what the command line says of a file, by the language server protocol. Needs the extra ``lsp``.

`server` talks to the editor (by pygls), `protocol` keeps the texts; the rest turns values of the public functions into values
of the protocol. Nothing of this package is imported on the way of a check.
"""
