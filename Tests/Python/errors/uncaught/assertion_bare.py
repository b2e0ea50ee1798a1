# assert without a message.
def check(v):
    assert isinstance(v, str) and len(v) > 2


check("a")
