// SPDX-License-Identifier: GPL-2.0
/*
 * Results of the self-test, kept as text: KTAP starts with their number, which is
 * known only at the end.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "ktap.h"

static bool dbb_ktap_grow(struct dbb_ktap *ktap)
{
	size_t size = 2 * ktap->size + PAGE_SIZE;
	char *text = kvmalloc(size, GFP_KERNEL);

	if (!text) {
		ktap->err = -ENOMEM;
		return false;
	}
	if (ktap->len)
		memcpy(text, ktap->text, ktap->len);
	kvfree(ktap->text);
	ktap->text = text;
	ktap->size = size;
	return true;
}

static void __printf(2, 3) dbb_ktap_add(struct dbb_ktap *ktap, const char *fmt, ...)
{
	size_t left, len;
	va_list args;

	do {
		left = ktap->size - ktap->len;
		va_start(args, fmt);
		len = vsnprintf(ktap->text + ktap->len, left, fmt, args);
		va_end(args);
	} while (len >= left && dbb_ktap_grow(ktap));
	if (len < left)
		ktap->len += len;
}

void dbb_ktap_note(struct dbb_ktap *ktap, const char *fmt, ...)
{
	struct va_format line = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	line.va = &args;
	dbb_ktap_add(ktap, "# %pV\n", &line);
	va_end(args);
}

static unsigned int dbb_ktap_count(const struct dbb_ktap *ktap)
{
	return ktap->passed + ktap->failed + ktap->skipped;
}

void dbb_ktap_result(struct dbb_ktap *ktap, bool ok, const char *fmt, ...)
{
	struct va_format what = { .fmt = fmt };
	va_list args;

	if (ok)
		ktap->passed++;
	else
		ktap->failed++;
	va_start(args, fmt);
	what.va = &args;
	dbb_ktap_add(ktap, "%sok %u %pV\n", ok ? "" : "not ", dbb_ktap_count(ktap), &what);
	va_end(args);
}

void dbb_ktap_skip(struct dbb_ktap *ktap, const char *reason, const char *fmt, ...)
{
	struct va_format what = { .fmt = fmt };
	va_list args;

	ktap->skipped++;
	va_start(args, fmt);
	what.va = &args;
	dbb_ktap_add(ktap, "ok %u %pV # SKIP %s\n", dbb_ktap_count(ktap), &what, reason);
	va_end(args);
}

void dbb_ktap_show(struct seq_file *m, const struct dbb_ktap *ktap)
{
	seq_printf(m, "1..%u\n", dbb_ktap_count(ktap));
	seq_write(m, ktap->text, ktap->len);
	seq_printf(m, "# Totals: pass:%u fail:%u skip:%u\n",
		   ktap->passed, ktap->failed, ktap->skipped);
}

void dbb_ktap_free(struct dbb_ktap *ktap)
{
	kvfree(ktap->text);
	memset(ktap, 0, sizeof(*ktap));
}
