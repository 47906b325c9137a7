// SPDX-License-Identifier: GPL-2.0
/*
 * Parsing what users write, and wording refusals.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "heap.h"

/* More digits than a 64-bit number has in any base. */
#define DBB_TEXT_DIGITS 80

#define DBB_TEXT_NO_SIZE "\"%.40s\" is not a valid size; accepted: a number, optionally with k, M or G"

/* Replaces each byte that is not printable ASCII by a "?". */
void dbb_text_clean(char *text)
{
	for (; *text; text++)
		if (!isascii(*text) || !isprint(*text))
			*text = '?';
}

/* Returns @err, so that a handler can end with it. */
int dbb_text_refuse(struct dbb_refusal *why, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vscnprintf(why->text, sizeof(why->text), fmt, args);
	va_end(args);
	dbb_text_clean(why->text);
	return err;
}

/**
 * dbb_text_parse_size() - parse a size in bytes with an optional k, M or G
 * @text: decimal, octal or hexadecimal number
 * @bytes: filled on success only
 * @why: filled on failure
 *
 * memparse() does not detect overflow: a huge size could wrap to a small one.
 *
 * Return: 0, -EINVAL if malformed, -ERANGE past 64 bits.
 */
int dbb_text_parse_size(const char *text, u64 *bytes, struct dbb_refusal *why)
{
	size_t len = strcspn(text, "kKmMgG");
	char digits[DBB_TEXT_DIGITS];
	bool cut = len >= sizeof(digits);
	unsigned int shift = 0;
	u64 value;
	int ret;

	if (cut) {
		len = sizeof(digits) - 1;
	} else if (text[len]) {
		shift = tolower(text[len]) == 'k' ? 10 :
			tolower(text[len]) == 'm' ? 20 : 30;
		if (text[len + 1])
			len = 0;
	}
	memcpy(digits, text, len);
	digits[len] = '\0';
	ret = kstrtou64(digits, 0, &value);
	if (!ret && cut)
		ret = -EINVAL;
	if (!ret && check_shl_overflow(value, shift, &value))
		ret = -ERANGE;
	if (ret == -ERANGE)
		return dbb_text_refuse(why, ret,
				       "\"%.40s\" does not fit in 64 bits; accepted: less", text);
	if (ret)
		return dbb_text_refuse(why, ret, DBB_TEXT_NO_SIZE, text);
	*bytes = value;
	return 0;
}

/* @value is filled on success only. -EINVAL if malformed, -ERANGE outside the limits. */
int dbb_text_parse_u32(const char *text, u32 min, u32 max, u32 *value,
		       struct dbb_refusal *why)
{
	u32 number;
	int ret = kstrtou32(text, 0, &number);

	if (!ret && (number < min || number > max))
		ret = -ERANGE;
	if (ret)
		return dbb_text_refuse(why, ret, "\"%.40s\" is %s; accepted: %u to %u", text,
				       ret == -ERANGE ? "outside the limits" : "not a number",
				       min, max);
	*value = number;
	return 0;
}
