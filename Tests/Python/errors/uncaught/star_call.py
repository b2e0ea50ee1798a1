# A call with an argument that is no mapping.
def f(**k):
    pass


f(**[1])
