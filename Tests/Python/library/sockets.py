# Sockets: errors, timeouts, addresses, messages with descriptors; nothing leaks.
import _socket
import os
import socket
import sys
import warnings


def show(function, *arguments, **keywords):
    try:
        print(function.__name__, repr(function(*arguments, **keywords)))
    except BaseException as error:
        print(function.__name__, type(error).__name__, error)


def descriptors():
    return len(os.listdir("/proc/self/fd"))


before = descriptors()
for arguments in [("a",), (99,), (2, 99), (2, 1, 99), (1, 2, 3, 4, 5), (2.5,)]:
    show(_socket.socket, *arguments)
for number in (-1, 9999, "a", 1 << 80, 0):
    show(_socket.socket, fileno=number)

with socket.socket() as server:
    server.bind(("127.0.0.1", 0))
    server.listen()
    address = server.getsockname()
    print(address[0], server.family, server.type, server.proto, server.gettimeout(), server.getblocking())
    for wrong in [1, ("a",), ("127.0.0.1", "x"), ("127.0.0.1", -1), ("127.0.0.1", 70000), (1, 2), ["127.0.0.1", 0], ("127.0.0.1", 1 << 80)]:
        show(server.bind, wrong)
    for timeout in (-1, "a", float("nan"), 1e100, 0.25, 0, None):
        show(server.settimeout, timeout)
        print(server.gettimeout(), server.getblocking())
    server.settimeout(0)
    show(server.accept)
    server.settimeout(0.01)
    show(server.accept)
    server.settimeout(2)
    client = socket.create_connection(address)
    peer, from_address = server.accept()
    print(from_address == client.getsockname(), peer.type, peer.gettimeout())
    with client, peer:
        show(client.connect_ex, address)
        print(client.send(b"hello"), peer.recv(2), peer.recv(100))
        for size in (-1, "a", 1 << 80, 0):
            show(peer.recv, size)
        show(client.send, "text")
        peer.settimeout(0.01)
        show(peer.recv, 1)
        peer.settimeout(0)
        show(peer.recv, 1)
        peer.settimeout(None)
        client.sendall(b"0123456789")
        target = bytearray(4)
        print(peer.recv_into(target), target, peer.recv_into(target, 2), target)
        for size in (-1, 5):
            show(peer.recv_into, target, size)
        print(peer.recvfrom(10))
        print(client.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE), client.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE, 4))
        show(client.getsockopt, socket.SOL_SOCKET, 999)
        show(client.setsockopt, 1, 2, "a")
        show(client.setsockopt, 1, 2)
        show(client.setsockopt, 1, 2, 1 << 40)
        print(client.makefile("rwb", buffering=0).write(b"line\n"), peer.makefile().readline())
        client.shutdown(socket.SHUT_WR)
        print(peer.recv(1))
        show(client.shutdown, 99)
show(server.recv, 1)
print(server.fileno(), server)
with socket.socket() as refused:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        show(refused.connect, taken.getsockname())

# Datagrams
with socket.socket(type=socket.SOCK_DGRAM) as one, socket.socket(type=socket.SOCK_DGRAM) as two:
    one.bind(("127.0.0.1", 0))
    two.bind(("127.0.0.1", 0))
    print(two.sendto(b"datagram", one.getsockname()), two.sendto(b"again", 0, one.getsockname()))
    data, sender = one.recvfrom(4)
    print(data, sender == two.getsockname())
    buffer = bytearray(20)
    print(one.recvfrom_into(buffer)[0], buffer)
    show(two.send, b"x")
    show(two.sendto, b"x")
    show(two.sendto, b"x", "a")

# Unix sockets, and descriptors that travel
one, two = socket.socketpair()
with one, two:
    print(one.family, one.type, repr(one.getsockname()))
    print(one.sendmsg([b"ab", bytearray(b"cd"), memoryview(b"ef")]), two.recvmsg(10))
    read, write = os.pipe()
    socket.send_fds(one, [b"take it"], [write])
    data, received, flags, sender = socket.recv_fds(two, 20, 3)
    os.write(received[0], b"through another descriptor")
    print(data, len(received), flags, sender, os.read(read, 100))
    for number in (read, write, *received):
        os.close(number)
    first, second = bytearray(2), bytearray(3)
    one.send(b"12345")
    print(two.recvmsg_into([first, second]), first, second)
    for wrong in (1, ["a"]):
        show(one.sendmsg, wrong)
    for wrong in (1, [1], [(1, 2)], [("a", 2, b"")], [(1, 2, "a")]):
        show(one.sendmsg, [b"a"], wrong)
    show(two.recvmsg, -1)
    show(two.recvmsg, 1, -1)
    show(two.recvmsg_into, [b"read-only"])
    with open(__file__, "rb") as file:
        print(one.sendfile(file, 2, 7), two.recv(100))
with socket.socket(socket.AF_UNIX) as abstract:
    abstract.bind("\0krait-%d" % os.getpid())
    print(abstract.getsockname() == b"\0krait-%d" % os.getpid())
    show(abstract.bind, "x" * 200)
    show(abstract.connect, "/nonexistent/path")
    show(abstract.bind, 1)

# Names
for call in [
    (socket.inet_aton, "1.2.3.4"), (socket.inet_aton, "x"), (socket.inet_ntoa, b"1234"), (socket.inet_ntoa, b"123"), (socket.inet_pton, 10, "::1"),
    (socket.inet_pton, 99, "a"), (socket.inet_ntop, 10, bytes(16)), (socket.inet_ntop, 2, b"1"), (socket.htons, 1), (socket.htons, 65536), (socket.htonl, -1),
    (socket.gethostbyname, "127.0.0.1"), (socket.gethostbyname, 1), (socket.getservbyname, "no such service"), (socket.getservbyport, -1),
    (socket.getprotobyname, "no such protocol"), (socket.if_nametoindex, "no such"), (socket.if_indextoname, -1), (socket.getaddrinfo, None, None),
    (socket.getaddrinfo, 1, 80), (socket.getaddrinfo, "127.0.0.1", 1.5), (socket.getaddrinfo, "127.0.0.1", 80, 99), (socket.getaddrinfo, "::1", 80, 0, 1),
    (socket.getaddrinfo, "10.200.3.255", 65535, 0, 1), (socket.getaddrinfo, "127.0.0.1", 65536, 0, 1), (socket.getaddrinfo, "127.0.0.1", -1, 0, 1),
    (socket.getaddrinfo, "127.0.0.1", "80", 0, 2), (socket.getaddrinfo, "127.0.0.1", 80, 2, 2), (socket.getaddrinfo, "127.0.0.1", True, 0, 1),
    (socket.getaddrinfo, "127.1", 80, 2, 1), (socket.getaddrinfo, "010.0.0.1", 80, 0, 1), (socket.getaddrinfo, b"1.2.3.4", 80, 0, 1, 6),
    (socket.getaddrinfo, "1.2.3.4", 80, 0, 1, 17), (socket.getaddrinfo, "1.2.3.4", 80, 10, 1), (socket.getaddrinfo, "1.2.3.4", 80, 0, 1, 0, socket.AI_CANONNAME),
    (socket.getaddrinfo, "1.2.3.4", None, 0, 1), (socket.inet_ntoa, bytes((0, 9, 10, 99))), (socket.inet_ntoa, bytes((100, 101, 200, 255))),
    (socket.inet_ntop, 2, bytes((1, 20, 109, 250))),
    (socket.getnameinfo, ("127.0.0.1", 80), 3), (socket.getnameinfo, 1, 0), (socket.getnameinfo, ("127.0.0.1",), 0), (socket.CMSG_LEN, 5), (socket.CMSG_SPACE, 5),
    (socket.CMSG_LEN, -1), (socket.setdefaulttimeout, -1), (socket.getdefaulttimeout,),
]:
    show(*call)
print(socket.gaierror.__mro__, socket.herror.__module__, socket.timeout is TimeoutError)

# Unclosed sockets are told of
warnings.simplefilter("always")
warnings.showwarning = lambda message, category, *rest: print(category.__name__, str(message).split("fd=")[0])
_socket.socket()
events = []
sys.addaudithook(lambda event, arguments: events.append((event, arguments[1:])) if event.startswith("socket.") else None)
with socket.socket() as audited:
    audited.bind(("127.0.0.1", 0))
socket.getaddrinfo("127.0.0.1", 1, 0, 1)
print(events)
print(descriptors() - before)
