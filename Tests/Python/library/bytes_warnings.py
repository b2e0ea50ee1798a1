# The options -b and -bb: bytes that are compared with text or numbers, or made text.
import subprocess, warnings, sys
if len(sys.argv) == 1:
    for option in ([], ["-b"], ["-bb"]):
        done = subprocess.run([sys.executable, *option, __file__, "inner"], capture_output=True, text=True)
        print(option, done.returncode, done.stdout, done.stderr)
    for program in ("print(b'a' == 'a')", "print(str(b'a'))"):
        for option in ("-b", "-bb"):
            done = subprocess.run([sys.executable, option, "-c", program], capture_output=True, text=True)
            print(option, done.returncode, done.stdout, done.stderr)
    sys.exit()
print(sys.flags.bytes_warning)
for f in (lambda: b'a'=='a', lambda: 'a'==b'a', lambda: b'a'!='a', lambda: bytearray(b'a')=='a', lambda: b'a'==1, lambda: 1==b'a', lambda: str(b'x'), lambda: str(bytearray(b'x')), lambda: '%s'%b'x', lambda: f'{b"x"}', lambda: '{}'.format(b'x'), lambda: b'a' in ['a'], lambda: b'a'<'a', lambda: print(b'x'), lambda: 'a'==bytearray(b'a'), lambda: memoryview(b'a')=='a', lambda: b''=='', lambda: (b'a',)==('a',), lambda: b'%s'%b'x', lambda: repr(b'x'), lambda: format(b'x'), lambda: bytes.__eq__(b'a','a'), lambda: bytearray(b'a')=='a', lambda: bytearray(b'a')==1):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter('always')
        try: r=f()
        except Exception as e: r=repr(e)
    print(r, [(x.category.__name__, str(x.message)) for x in w])
