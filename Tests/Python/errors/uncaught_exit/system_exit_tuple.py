# SystemExit with two values.
raise SystemExit(1, 2)
