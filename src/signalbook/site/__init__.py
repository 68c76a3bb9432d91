"""The documentation site of a registry: pages, indexes, data for tools, and the MkDocs theme."""
