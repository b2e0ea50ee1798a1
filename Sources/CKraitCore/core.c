/* The one definition that a header cannot hold: the importer of Swift emits inline functions but no thread-local variables. */
#include "core.h"

_Thread_local struct krait_current krait_current __attribute__((tls_model("initial-exec")));
