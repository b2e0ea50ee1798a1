# An error in exec'd text.
exec("def f():\n    return 1 / 0\nf()")
