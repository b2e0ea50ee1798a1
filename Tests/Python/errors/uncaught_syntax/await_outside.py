# A file that does not compile: await outside.
print("never")
def f():
    await x
