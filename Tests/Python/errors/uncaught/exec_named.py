# An error in text that was compiled under a file name that does not exist.
exec(compile("x = 1\ny = x.z", "no such file", "exec"))
