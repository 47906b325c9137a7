// SPDX-License-Identifier: GPL-2.0
/*
 * One arm of a round of dmabuf_probe: a buffer, or as much ordinary memory, is made,
 * mapped, touched, written, read, synchronised and given back, and what was written
 * is looked for.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <linux/dma-buf.h>

#include "dmabuf_probe.h"

struct round {
	struct probe *probe;
	struct run *run;
	struct source *source;	/* NULL: ordinary memory */
	enum arm arm;
	struct sample *samples;	/* [PHASE_MAX] */
	bool look;		/* at the mapping, too, and at all that was written */
	int fd;
	u8 *map;
	u64 begin;
	unsigned int cpu;
	struct rusage usage;
	u64 page_faults;	/* of the last step */
};

static sigjmp_buf fault_return;
static atomic_bool fault_expected;

/* Some buffers do not stand every access: a bus that takes no bytes, for example. */
static void on_fault(int sig)
{
	if (!fault_expected) {
		signal(sig, SIG_DFL);
		return;
	}
	siglongjmp(fault_return, sig);
}

void catch_faults(void)
{
	struct sigaction action = { .sa_handler = on_fault };

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

static unsigned int current_cpu(void)
{
	int cpu = sched_getcpu();

	return cpu < 0 ? 0 : cpu;
}

static void begin_step(struct round *round)
{
	getrusage(RUSAGE_THREAD, &round->usage);
	round->cpu = current_cpu();
	round->begin = now_ns();
}

static void end_step(struct round *round, enum phase phase)
{
	u64 end = now_ns();
	struct sample *sample = &round->samples[phase];
	struct rusage usage;

	sample->ns = end - round->begin;
	sample->cpu = current_cpu();
	getrusage(RUSAGE_THREAD, &usage);
	round->page_faults = usage.ru_minflt - round->usage.ru_minflt;
	sample->migrated = sample->cpu != round->cpu;
	sample->switched = usage.ru_nivcsw != round->usage.ru_nivcsw ||
			   usage.ru_nvcsw != round->usage.ru_nvcsw;
}

static bool wants(const struct round *round, enum phase phase)
{
	return round->run->has[phase] && (round->source || phase < PHASE_SYNC);
}

static bool wrong_bytes(struct round *round, const char *what, u64 got, u64 wanted)
{
	complain("%s, %llu bytes: %s shows 0x%llx, but 0x%llx was written",
		 round->source ? round->source->name : "ordinary memory", round->run->len, what,
		 got, wanted);
	round->probe->wrong = true;
	errno = EIO;
	exporter_fail(&round->run->source->from, what);
	return false;
}

/* --- making and mapping --- */

static bool make_memory(struct round *round)
{
	const struct source *source = round->source;
	int flags = source ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
	int prot = PROT_READ | (!source || source->writable ? PROT_WRITE : 0);

	begin_step(round);
	round->map = mmap(NULL, round->run->len, prot, flags, round->fd, 0);
	end_step(round, PHASE_MMAP);
	if (round->map != MAP_FAILED)
		return true;
	round->map = NULL;
	exporter_fail(&round->run->source->from, "mmap");
	return false;
}

static void unmake_memory(struct round *round)
{
	begin_step(round);
	munmap(round->map, round->run->len);
	end_step(round, PHASE_MUNMAP);
	round->map = NULL;
}

/* Ordinary memory is allocated when it is populated, zeroed as a heap's is. */
static bool alloc_anonymous(struct round *round)
{
	void *map;

	begin_step(round);
	map = mmap(NULL, round->run->len, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	end_step(round, PHASE_ALLOC);
	if (map == MAP_FAILED) {
		exporter_fail(&round->run->source->from, "mmap of ordinary memory");
		return false;
	}
	begin_step(round);
	munmap(map, round->run->len);
	end_step(round, PHASE_FREE);
	return true;
}

static bool make_buffer(struct round *round)
{
	u64 size = round->run->len;

	if (!round->source)
		return !wants(round, PHASE_ALLOC) || alloc_anonymous(round);
	begin_step(round);
	round->fd = source_alloc(round->source, size);
	end_step(round, PHASE_ALLOC);
	return round->fd >= 0;
}

static void unmake_buffer(struct round *round)
{
	if (round->fd < 0)
		return;
	begin_step(round);
	source_free(round->source, round->fd);
	end_step(round, PHASE_FREE);
}

static bool sync_memory(struct round *round, u64 flags)
{
	if (!round->source || !sync_buffer(round->fd, flags))
		return true;
	round->source->sync_error = errno;
	exporter_fail(&round->source->from, "DMA_BUF_IOCTL_SYNC");
	return false;
}

/* --- touching --- */

static u64 new_tag(struct round *round)
{
	return prng_next(&round->probe->prng);
}

static bool check_tags(struct round *round, const char *what, u64 tag)
{
	u64 page = round->probe->page;

	for (u64 i = 0; i < round->run->len; i += page, tag++)
		if (read_word(round->map + i) != tag)
			return wrong_bytes(round, what, read_word(round->map + i), tag);
	return true;
}

static bool touch(struct round *round, enum phase phase)
{
	bool writes = !round->source || round->source->writable;
	u64 page = round->probe->page;
	u64 len = round->run->len;
	u64 tag = new_tag(round);

	begin_step(round);
	if (writes)
		touch_write(round->map, len, page, tag);
	else
		touch_read(round->map, len, page);
	end_step(round, phase);
	if (round->look)
		round->run->source->faults[round->arm][phase] =
			(double)round->page_faults / (len / page);
	return !writes || check_tags(round, phase_name(phase), tag);
}

/* --- reading and writing --- */

/* All of it in the first round, two words or more of each page in the others. */
static bool check_written(struct round *round, enum phase phase, u64 word)
{
	u64 step = round->look ? sizeof(word) : round->probe->page / 2 - sizeof(word);
	const u8 *pattern = round->probe->pattern;

	for (u64 at = 0; at < round->run->window[phase]; at += step) {
		u64 wanted = phase == PHASE_COPY_IN ? read_word(pattern + at) : word;
		u64 got = read_word(round->map + at);

		if (got != wanted)
			return wrong_bytes(round, phase_name(phase), got, wanted);
	}
	return true;
}

static bool access_memory(struct round *round, enum phase phase)
{
	struct probe *probe = round->probe;
	struct access access = {
		.map = round->map,
		.other = phase == PHASE_COPY_IN ? probe->pattern : probe->scratch,
		.bytes = round->run->window[phase],
		.word = (new_tag(round) & 0xff) * 0x0101010101010101ULL,
	};
	u64 wanted = round->run->expected[phase];
	u64 sum;

	begin_step(round);
	sum = access_run(phase, &access);
	end_step(round, phase);
	if (phase < PHASE_READ)
		return check_written(round, phase, access.word);
	if (round->source && !round->source->writable)
		return true;
	if (phase == PHASE_COPY_OUT && memcmp(probe->scratch, probe->pattern, access.bytes))
		return wrong_bytes(round, phase_name(phase), read_word(probe->scratch),
				   read_word(probe->pattern));
	return sum == wanted || wrong_bytes(round, phase_name(phase), sum, wanted);
}

/* What cannot be done with this buffer is left out from now on. */
static bool drop(struct round *round, enum phase phase, int sig)
{
	struct source *source = round->run->source;
	size_t n = strlen(source->dropped);

	if (!strstr(source->dropped, phase_name(phase)))
		snprintf(source->dropped + n, sizeof(source->dropped) - n, "%s%s:%s",
			 n ? "," : "", phase_name(phase), sig == SIGBUS ? "SIGBUS" : "SIGSEGV");
	round->run->has[phase] = false;
	errno = EFAULT;
	exporter_fail(&source->from, phase_name(phase));
	return round->look && phase >= PHASE_ACCESS;
}

static bool guarded(struct round *round, enum phase phase,
		    bool (*step)(struct round *round, enum phase phase))
{
	int sig = sigsetjmp(fault_return, 1);
	bool done;

	if (sig) {
		fault_expected = false;
		return drop(round, phase, sig);
	}
	fault_expected = true;
	done = step(round, phase);
	fault_expected = false;
	return done;
}

/* Word by word, which every mapping stands. */
static bool fill(struct round *round, enum phase phase)
{
	const u64 *pattern = (const u64 *)round->probe->pattern;
	u64 *map = (u64 *)round->map;

	(void)phase;
	for (u64 i = 0; i < round->run->filled / sizeof(*map); i++)
		__atomic_store_n(map + i, pattern[i], __ATOMIC_RELAXED);
	return true;
}

static bool use_memory(struct round *round)
{
	bool writes = !round->source || round->source->writable;
	enum phase phase;

	if (!guarded(round, PHASE_FIRST, touch) || !guarded(round, PHASE_SECOND, touch))
		return false;
	if (round->look)
		read_mapping(&round->run->source->mapping[round->arm], round->map, round->run->len,
			     round->probe->page);
	for (phase = PHASE_ACCESS; phase < PHASE_READ; phase++)
		if (writes && wants(round, phase) && !guarded(round, phase, access_memory))
			return false;
	if (writes && round->run->filled && !guarded(round, PHASE_SECOND, fill))
		return false;
	for (phase = PHASE_READ; phase < PHASE_SYNC; phase++)
		if (wants(round, phase) && !guarded(round, phase, access_memory))
			return false;
	return true;
}

/* --- synchronising --- */

static bool sync_step(struct round *round, enum phase phase, u64 flags)
{
	bool done;

	begin_step(round);
	done = sync_memory(round, flags);
	end_step(round, phase);
	return done;
}

/* Is a device still writing to it? Then the beginning of CPU access waits. */
static void poll_buffer(struct round *round)
{
	struct pollfd ready = { .fd = round->fd, .events = POLLIN };

	if (!round->source || round->fd < 0)
		return;
	round->source->polls++;
	round->source->busy_polls += !poll(&ready, 1, 0);
}

/* With dirty lines, where it is about writing. */
static bool sync_both(struct round *round, enum phase begin, u64 direction)
{
	if (!wants(round, begin))
		return true;
	poll_buffer(round);
	if (!sync_step(round, begin, DMA_BUF_SYNC_START | direction))
		return false;
	if (round->map && round->source->writable && begin != PHASE_BEGIN_READ)
		touch_write(round->map, round->run->len, round->probe->page, new_tag(round));
	return sync_step(round, begin + 1, DMA_BUF_SYNC_END | direction);
}

/* Around all that the CPU does. */
static bool bracket(struct round *round, u64 end)
{
	u64 direction = round->source && round->source->writable ?
			DMA_BUF_SYNC_RW : DMA_BUF_SYNC_READ;

	return !wants(round, PHASE_BEGIN_READ) || sync_memory(round, end | direction);
}

static bool use_buffer(struct round *round)
{
	bool done = true;

	if (wants(round, PHASE_MMAP)) {
		done = make_memory(round) && bracket(round, DMA_BUF_SYNC_START) &&
		       use_memory(round) && bracket(round, DMA_BUF_SYNC_END);
	}
	done = done && sync_both(round, PHASE_BEGIN_READ, DMA_BUF_SYNC_READ) &&
	       sync_both(round, PHASE_BEGIN_WRITE, DMA_BUF_SYNC_WRITE) &&
	       sync_both(round, PHASE_BEGIN_RW, DMA_BUF_SYNC_RW);
	if (round->map)
		unmake_memory(round);
	return done;
}

bool run_round(struct probe *probe, struct run *run, enum arm arm, struct sample *samples,
	       bool look)
{
	struct round round = {
		.probe = probe,
		.run = run,
		.source = arm == ARM_EXPORTER ? run->source : NULL,
		.arm = arm,
		.samples = samples,
		.look = look,
		.fd = -1,
	};
	bool done = make_buffer(&round) && use_buffer(&round);

	unmake_buffer(&round);
	return done;
}
