# SystemExit with a float.
raise SystemExit(2.5)
