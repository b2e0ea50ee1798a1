// What `krait -h`, `--help-env`, `--help-xoptions` and `--help-all` print: what Krait does, so not all that CPython's say.

enum HelpText {
  case options
  case environment
  /// Those of `-X`.
  case ownOptions

  /// - Parameter name: the command's.
  func text(_ name: String) -> String {
    switch self {
    case .options: CommandArguments.usage(name) + HelpText.optionText
    case .environment: HelpText.environmentText
    case .ownOptions: HelpText.ownOptionText
    }
  }

  private static let optionText = """
    Options (and corresponding environment variables):
    -b     : warn of str(bytes) and of comparing bytes with str or int; -bb: raise errors
    -B     : write no .pyc files; also PYTHONDONTWRITEBYTECODE=x
    -c cmd : run a program given as text; ends the options
    -d     : set sys.flags.debug, and nothing else; also PYTHONDEBUG=x
    -E     : ignore PYTHON* environment variables
    -h     : print this help and exit (also -? or --help)
    -i     : go on interactively after the program; also PYTHONINSPECT=x
    -I     : isolate from the user's environment (-E, -P and -s)
    -m mod : run a module of the library as a program; ends the options
    -O     : leave out assertions and code under __debug__; also PYTHONOPTIMIZE=x
    -OO    : leave out docstrings, too
    -P     : do not put the program's folder into sys.path; also PYTHONSAFEPATH
    -R     : random hashes of str and bytes even with PYTHONHASHSEED
    -q     : print no version and copyright messages at an interactive start
    -s     : do not add the user's site folder to sys.path; also PYTHONNOUSERSITE=x
    -S     : do not import 'site' at the start
    -u     : do not buffer standard output and error; also PYTHONUNBUFFERED=x
    -v     : trace imports; also PYTHONVERBOSE=x
    -V     : print the Python version and exit (also --version); twice for more
    -W arg : control warnings by action:message:category:module:lineno; also PYTHONWARNINGS=arg
    -x     : skip the program's first line
    -X opt : set an option of this implementation (see --help-xoptions)
    --check-hash-based-pycs always|default|never :
                      when to compare .pyc files that have a hash of their source with it
    --help-env      : print what environment variables do and exit
    --help-xoptions : print what -X takes and exit
    --help-all      : print all of this help and exit

    Arguments:
    file   : run a program from a file
    -      : run a program from standard input (the default)
    arg ...: arguments of the program, in sys.argv[1:]

    """

  private static let environmentText = """
    Environment variables that change what happens (empty is the same as not set):
    PYTHONASYNCIODEBUG  : asyncio's debug mode
    PYTHON_BASIC_REPL   : a prompt without editing, colours and completion
    PYTHONBREAKPOINT    : what breakpoint() calls, as module.function; 0: nothing
    PYTHONCOERCECLOCALE : 0: the C locale stays the C locale, and is not read as UTF-8's
    PYTHON_COLORS       : 1: output in colours, 0: none
    PYTHONHASHSEED      : a number from 0 to 4294967295 for hashes of str and bytes that are
                          the same in each run, or 'random'
    PYTHON_HISTORY      : where the prompt keeps its history; default ~/.python_history
    PYTHONHOME          : the folder below which lib/python3.14 is
    PYTHONIOENCODING    : encoding[:errors] of the standard streams
    PYTHONPATH          : folders with ':' between them that come first in sys.path
    PYTHONSTARTUP       : a file to run before the prompt
    PYTHONTZPATH        : folders of time zones for zoneinfo, with ':' between them
    PYTHONUSERBASE      : the folder of the user's packages (site.USER_BASE)
    KRAIT_HEAP          : debug: check memory that is used after its end, and tell at the
                          end what is left; slow

    Environment variables for which there are options:
    PYTHON_CONTEXT_AWARE_WARNINGS : (-X context_aware_warnings)
    PYTHON_CPU_COUNT          : what os.cpu_count() says (-X cpu_count)
    PYTHONDEBUG               : set sys.flags.debug (-d)
    PYTHONDEVMODE             : the development mode (-X dev)
    PYTHONDONTWRITEBYTECODE   : write no .pyc files (-B)
    PYTHONFAULTHANDLER        : print tracebacks when the process crashes (-X faulthandler)
    PYTHON_GIL                : the locks of threads and interpreters (-X gil)
    PYTHONINSPECT             : go on interactively after the program (-i)
    PYTHONINTMAXSTRDIGITS     : the most digits of an int from or as str (-X int_max_str_digits)
    PYTHONNODEBUGRANGES       : code without columns (-X no_debug_ranges)
    PYTHONNOUSERSITE          : do not add the user's site folder to sys.path (-s)
    PYTHONOPTIMIZE            : leave out assertions; 2: docstrings, too (-O)
    PYTHONPROFILEIMPORTTIME   : tell how long imports take (-X importtime)
    PYTHONPYCACHEPREFIX       : where .pyc files are (-X pycache_prefix)
    PYTHONSAFEPATH            : do not put the program's folder into sys.path (-P)
    PYTHON_THREAD_INHERIT_CONTEXT : (-X thread_inherit_context)
    PYTHONUNBUFFERED          : do not buffer standard output and error (-u)
    PYTHONUTF8                : the UTF-8 mode (-X utf8)
    PYTHONVERBOSE             : trace imports (-v)
    PYTHONWARNDEFAULTENCODING : warn of files without an encoding (-X warn_default_encoding)
    PYTHONWARNINGS            : control warnings, with ',' between the filters (-W)

    """

  private static let ownOptionText = """
    What -X takes:
    -X cpu_count=N          : what os.cpu_count() says; default: what the system says;
                              also PYTHON_CPU_COUNT
    -X context_aware_warnings=0|1 : whether warnings.catch_warnings() holds for its context only;
                              also PYTHON_CONTEXT_AWARE_WARNINGS
    -X dev                  : the development mode: more warnings, -X faulthandler, asyncio's
                              debug mode; also PYTHONDEVMODE
    -X faulthandler         : print tracebacks when the process crashes; also PYTHONFAULTHANDLER
    -X gil=MODEL            : who excludes whom: 'interpreter', a lock for each interpreter
                              (the default, also 1), 'process', one lock for all, 'none',
                              threads side by side without a lock (also 0); also PYTHON_GIL
    -X gil-trace=FILE       : record who held and who waited for which lock, for krait.trace
    -X importtime[=2]       : tell how long imports take, with 2 also of modules that were
                              loaded before; also PYTHONPROFILEIMPORTTIME
    -X int_max_str_digits=N : the most digits of an int from or as str, 0 for any number;
                              also PYTHONINTMAXSTRDIGITS
    -X no_debug_ranges      : code without columns; also PYTHONNODEBUGRANGES
    -X pycache_prefix=PATH  : where .pyc files are, instead of beside the sources;
                              also PYTHONPYCACHEPREFIX
    -X thread_inherit_context=0|1 : whether threads start in a copy of the context of who
                              starts them; also PYTHON_THREAD_INHERIT_CONTEXT
    -X utf8[=0|1]           : the UTF-8 mode, on or off; also PYTHONUTF8
    -X warn_default_encoding: warn of files without an encoding; also PYTHONWARNDEFAULTENCODING

    For work on Krait itself:
    -X executable-dis       : print the executable form of code as it is made
    -X heap-statistics      : print at the end what the heaps hold
    -X opcode-stats         : print at the end how often which instruction ran

    Anything else is in sys._xoptions and has no effect: CPython's disable-remote-debug,
    frozen_modules, perf, perf_jit, showrefcount and tracemalloc, too.

    """
}
