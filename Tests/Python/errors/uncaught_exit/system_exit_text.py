# SystemExit with text writes it to the standard error.
print("out")
raise SystemExit("the message")
