# Arguments, names of programs and sources whose bytes are not UTF-8.
import os, subprocess, sys, tempfile

environment = {name: value for name, value in os.environ.items() if not name.startswith('PYTHON')}


def run(*arguments, **settings):
    done = subprocess.run([os.fsencode(sys.executable), *arguments], capture_output=True, env=environment | settings)
    lines = done.stderr.replace(os.fsencode(folder), b'FOLDER').replace(os.fsencode(sys.executable), b'PYTHON').splitlines()
    print(done.returncode, done.stdout.replace(os.fsencode(folder), b'FOLDER'), lines[-3:])


with tempfile.TemporaryDirectory() as folder:
    run('-c', 'import sys; print(ascii(sys.argv[1:]), ascii(sys.orig_argv[-2:]))', b'\xff\xc3\xa9', '\U0010ffff', 'é')
    run('-c', b'print("\xff")')
    run('-c', 'import sys; print(sys.get_int_max_str_digits())', PYTHONINTMAXSTRDIGITS='0')
    run('-c', 'pass', PYTHONUTF8='maybe')
    run('-X', 'utf8=maybe', '-c', 'pass')
    run('-X', 'no_debug_ranges', '-c', 'print(list((lambda a: a + 1).__code__.co_positions()))')
    run('-c', 'import sys; print(sys.stdin.encoding, sys.stdout.errors)', PYTHONIOENCODING='latin1')
    path = os.path.join(os.fsencode(folder), b'program\xe4.py')
    with open(path, 'wb') as file:
        file.write(b'import sys\nprint(ascii(__file__), ascii(sys._getframe().f_code.co_filename))\n')
    run(path)
    sources = {
        'coding': b'#coding:ascii \xc3\xa4\nraise RuntimeError\n',
        'shebang': b'#!/home/\xc3\xa4/bin/python\n#coding:ascii\nraise RuntimeError\n',
        'second': b'#first\n#second\xa4\nraise RuntimeError\n',
        'code first': b'x = 1\n#second\xa4\nraise RuntimeError\n',
        'declared': b'#\xe4\n#coding:utf-8\nprint(1)\n',
        'other': b'#\xe4\n#coding:koi8-r\nprint(1)\n',
    }
    for name, source in sources.items():
        path = os.path.join(folder, name)
        with open(path, 'wb') as file:
            file.write(source)
        run(path)
