# SystemExit with True.
raise SystemExit(True)
