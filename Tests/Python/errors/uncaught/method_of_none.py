# A method of None.
def find():
    return None


find().strip()
