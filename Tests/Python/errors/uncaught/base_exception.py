# A subclass of BaseException.
class E(BaseException):
    pass


raise E("not an Exception")
