// SPDX-License-Identifier: GPL-2.0
/*
 * The environment of a run: what a reader has to know to judge its figures.
 */
#include <linux/cpumask.h>
#include <linux/dmi.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/string.h>
#include <linux/utsname.h>
#ifdef CONFIG_ARM64
#include <asm/cputype.h>
#endif
#ifdef CONFIG_X86
#include <asm/memtype.h>
#include <asm/processor.h>
#endif

#include "../heap/compat.h"
#include "env.h"

/* scripts/vm/guest.sh puts dbb.accel= near the start of the command line. */
#define DBB_ENV_LINE_MAX 512

/*
 * These names are exported to user space only; the run is in process context, so
 * it reads what its user would.
 */
static void dbb_env_read_file(const char *path, char *text, size_t size)
{
	struct file *file = filp_open(path, O_RDONLY, 0);
	ssize_t len = -ENOENT;
	loff_t pos = 0;

	if (!IS_ERR(file)) {
		len = kernel_read(file, text, size - 1, &pos);
		filp_close(file, NULL);
	}
	if (len <= 0) {
		strscpy(text, "unknown", size);
		return;
	}
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
}

/* Each load has a code layout of its own: results say which one they are of. */
static u64 dbb_env_loaded_ms;

void dbb_env_init(void)
{
	dbb_env_loaded_ms = div_u64(ktime_get_boottime_ns(), NSEC_PER_MSEC);
}

/*
 * @cpu is the one that measures. A guest cannot see -icount: whoever starts QEMU has
 * to say dbb.accel=icount.
 */
void dbb_env_read(struct dbb_env *env, unsigned int cpu)
{
	char line[DBB_ENV_LINE_MAX];

	env->cpus = num_online_cpus();
	env->preempt = dbb_compat_preempt_model();
	dbb_env_read_file("/sys/devices/system/clocksource/clocksource0/current_clocksource",
			  env->clocksource, sizeof(env->clocksource));
	scnprintf(line, sizeof(line), "/sys/devices/system/cpu/cpu%u/cpufreq/scaling_governor",
		  cpu);
	dbb_env_read_file(line, env->governor, sizeof(env->governor));
	dbb_env_read_file("/proc/sys/kernel/random/boot_id", env->boot_id, sizeof(env->boot_id));
	dbb_env_read_file("/proc/cmdline", line, sizeof(line));
	env->icount = strstr(line, "dbb.accel=icount");
}

#ifdef CONFIG_X86
static const char *dbb_env_pat(void)
{
	return pat_enabled() ? "on" : "off";
}

/* The hypervisor's own name: "TCGTCGTCGTCG", "KVMKVMKVM", ... */
static void dbb_env_hypervisor(char *text)
{
	u32 max, name[3];

	strscpy(text, "none", DBB_ENV_TEXT_MAX);
	if (!boot_cpu_has(X86_FEATURE_HYPERVISOR))
		return;
	cpuid(0x40000000, &max, &name[0], &name[1], &name[2]);
	memcpy(text, name, sizeof(name));
	text[sizeof(name)] = '\0';
}
#else
static const char *dbb_env_pat(void)
{
	return "none";
}

/* QEMU's own CPU model (-cpu max) exists under emulation only. */
static bool dbb_env_is_tcg(void)
{
#ifdef CONFIG_ARM64
	u32 midr = read_cpuid_id();

	return !MIDR_IMPLEMENTOR(midr) && MIDR_PARTNUM(midr) == 'Q';
#else
	return false;
#endif
}

/* No CPUID leaf to read here: guess from the device tree and DMI. */
static void dbb_env_hypervisor(char *text)
{
	const char *name = "unknown";

	if (dbb_env_is_tcg())
		name = "TCG";
	else if (of_machine_is_compatible("linux,dummy-virt") ||
		 dmi_match(DMI_SYS_VENDOR, "QEMU"))
		name = "qemu-virt";
	strscpy(text, name, DBB_ENV_TEXT_MAX);
}
#endif

#define DBB_ENV_NO_DEVICE \
	"neither times nor ratios of times say anything about a device; count instructions (make bench)"

/* Why the figures are not those of a device; NULL if nothing is known. */
const char *dbb_env_warning(const struct dbb_env *env)
{
	char text[DBB_ENV_TEXT_MAX];

	if (env->icount)
		return "QEMU -icount: 1 ns is one guest instruction: figures are work, not time";
	dbb_env_hypervisor(text);
	if (!strncmp(text, "TCG", 3))
		return "emulated CPU: " DBB_ENV_NO_DEVICE;
	if (!strcmp(text, "qemu-virt"))
		return "emulated or virtual machine: if emulated, " DBB_ENV_NO_DEVICE;
	return NULL;
}

#define DBB_ENV_OPTIONS_MAX 200

/* A kernel option that makes everything slower */
struct dbb_env_option {
	const char *name;
	bool on;
};

#define DBB_ENV_OPTION(_name) { #_name, IS_ENABLED(CONFIG_##_name) }

static const struct dbb_env_option dbb_env_options[] = {
	DBB_ENV_OPTION(KASAN),
	DBB_ENV_OPTION(KCSAN),
	DBB_ENV_OPTION(KFENCE),
	DBB_ENV_OPTION(UBSAN),
	DBB_ENV_OPTION(PROVE_LOCKING),
	DBB_ENV_OPTION(DEBUG_ATOMIC_SLEEP),
	DBB_ENV_OPTION(DEBUG_KMEMLEAK),
	DBB_ENV_OPTION(DEBUG_PAGEALLOC),
	DBB_ENV_OPTION(DEBUG_PREEMPT),
	DBB_ENV_OPTION(DEBUG_SG),
	DBB_ENV_OPTION(DEBUG_VM),
	DBB_ENV_OPTION(DMABUF_DEBUG),
	DBB_ENV_OPTION(PAGE_POISONING),
};

static void dbb_env_describe_options(dbb_describe_fn say, void *data)
{
	char text[DBB_ENV_OPTIONS_MAX] = "none";
	unsigned int i;
	int len = 0;

	for (i = 0; i < ARRAY_SIZE(dbb_env_options); i++)
		if (dbb_env_options[i].on)
			len += scnprintf(text + len, sizeof(text) - len, "%s%s",
					 len ? "," : "", dbb_env_options[i].name);
	say(data, "debug_options", text);
}

void dbb_env_describe(const struct dbb_env *env, dbb_describe_fn say, void *data)
{
	char text[DBB_ENV_TEXT_MAX];

	say(data, "kernel", init_utsname()->release);
	say(data, "arch", init_utsname()->machine);
	scnprintf(text, sizeof(text), "%lu", PAGE_SIZE);
	say(data, "page_size_bytes", text);
	say(data, "preempt", env->preempt);
	scnprintf(text, sizeof(text), "%u", env->cpus);
	say(data, "cpus", text);
	say(data, "clocksource", env->clocksource);
	say(data, "pat", dbb_env_pat());
	say(data, "governor", env->governor);
	dbb_env_hypervisor(text);
	say(data, "virtualised", text);
	dbb_env_describe_options(say, data);
	say(data, "disturbed_by", "switched,migrated," DBB_INTERRUPTS_COUNTED);
	say(data, "module_version", THIS_MODULE->version);
	say(data, "module_srcversion", THIS_MODULE->srcversion ?: "unknown");
	say(data, "boot_id", env->boot_id);
	scnprintf(text, sizeof(text), "%llu", dbb_env_loaded_ms);
	say(data, "module_loaded_ms", text);
}
