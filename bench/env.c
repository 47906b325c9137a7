// SPDX-License-Identifier: GPL-2.0
/*
 * Where a run took place: what a reader has to know to believe a figure.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/string.h>
#include <linux/utsname.h>
#ifdef CONFIG_X86
#include <asm/memtype.h>
#include <asm/processor.h>
#endif

#include "env.h"

/*
 * The names of clock source and governor are exported to user space only;
 * the run is in process context, so it reads what its user would.
 */
static void dbb_env_read_file(const char *path, char *text)
{
	struct file *file = filp_open(path, O_RDONLY, 0);
	ssize_t len = -ENOENT;
	loff_t pos = 0;

	if (!IS_ERR(file)) {
		len = kernel_read(file, text, DBB_ENV_TEXT_MAX - 1, &pos);
		filp_close(file, NULL);
	}
	if (len <= 0) {
		strscpy(text, "unknown", DBB_ENV_TEXT_MAX);
		return;
	}
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
}

/**
 * dbb_env_read() - note what can change from run to run
 * @env: filled; "unknown" where the kernel does not say
 *
 * Context: process context; opens files of sysfs.
 */
void dbb_env_read(struct dbb_env *env)
{
	dbb_env_read_file("/sys/devices/system/clocksource/clocksource0/current_clocksource",
			  env->clocksource);
	dbb_env_read_file("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
			  env->governor);
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

/* Elsewhere a guest shows only if its machine is known to be virtual. */
static void dbb_env_hypervisor(char *text)
{
	strscpy(text, of_machine_is_compatible("linux,dummy-virt") ? "qemu-virt" : "unknown",
		DBB_ENV_TEXT_MAX);
}
#endif

/**
 * dbb_env_is_emulated() - are the CPU's instructions emulated in software?
 *
 * Return: whether times mean nothing but their ratios. False where the
 * kernel cannot know; the environment header then says "unknown" or names
 * the virtual machine.
 */
bool dbb_env_is_emulated(void)
{
	char text[DBB_ENV_TEXT_MAX];

	dbb_env_hypervisor(text);
	return !strncmp(text, "TCG", 3);
}

#define DBB_ENV_OPTIONS_MAX 200

/**
 * struct dbb_env_option - a kernel option that makes everything slower
 * @name: of the option
 * @on: whether this kernel has it
 */
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

/**
 * dbb_env_describe() - say where a run took place
 * @env: what dbb_env_read() noted
 * @say: called for each key and value
 * @data: handed to @say
 */
void dbb_env_describe(const struct dbb_env *env, dbb_describe_fn say, void *data)
{
	char text[DBB_ENV_TEXT_MAX];

	say(data, "kernel", init_utsname()->release);
	say(data, "arch", init_utsname()->machine);
	scnprintf(text, sizeof(text), "%lu", PAGE_SIZE);
	say(data, "page_size_bytes", text);
	say(data, "preempt", dbb_compat_preempt_model());
	scnprintf(text, sizeof(text), "%u", num_online_cpus());
	say(data, "cpus", text);
	say(data, "clocksource", env->clocksource);
	say(data, "pat", dbb_env_pat());
	say(data, "governor", env->governor);
	dbb_env_hypervisor(text);
	say(data, "virtualised", text);
	dbb_env_describe_options(say, data);
	say(data, "module_version", THIS_MODULE->version);
	say(data, "module_srcversion", THIS_MODULE->srcversion ?: "unknown");
}
