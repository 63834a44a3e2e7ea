"""The language: bytes -> instructions -> stages. Knows nothing of hardened images."""
