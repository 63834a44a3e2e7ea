"""Stand-in images: made from Debian packages and from the catalog's facts, so that nothing has to be pulled."""
