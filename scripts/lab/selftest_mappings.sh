#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# kselftest: do all strategies of mapping show the same bytes on this kernel?

cd "$(dirname "$0")" && [ -r ./kselftest_case.sh ] || exit 1
# shellcheck source-path=SCRIPTDIR source=kselftest_case.sh
. ./kselftest_case.sh
run_selftest mappings
