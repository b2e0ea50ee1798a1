# The errors of sockets: class, errno, message; time limits, names that are not known; and nothing stays open.
import errno
import os
import resource
import select
import selectors
import socket
import struct
import tempfile
import threading


def attempt(label, function, *arguments, **keywords):
    try:
        result = function(*arguments, **keywords)
        if hasattr(result, "close"):
            result.close()
        print(f"{label}: no error, {type(result).__name__}")
    except OSError as error:
        text = str(error).replace(str(address[1]), "PORT")
        print(f"{label}: {type(error).__name__} {errno.errorcode.get(error.errno, error.errno)} {error.filename!r} | {text}")
    except Exception as error:
        print(f"{label}: {type(error).__name__}: {error}")


def descriptors():
    return len(os.listdir("/proc/self/fd"))


before = descriptors()
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
address = listener.getsockname()
with socket.socket() as s:
    attempt("refused, bound but not listening", s.connect, address)
with socket.socket() as s:
    print(errno.errorcode[s.connect_ex(address)])
attempt("create_connection", socket.create_connection, address)
attempt("create_connection, all errors", socket.create_connection, address, all_errors=True)
listener.listen(1)
with socket.socket() as s:
    attempt("address in use", s.bind, address)
    attempt("bad address", s.bind, ("127.0.0.1", 70000))
    attempt("bad port", s.bind, ("127.0.0.1", "http"))
    attempt("short address", s.bind, ("127.0.0.1",))
    attempt("not a pair", s.bind, "127.0.0.1")
    attempt("not here", s.bind, ("192.0.2.1", 0))
    # What the codec of host names refuses: plain text is left to the resolver, other text is no host's name.
    attempt("long name", s.bind, ("x" * 300, 0))
    attempt("empty label", s.bind, ("a..b", 0))
    attempt("no name", s.bind, ("\udcff", 0))
    attempt("long label", s.connect, ("\xe9" * 80, 0))
    attempt("not connected: send", s.send, b"x")
    attempt("not connected: recv", s.recv, 1)
    attempt("not connected: shutdown", s.shutdown, socket.SHUT_RDWR)
    attempt("not connected: getpeername", s.getpeername)
    attempt("accept without listen", s.accept)
    attempt("unknown option", s.getsockopt, socket.SOL_SOCKET, 9999)
    attempt("unknown option set", s.setsockopt, socket.SOL_SOCKET, 9999, 1)
    attempt("connect to a name with NUL", s.connect, ("local\0host", 1))
    attempt("negative recv", s.recv, -1)
    attempt("negative timeout", s.settimeout, -1)
    attempt("timeout of a str", s.settimeout, "1")
    s.bind(("127.0.0.1", 0))
    attempt("bind twice", s.bind, ("127.0.0.1", 0))
attempt("create_server in use", socket.create_server, address)
for name in ("name.invalid", "", "a..b", "x" * 70, b"name.invalid", "caf\u00e9.invalid"):
    try:
        socket.getaddrinfo(name, 80, flags=socket.AI_NUMERICHOST)
        print("resolved", name)
    except socket.gaierror as error:
        print(type(error).__name__, error.errno == socket.EAI_NONAME, error.strerror)
    except Exception as error:
        print(type(error).__name__, error)
attempt("service", socket.getaddrinfo, "127.0.0.1", "no-such-service", flags=socket.AI_NUMERICHOST)
attempt("getservbyname", socket.getservbyname, "no-such-service")
attempt("getservbyport", socket.getservbyport, 70000)
attempt("getprotobyname", socket.getprotobyname, "no-such-protocol")
attempt("inet_aton", socket.inet_aton, "256.0.0.1")
attempt("inet_pton", socket.inet_pton, socket.AF_INET, "1.2.3")
attempt("inet_pton 6", socket.inet_pton, socket.AF_INET6, "::g")
attempt("inet_pton family", socket.inet_pton, 99, "1.2.3.4")
attempt("inet_ntop", socket.inet_ntop, socket.AF_INET, b"123")
attempt("inet_ntoa", socket.inet_ntoa, b"123")
attempt("unknown family", socket.socket, 9999)
attempt("unknown type", socket.socket, socket.AF_INET, 99)
attempt("wrong protocol", socket.socket, socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_UDP)
attempt("fileno that is none", socket.socket, fileno=99)
attempt("fileno negative", socket.socket, fileno=-5)
attempt("if_nametoindex", socket.if_nametoindex, "no-such-interface")
attempt("if_indextoname", socket.if_indextoname, 99999)
with open(os.devnull) as file:
    attempt("fileno of a file", socket.socket, fileno=file.fileno())

with socket.socket() as s:
    s.settimeout(0.05)
    s.connect(address)
    peer, _ = listener.accept()
    attempt("timed out: recv", s.recv, 1)
    attempt("timed out: recv_into", s.recv_into, bytearray(2))
    print(socket.timeout is TimeoutError)
    file = s.makefile("rb")
    attempt("timed out: readline", file.readline)
    attempt("after a timeout", file.readline)
    file.close()
    s.setblocking(False)
    attempt("would block", s.recv, 1)
    with s.makefile("rb", buffering=0) as raw:
        print(raw.read(1))
    try:
        while True:
            s.send(b"x" * 1_000_000)
    except BlockingIOError as error:
        print(type(error).__name__, errno.errorcode[error.errno], error)
    # A reset.
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()
    s.settimeout(5)
    attempt("reset", s.recv, 1)
    attempt("after the reset", s.send, b"x")
    attempt("sendall after the reset", s.sendall, b"x")
attempt("closed: recv", s.recv, 1)
attempt("closed: fileno", select.select, [s], [], [], 0)
print(s.fileno(), s)
listener.settimeout(0.02)
attempt("accept times out", listener.accept)
listener.setblocking(False)
attempt("accept would block", listener.accept)
listener.close()
attempt("closed: accept", listener.accept)
attempt("closed: getsockname", listener.getsockname)

a, b = socket.socketpair()
with a, b:
    b.close()
    attempt("broken pipe", a.send, b"x")
    print(a.recv(1))
    attempt("makefile", a.makefile, "q")
    a.shutdown(socket.SHUT_RD)
    attempt("sendmsg", a.sendmsg, [b"x"])
    attempt("sendfile", a.sendfile, "x")
    attempt("recvmsg", a.recvmsg, -1)

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "s")
    os.chdir(folder)
    with socket.socket(socket.AF_UNIX) as s:
        attempt("no such path", s.connect, "missing")
        attempt("too long", s.connect, "x" * 200)
        with socket.socket(socket.AF_UNIX) as other:
            attempt("NUL inside", other.bind, "a\0b")
        s.bind("s")
        attempt("bound twice", s.bind, "t")
        with socket.socket(socket.AF_UNIX) as other:
            attempt("path in use", other.bind, "s")
            attempt("nobody listens", other.connect, "s")
            attempt("address of another family", other.connect, ("127.0.0.1", 80))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
            attempt("wrong type", datagrams.connect, "s")
            attempt("sendto nowhere", datagrams.sendto, b"x", "missing")
    with open("plain", "w"):
        pass
    with socket.socket(socket.AF_UNIX) as s:
        attempt("a file", s.connect, "plain")
    os.chdir("/")

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    attempt("too large", s.sendto, b"x" * 70000, ("127.0.0.1", 9))
    attempt("no destination", s.send, b"x")
    attempt("listen", s.listen)
attempt("select", select.select, [99], [], [], 0)
attempt("select negative", select.select, [-1], [], [], 0)
poll = select.poll()
attempt("poll of a str", poll.register, "x")
attempt("poll modify", poll.modify, 5, 1)
attempt("poll unregister", poll.unregister, 5)
with select.epoll() as epoll:
    attempt("epoll of none", epoll.register, 99)
    attempt("epoll modify", epoll.modify, 0, 1)
    attempt("epoll unregister", epoll.unregister, 98)
    with open("/etc/passwd") as file:
        attempt("epoll of a file", epoll.register, file)
attempt("epoll closed", epoll.poll)
with selectors.DefaultSelector() as selector:
    attempt("selector", selector.register, 99, selectors.EVENT_READ)
    attempt("selector get", selector.get_key, 5)
    attempt("selector events", selector.register, 0, 9)

limit = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (before + 1, limit[1]))
held = []
try:
    while True:
        held.append(socket.socket())
except OSError as error:
    print(type(error).__name__, errno.errorcode[error.errno], error)
attempt("socketpair", socket.socketpair)
attempt("epoll", select.epoll)
attempt("create_server", socket.create_server, ("127.0.0.1", 0))
for s in held:
    s.close()
resource.setrlimit(resource.RLIMIT_NOFILE, limit)
print(descriptors() == before or (before, descriptors()))
