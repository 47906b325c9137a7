// SPDX-License-Identifier: GPL-2.0
/* Instantiates the tracepoints of dbb_trace.h. */
#define CREATE_TRACE_POINTS
#include "dbb_trace.h"
