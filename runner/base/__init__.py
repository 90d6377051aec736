"""What everything stands on: errors, clock, files, wording, schemas, version."""
