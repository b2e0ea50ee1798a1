# SystemExit in exec'd text.
exec("raise SystemExit(12)")
