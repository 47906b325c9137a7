// SPDX-License-Identifier: GPL-2.0
/*
 * The environment of a run of dmabuf_probe, and the facts of its sources, as pairs of
 * a key and a value that every format prints.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "dmabuf_probe.h"

struct saying {
	say_fn say;
	void *data;
};

static void __printf(3, 4) say(const struct saying *saying, const char *key, const char *fmt, ...)
{
	char value[TEXT_MAX_LEN + 64];
	va_list args;

	va_start(args, fmt);
	vsnprintf(value, sizeof(value), fmt, args);
	va_end(args);
	saying->say(saying->data, key, value);
}

static void read_first_line(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");

	snprintf(text, size, "unknown");
	if (!file)
		return;
	if (!fgets(text, size, file) || text[0] == '\n')
		snprintf(text, size, "unknown");
	text[strcspn(text, "\n")] = '\0';
	fclose(file);
}

static void say_file(const struct saying *saying, const char *key, const char *path)
{
	char text[TEXT_MAX_LEN];

	read_first_line(path, text, sizeof(text));
	say(saying, key, "%s", text);
}

/* What the kernel's version string tells of its preemption. */
static const char *preemption(const char *version)
{
	if (strstr(version, "PREEMPT_RT"))
		return "rt";
	if (strstr(version, "PREEMPT_DYNAMIC"))
		return "dynamic";
	return strstr(version, "PREEMPT") ? "full" : "none_or_voluntary";
}

/*
 * The name that a hypervisor gives itself on x86; elsewhere a guess, from QEMU's own
 * model of a CPU, which exists under emulation only.
 */
static void find_hypervisor(char *text, size_t size)
{
	snprintf(text, size, "none");
#if defined(__x86_64__)
	unsigned int max, b, c, d, leaf = 1;

	asm volatile("cpuid" : "+a"(leaf), "=b"(b), "=c"(c), "=d"(d) : "2"(0));
	if (!(c & (1u << 31)))
		return;
	max = 0x40000000;
	asm volatile("cpuid" : "+a"(max), "=b"(b), "=c"(c), "=d"(d) : "2"(0));
	snprintf(text, size, "%.4s%.4s%.4s", (char *)&b, (char *)&c, (char *)&d);
#else
	char line[TEXT_MAX_LEN];
	u64 midr;

	read_first_line("/sys/devices/system/cpu/cpu0/regs/identification/midr_el1", line,
			sizeof(line));
	midr = strtoull(line, NULL, 16);
	if (midr && !(midr >> 24 & 0xff) && (midr >> 4 & 0xfff) == 'Q') {
		snprintf(text, size, "TCG");
		return;
	}
	read_first_line("/sys/class/dmi/id/sys_vendor", line, sizeof(line));
	if (!strcmp(line, "QEMU"))
		snprintf(text, size, "qemu-virt");
	else if (!access("/sys/firmware/devicetree/base/hypervisor", F_OK))
		snprintf(text, size, "unknown");
#endif
}

static void describe_kernel(const struct probe *probe, const struct saying *saying)
{
	char path[96], text[TEXT_MAX_LEN];
	struct utsname uts = { };

	uname(&uts);
	say(saying, "program", "dmabuf_probe");
	say(saying, "kernel", "%s", uts.release);
	say(saying, "arch", "%s", uts.machine);
	say(saying, "page_size_bytes", "%llu", probe->page);
	say(saying, "preempt", "%s", preemption(uts.version));
	say(saying, "cpus", "%ld", sysconf(_SC_NPROCESSORS_ONLN));
	say_file(saying, "clocksource",
		 "/sys/devices/system/clocksource/clocksource0/current_clocksource");
	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/cpufreq/scaling_governor",
		 probe->cpu);
	say_file(saying, "governor", path);
	find_hypervisor(text, sizeof(text));
	say(saying, "virtualised", "%s", text);
	read_accel(text, sizeof(text));
	say(saying, "accel", "%s", text);
	say_file(saying, "thp", "/sys/kernel/mm/transparent_hugepage/enabled");
	say_file(saying, "boot_id", "/proc/sys/kernel/random/boot_id");
}

void describe_environment(const struct probe *probe, say_fn fn, void *data)
{
	const struct options *opt = &probe->opt;
	struct saying saying = { fn, data };

	describe_kernel(probe, &saying);
	say(&saying, "clock", "monotonic");
	say(&saying, "disturbed_by", "switched,migrated");
	say(&saying, "clean_ns_per_page", "%.1f", probe->clean_ns_per_page);
	say(&saying, "uid", "%u", getuid());
	say(&saying, "params",
	    "probe size=%llu rounds=%llu seconds=%llu seed=%llu verify=1 clock=monotonic cpu=%u",
	    opt->size, opt->rounds, opt->seconds, opt->seed, probe->cpu);
}

static const char *error_or(int err, const char *fine)
{
	return err ? errno_name(err) : fine;
}

static void describe_mapping(const struct saying *saying, const struct source *source,
			     enum arm arm)
{
	const struct mapping_facts *facts = &source->mapping[arm];

	say(saying, "first_faults_per_page", "%.3f", source->faults[arm][PHASE_FIRST]);
	say(saying, "second_faults_per_page", "%.3f", source->faults[arm][PHASE_SECOND]);
	if (facts->known) {
		say(saying, "vm_flags", "%s", facts->vm_flags);
		say(saying, "rss_kib", "%llu", facts->rss_kib);
		say(saying, "huge_kib", "%llu", facts->huge_kib);
		say(saying, "kernel_page_kib", "%llu", facts->kernel_page_kib);
		say(saying, "mmu_page_kib", "%llu", facts->mmu_page_kib);
	} else {
		say(saying, "vm_flags", "unknown");
	}
	say(saying, "pagemap", "%s", facts->pagemap);
	say(saying, "chunks", "%llu", facts->chunks);
}

void describe_source(const struct probe *probe, unsigned int number, say_fn fn, void *data)
{
	const struct source *source = &probe->sources[number];
	const struct run *run = &probe->runs[number][0];
	struct saying saying = { fn, data };

	say(&saying, "source", "%s", source->name);
	say(&saying, "kind", "%s", source->foreign ? "descriptor" : source->from.ops->kind);
	say(&saying, "path", "%s", source->from.path);
	if (source->from.driver[0])
		say(&saying, "driver", "%s", source->from.driver);
	if (source->from.planes)
		say(&saying, "planes", "%u", source->from.planes);
	say(&saying, "exporter", "%s", source->exporter[0] ? source->exporter : "unknown");
	say(&saying, "name", "%s", source->buffer_name[0] ? source->buffer_name : "none");
	say(&saying, "buffer_bytes", "%llu", source->buffer_bytes);
	say(&saying, "measured_bytes", "%llu", run->len);
	say(&saying, "count", "%llu", source->users);
	say(&saying, "inode", "%llu", source->inode);
	say(&saying, "attachments", "unknown_to_user_space");
	say(&saying, "rounds", "%u", run->rounds);
	say(&saying, "mmap", "%s", error_or(source->mmap_error, "ok"));
	say(&saying, "writable", "%s", source->writable ? "yes" :
	    error_or(source->write_error, "not_allowed"));
	say(&saying, "verified", "%s", probe->wrong ? "wrong" :
	    source->writable && !source->mmap_error ? "yes" : "no");
	say(&saying, "sync", "%s", error_or(source->sync_error, "ok"));
	say(&saying, "partial_sync", "%s",
	    source->partial_sync_error == ENOTTY ? "none" : "known_to_this_kernel");
	say(&saying, "polls", "%u", source->polls);
	say(&saying, "busy_polls", "%u", source->busy_polls);
	say(&saying, "dropped", "%s", source->dropped[0] ? source->dropped : "none");
	if (!source->mmap_error)
		describe_mapping(&saying, source, ARM_EXPORTER);
}

void describe_reference(const struct probe *probe, unsigned int number, say_fn fn, void *data)
{
	const struct source *source = &probe->sources[number];
	struct saying saying = { fn, data };

	say(&saying, "reference", "anon");
	say(&saying, "of", "%s", source->name);
	say(&saying, "measured_bytes", "%llu", probe->runs[number][0].len);
	describe_mapping(&saying, source, ARM_ANON);
}

void describe_line(const struct probe *probe, unsigned int number, enum arm arm,
		   enum phase phase, const struct line *line, say_fn fn, void *data)
{
	struct saying saying = { fn, data };

	say(&saying, "line", "%s", probe->sources[number].name);
	say(&saying, "strategy", "%s", arm_strategy(arm));
	say(&saying, "op", "%s", phase_op(phase));
	say(&saying, "phase", "%s", phase_name(phase));
	say(&saying, "sizes", "%u", line->sizes);
	say(&saying, "fixed_ns", "%.0f", line->fixed_ns);
	say(&saying, "per_page_ns", "%.3f", line->per_page_ns);
	say(&saying, "off_pct", "%.1f", line->off_pct);
}

const char *arm_strategy(enum arm arm)
{
	return arm == ARM_ANON ? "anon" : "exporter";
}

const char *arm_heap(const struct probe *probe, const struct run *run, enum arm arm)
{
	return arm == ARM_ANON ? "anon" : probe->sources[run->number].name;
}
