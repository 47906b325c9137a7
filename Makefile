# SPDX-License-Identifier: GPL-2.0
# For people; kbuild reads Kbuild instead. ARCH, CROSS_COMPILE, LLVM, CC and W
# reach kbuild as for any kernel module. KERNEL and ARCH choose the guest of the
# targets that boot one: KERNEL=6.1 ARCH=amd64, or any line of
# scripts/vm/kernels, and COMPILER one of the compilers of that line.

KDIR ?= /lib/modules/$(shell uname -r)/build
KERNEL ?= 6.1
export DBB_COMPILER = $(COMPILER)
guest_arch = $(if $(filter arm64,$(ARCH)),arm64,amd64)

modules: ## build the module for the running kernel, or for KDIR=
	@test -e $(KDIR)/Makefile || { echo "no kernel build tree in $(KDIR):" \
		"install the kernel's headers or give another with KDIR=" >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

user: ## build the user-space programs in bench/user
	$(MAKE) -C bench/user

bench: ## count what the two patches save, in a guest of QEMU; prints a verdict
	@scripts/vm/make_bench.sh $(KERNEL) $(guest_arch)

test: ## run the tests in a guest
	scripts/test/run_tests.sh --kernel $(KERNEL) --arch $(guest_arch) $(TEST)

test-debug: ## hours: all tests on kernels that look for mistakes; ROWS= and TEST= choose, PLANT= a bug
	DBB_PLANT=$(PLANT) scripts/vm/matrix.sh --rows '$(or $(ROWS),-debug|-race)' $(or $(TEST),all)

fuzz: ## hostile input in guests: INPUTS=, a million without it
	scripts/test/fuzz/fuzz.sh --kernel $(KERNEL) --arch $(guest_arch) $(if $(INPUTS),--inputs $(INPUTS))

soak: ## valid work for MINUTES=, five without it: is memory flat?
	scripts/test/soak/soak.sh --kernel $(KERNEL) --arch $(guest_arch) $(if $(MINUTES),--minutes $(MINUTES))

matrix: ## build, load and test on every kernel of scripts/vm/kernels; ROWS=, TESTED= and TEST= choose
	scripts/vm/matrix.sh $(if $(ROWS),--rows '$(ROWS)') $(if $(TESTED),--tested '$(TESTED)') \
		$(TEST)

exact: ## count instructions in a guest, hold them against scripts/exact
	scripts/exact.sh $(KERNEL) $(guest_arch)

exact-update: ## write that baseline anew, and say what moved
	scripts/exact.sh --update $(KERNEL) $(guest_arch)

sweep: ## count instructions over sizes, chunk orders, strategies and ops; draw them
	scripts/vm/make_sweep.sh $(KERNEL) $(guest_arch)

evidence: ## who maps dma-bufs in the kernel, at what cost, in guests of six kernels; ROWS= chooses
	@scripts/vm/make_evidence.sh $(if $(ROWS),'$(ROWS)')

mutants: ## plant defects one by one: do the tests see them? PART=1/4, SAMPLE=ci, GENERATED=150, RESUME=DIR or MUTANT=NAME narrow it
	scripts/mutants/run.sh --kernel $(KERNEL) --arch $(guest_arch) $(if $(PART),--part $(PART)) \
		$(if $(SAMPLE),--sample $(SAMPLE)) $(if $(GENERATED),--generated $(GENERATED)) \
		$(if $(RESUME),--resume $(RESUME)) $(MUTANT)

patch: ## what does PATCH= (one or more) to the kernel change for dma-bufs, and is it enough for a list?
	@scripts/patch.sh --kernel $(if $(filter command line,$(origin KERNEL)),$(KERNEL),7.3) \
		--arch $(guest_arch) $(PATCH)

report: ## one page of the results in DIR= (one or more folders of results/)
	@scripts/report.sh $(DIR)

coverage: ## hours: do intervals of 95 % hold beside two busy guests?
	scripts/coverage/coverage.sh $(KERNEL) $(guest_arch)

check: ## style gate: checkpatch, warnings, sparse, shellcheck, layers
	scripts/check.sh $(KERNEL) $(guest_arch)

structure: ## folders, functions, comments and circles in figures; REV= of a revision
	@scripts/check/structure.sh $(if $(REV),--rev $(REV))

install: ## install the built module (modules_install, nothing more)
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install

kselftest-install: modules user ## for labs: a folder DIR= for the kernel's run_kselftest.sh, which LINUX= may have
	@scripts/lab/kselftest_install.sh $(if $(LINUX),--linux '$(LINUX)') '$(DIR)'

clean: ## remove what was built in this tree
	$(if $(wildcard $(KDIR)/Makefile),$(MAKE) -C $(KDIR) M=$(CURDIR) clean)
	$(MAKE) -C bench/user clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

.PHONY: modules user bench test test-debug fuzz soak matrix exact exact-update sweep evidence mutants patch report coverage check structure install clean help kselftest-install
