# A file that does not compile: except order.
print("never")
try:
    pass
except:
    pass
except ValueError:
    pass
