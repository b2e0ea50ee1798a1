# New exceptions in except* clauses.
try:
    raise ExceptionGroup("eg", [ValueError(1), TypeError(2)])
except* ValueError as e:
    raise KeyError("new")
except* TypeError:
    1 / 0
