# A file that does not compile: nested error.
print("never")
def f():
    class A:
        def g(self):
            for x in y
                pass
