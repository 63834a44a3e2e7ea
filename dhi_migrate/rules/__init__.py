"""The engine: the stage model of a Dockerfile, the findings about it, and the rules as data."""
