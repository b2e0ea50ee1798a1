# A message beyond ASCII.
raise ValueError("é 日本 \U0001f600")
