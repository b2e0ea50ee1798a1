# A file that does not compile: global after use.
print("never")
def f():
    x = 1
    global x
