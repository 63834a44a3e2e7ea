"""Reports of a run: as text for people, as one line a finding, as JSON, and as a unified diff. Nothing here prints."""
