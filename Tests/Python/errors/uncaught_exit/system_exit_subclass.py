# A subclass of SystemExit.
class E(SystemExit):
    pass


raise E(9)
