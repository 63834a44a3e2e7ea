"""The files around a Dockerfile: finding and reading them."""
