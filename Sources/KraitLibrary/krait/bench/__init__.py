"""Measures a script under each threading model, with one worker and more, beside other Pythons.

    krait -m krait.bench [--workers N] [--rounds N] [--timeout S] [--peer PYTHON | --no-peers] [--output NAME] [SCRIPT [ARGUMENT...]]

With N workers the script is run N times at once, in one process: under `-X gil=interpreter` in N interpreters, under `none` and `process`, and on other Pythons, in
N threads. So N workers do N times the work; the speed-up is N times the time of one worker through the time of N, at best N. Without SCRIPT, programs of the
checkout's Benchmarks/programs are measured.

All configurations take turns, round by round; what counts is the median. The table, NAME.json and the page NAME.html have for each
    time      from the start of the process to its end; `spread` is half of what lies between the fastest and the slowest round, in per cent of the median
    CPU       user's and system's time of the process
    memory    the peak
    waiting   the share of the workers' time in which they waited for the lock, or for input and output
    no core   the share in which they could have run, but other threads or programs had the cores
    switches  how often the process gave up its core because it had to wait
    lock waits, hand-overs
              from one more run under `-X gil-trace`: all that threads waited for a lock, and how often one gave it up because another had asked
Other Pythons are those found on the PATH (3.12 and newer, with and without a lock, and PyPy), or those named with --peer.
"""
