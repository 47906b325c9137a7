#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# kselftest: does the engine find known differences, and none between equals?

cd "$(dirname "$0")" && [ -r ./kselftest_case.sh ] || exit 1
# shellcheck source-path=SCRIPTDIR source=kselftest_case.sh
. ./kselftest_case.sh
run_selftest measurement
