# SystemExit without a value.
raise SystemExit
