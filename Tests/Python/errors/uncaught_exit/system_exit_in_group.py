# SystemExit inside a group is no exit.
raise BaseExceptionGroup("g", [SystemExit(3)])
