# A class as the exit value.
raise SystemExit(ValueError)
