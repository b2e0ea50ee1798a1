# An error in __exit__ while another is handled.
class M:
    def __enter__(self):
        return self

    def __exit__(self, *a):
        raise ValueError("exit")


with M():
    raise KeyError("body")
