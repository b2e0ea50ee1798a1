# Functions of os for processes, scheduling, terminals, extended attributes, several buffers and the kernel's counters and timers.
import os
import posix
import signal
import tempfile


def show(function, *arguments, **keywords):
    try:
        print(function.__name__, arguments, keywords, "->", function(*arguments, **keywords))
    except BaseException as error:
        print(function.__name__, arguments, keywords, "->", type(error).__name__, error)


def status(process):
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


# Scheduling.
print(os.sched_param(3), os.sched_param(sched_priority=4).sched_priority)
show(os.sched_param)
for parameter in ("x", os.sched_param("x"), os.sched_param(2**40), 3):
    show(os.sched_setparam, 0, parameter)
show(os.sched_setscheduler, 0, os.SCHED_OTHER, 3)
print(os.sched_getscheduler(0), os.sched_getparam(0), os.sched_setparam(0, os.sched_param(0)), os.sched_rr_get_interval(0) >= 0)
for policy in (os.SCHED_OTHER, os.SCHED_FIFO, os.SCHED_RR, 99):
    show(os.sched_get_priority_max, policy)
    show(os.sched_get_priority_min, policy)
for mask in ([], [-1], ["a"], 10, [2**70], [10**9]):
    show(os.sched_setaffinity, 0, mask)
mask = os.sched_getaffinity(0)
print(os.sched_setaffinity(0, mask), os.sched_getaffinity(0) == mask)
show(os.getpriority, 9, 0)
show(os.setpriority, 9, 0, 1)
print(-20 <= os.getpriority(os.PRIO_PROCESS, 0) < 20)

# Users and groups.
show(os.setgroups, 3)
show(os.setgroups, ["a"])
show(os.setgroups, range(70000))
show(os.getgrouplist, 3, 0)
show(os.getgrouplist, "root", 0)
show(os.initgroups, "root", "x")
show(os.setresuid, -2, 0, 0)
show(os.setreuid, "a", 0)
print(os.getresuid() == (os.getuid(), os.geteuid(), os.geteuid()), len(os.getresgid()))
show(os.setns, 99)
show(os.setns, "a")

# Running programs.
for arguments in (([], {}), (3, {}), (["x"], 3), ([""], {}), (["x"], {"a=b": "c"}), (["x"], None)):
    show(os.posix_spawn, "/no/such", *arguments)
show(os.posix_spawn, "/no/such\0", ["x"], {})
show(os.posix_spawnp, "no such program", ["x"], {})
for actions in (3, [3], [()], [("a",)], [(77,)], [(os.POSIX_SPAWN_OPEN, 1)], [(os.POSIX_SPAWN_CLOSE,)], [(os.POSIX_SPAWN_DUP2, 1)],
                [(os.POSIX_SPAWN_CLOSEFROM,)], [(os.POSIX_SPAWN_OPEN, 1, "a", "b", 3)], None):
    show(os.posix_spawn, "/no/such", ["x"], {}, file_actions=actions)
for keywords in (dict(setpgroup="a"), dict(setsigmask=3), dict(setsigmask=[0]), dict(setsigdef=["a"]), dict(setsigdef=[999]), dict(scheduler=3),
                 dict(scheduler=(1,)), dict(scheduler=(0, 3)), dict(setsid=2), dict(resetids=True)):
    show(os.posix_spawn, "/no/such", ["x"], {}, **keywords)
with tempfile.TemporaryDirectory() as folder:
    path = folder + "/out"
    process = os.posix_spawn("/bin/sh", ["sh", "-c", "echo $A; exit 3"], {"A": "value"}, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, path, os.O_WRONLY | os.O_CREAT, 0o600), (os.POSIX_SPAWN_DUP2, 1, 2), (os.POSIX_SPAWN_CLOSE, 0)])
    print(status(process), open(path).read())
    process = os.posix_spawnp("sh", ["sh", "-c", "kill -9 $$"], os.environ, setsid=True, setsigdef=[signal.SIGINT], setsigmask=[signal.SIGUSR1])
    print(status(process))
process = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 5"], {})
result = os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
print(result.si_pid == process, result.si_signo == signal.SIGCHLD, result.si_status, result.si_code == os.CLD_EXITED)
found, code, usage = os.wait4(process, 0)
print(found == process, code, type(usage), len(usage))
print(os.waitstatus_to_exitcode(os.wait3(0)[1]) if os.posix_spawn("/bin/true", ["true"], {}) else None)
show(os.waitid, os.P_ALL, 0, os.WEXITED)
show(os.wait3, 0)
show(os.wait4, 0, 0)
show(os.pidfd_open, -1)
show(os.execv, "/no/such", 3)
show(os.execv, "/no/such", [])
show(os.execv, "/no/such", [""])
show(os.execve, "/no/such", 3, {})
show(os.execve, "/no/such", [], {})
show(os.execve, "/no/such", ["x"], 3)

# Terminals.
for name in ("ptsname", "login_tty", "grantpt", "unlockpt", "tcgetpgrp"):
    show(getattr(os, name), 99)
show(os.tcsetpgrp, 99, 1)
leader, follower = os.openpty()
print(os.isatty(leader), os.isatty(follower), os.get_inheritable(leader), os.ttyname(follower) == os.ptsname(leader))
os.write(leader, b"line\n")
print(os.read(follower, 100), os.read(leader, 100))
os.close(follower)
os.close(leader)
leader = os.posix_openpt(os.O_RDWR | os.O_NOCTTY)
print(os.grantpt(leader), os.unlockpt(leader), os.ptsname(leader).startswith("/dev/pts/"))
os.close(leader)

# Several buffers, and copies within the kernel.
with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as other:
    fd, to = file.fileno(), other.fileno()
    print(os.writev(fd, [b"one", bytearray(b"two"), memoryview(b"three")]), os.pwritev(fd, (b"ONE",), 0))
    first, second = bytearray(4), bytearray(20)
    print(os.preadv(fd, [first, second], 1), first, second)
    os.lseek(fd, 0, 0)
    print(os.readv(fd, [first]), first)
    print(os.sendfile(to, fd, 0, 6), os.pread(to, 100, 0), os.copy_file_range(fd, to, 5, 0, 6), os.pread(to, 100, 0))
    read, write = os.pipe()
    print(os.splice(fd, write, 4, offset_src=2), os.read(read, 100))
    print(os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_NORMAL), os.posix_fallocate(fd, 0, 100), os.fstat(fd).st_size)
    print(os.lockf(fd, os.F_LOCK, 4), os.lockf(fd, os.F_ULOCK, 4))
for function, *arguments in (
        (os.readv, 0, 3), (os.readv, 0, [b"a"]), (os.writev, 1, ["a"]), (os.writev, 1, 3), (os.preadv, 99, [bytearray(3)], 0),
        (os.pwritev, 99, [b"a"], 0, 77), (os.sendfile, 1, 99, None, 3), (os.sendfile, 1, 99, "a", 3), (os.copy_file_range, 99, 1, -3),
        (os.copy_file_range, 99, 1, 3, "s"), (os.splice, 99, 1, -3), (os.splice, 99, 1, 3), (os.posix_fadvise, 99, 0, 0, 0),
        (os.posix_fallocate, 99, 0, 4), (os.lockf, 99, 0, 4)):
    show(function, *arguments)

# Extended attributes.
show(os.getxattr, "/no such file", "user.a")
show(os.getxattr, "/no such file", 3)
show(os.setxattr, "/no such file", "user.a", "d")
show(os.setxattr, "/no such file", "user.a", b"d", 5)
show(os.listxattr, "/no such file")
show(os.listxattr, 99, follow_symlinks=False)
show(os.removexattr, "/no such file", "a\0")

# Memory files, counters, timers.
fd = os.memfd_create("name")
print(os.write(fd, b"abc"), os.pread(fd, 9, 0), os.get_inheritable(fd))
os.close(fd)
show(os.memfd_create, 3)
show(os.memfd_create, "a\0")
fd = os.eventfd(3, os.EFD_NONBLOCK)
show(os.eventfd_read, fd)
show(os.eventfd_read, fd)
show(os.eventfd_write, fd, 4)
show(os.eventfd_write, fd, -1)
show(os.eventfd_write, fd, 2**70)
os.close(fd)
show(os.eventfd, -1)
show(os.eventfd, 2**40)
show(os.eventfd_read, 99)
fd = os.timerfd_create(1)
show(os.timerfd_settime, fd, initial=100, interval=2.5)
print(round(os.timerfd_gettime(fd)[0]), os.timerfd_gettime(fd)[1], os.timerfd_gettime_ns(fd)[1])
print(round(os.timerfd_settime_ns(fd, initial=0)[0] / 1e9), os.timerfd_gettime_ns(fd))
os.close(fd)
for arguments, keywords in ((("a",), {}), ((99,), {}), ((99,), dict(initial=-1.0)), ((99,), dict(initial="a"))):
    show(os.timerfd_settime, *arguments, **keywords)
show(os.timerfd_settime_ns, 99, initial="a")
show(os.timerfd_create, 99)

# Names.
for name in ("CS_PATH", "x", 99999, 2.5):
    show(os.confstr, name)
print(sorted(os.confstr_names)[:3], len(os.confstr_names), os.pathconf_names, len(os.sysconf_names))
show(posix._inputhook)
show(posix._is_inputhook_installed)
for name in (2**40, 2**70, -(2**70), "a"):
    show(os.setgid, name)
for number in (-1, -2, 2**64, 2**64 - 1, 2**63, -(2**63) - 1, 5, 2**40 + 7):
    show(os.major, number)
    show(os.minor, number)
for numbers in ((-1, -1), (-1, 0), (0, -1), (2**32, 0), (2**32 - 1, 2**32 - 1), (2**64, 1), (-2, 0), (4, 5)):
    show(os.makedev, *numbers)
show(os.mknod, "/no such folder/x", 0o600, -2)
