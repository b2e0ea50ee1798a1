# Sizes beyond what a bytes object may have, and beyond what any machine has.
for n in (2**62, 2**60, 2**63-33, 2**63-34, 2**63-35, 2**63-1, 10**18):
    for b in (b'ab', b'a', bytearray(b'a'), bytearray(b'ab'), 'ab', 'a', b''):
        try: b * n; print("ok")
        except (MemoryError, OverflowError) as e: print(n, b, repr(e))
    for f in (bytes, bytearray):
        try: f(n)
        except (MemoryError, OverflowError) as e: print(n, f, repr(e))
    for m in ('ljust','zfill','center'):
        for b in (b'a', 'a', bytearray(b'a')):
            try: getattr(b,m)(n)
            except (MemoryError, OverflowError) as e: print(n, b, m, repr(e))
