# A BaseExceptionGroup with KeyboardInterrupt.
raise BaseExceptionGroup("base", [KeyboardInterrupt(), SystemExit(3)])
