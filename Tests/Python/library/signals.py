# Signals: handlers, what they interrupt, and what they may raise.
import os
import signal
import threading
import time

log = []


def note(number, frame):
    log.append((signal.Signals(number).name, frame.f_code.co_name if frame else None))


print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGPIPE))
print(signal.signal(signal.SIGUSR1, note), signal.signal(signal.SIGALRM, note))
signal.raise_signal(signal.SIGUSR1)
os.kill(os.getpid(), signal.SIGUSR1)
print(log)
log.clear()

# A wait goes on after the handler.
signal.setitimer(signal.ITIMER_REAL, 0.02)
start = time.monotonic()
time.sleep(0.06)
print(log, time.monotonic() - start >= 0.06)
log.clear()
lock = threading.Lock()
lock.acquire()
signal.setitimer(signal.ITIMER_REAL, 0.02)
print(lock.acquire(timeout=0.06), log)
log.clear()


# Unless it raises.
def stop(number, frame):
    raise TimeoutError(number)


signal.signal(signal.SIGALRM, stop)
for wait in (lambda: time.sleep(5), lambda: lock.acquire(timeout=5), lambda: os.read(os.pipe()[0], 1), lambda: signal.pause()):
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    try:
        wait()
    except TimeoutError as error:
        print("stopped", error)
signal.setitimer(signal.ITIMER_REAL, 0.02)
try:
    while True:
        pass
except TimeoutError:
    print("loop stopped")

# Sets of signals.
old = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
signal.raise_signal(signal.SIGUSR1)
print(old, signal.sigpending(), log)
print(signal.sigwait([signal.SIGUSR1]), signal.sigpending(), log)
signal.raise_signal(signal.SIGUSR1)
information = signal.sigwaitinfo([signal.SIGUSR1])
print(information.si_signo == signal.SIGUSR1, information.si_pid == os.getpid())
print(signal.sigtimedwait([signal.SIGUSR1], 0.01))
signal.raise_signal(signal.SIGUSR1)
print(signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1]) == {signal.SIGUSR1}, log)

# Other threads may not set handlers, but handlers run in the main thread.
def other():
    try:
        signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    except ValueError as error:
        print(error)
    os.kill(os.getpid(), signal.SIGUSR2)


signal.signal(signal.SIGUSR2, lambda number, frame: print("in main:", threading.current_thread() is threading.main_thread()))
thread = threading.Thread(target=other)
thread.start()
thread.join()
r, w = os.pipe()
os.set_blocking(w, False)
print(signal.set_wakeup_fd(w))
signal.raise_signal(signal.SIGUSR2)
print(os.read(r, 10), signal.set_wakeup_fd(-1) == w)
for wrong in (lambda: signal.signal(0, note), lambda: signal.signal(signal.SIGKILL, note), lambda: signal.signal(signal.SIGUSR1, 5), lambda: signal.setitimer(9, 1), lambda: signal.set_wakeup_fd(r), lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [100])):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error)
print(signal.strsignal(signal.SIGHUP), len(signal.valid_signals()), signal.getitimer(signal.ITIMER_REAL))
raise KeyboardInterrupt
