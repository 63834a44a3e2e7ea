"""From findings to edits, and from edits to files."""
