"""What hardened images exist, what is in them, and which of them replaces what."""
