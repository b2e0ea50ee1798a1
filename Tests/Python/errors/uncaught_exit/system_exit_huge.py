# SystemExit with a number beyond a machine word.
raise SystemExit(2 ** 70)
