# What except* leaves is raised again.
try:
    raise ExceptionGroup("eg", [ValueError(1), TypeError(2)])
except* ValueError as e:
    print("handled", e.exceptions)
