"""The command line: arguments, exit codes, streams and processes; everything else is called from here."""
