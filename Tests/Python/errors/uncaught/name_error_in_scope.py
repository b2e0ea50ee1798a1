# A name of an enclosing class is no suggestion.
class A:
    value = 1

    def f(self):
        return valu


A().f()
