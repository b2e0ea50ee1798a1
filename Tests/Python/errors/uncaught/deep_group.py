# Groups that are nested deeply are cut.
g = ValueError("innermost")
for i in range(15):
    g = ExceptionGroup(f"level {i}", [g])
raise g
