// SPDX-License-Identifier: GPL-2.0
/*
 * Text that users write: taken in, turned into numbers, refused in words.
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "heap.h"

/* Longer than any line that makes sense, short enough for one page. */
#define DBB_TEXT_MAX 1024

/* More digits than any number of 64 bits has in any base. */
#define DBB_TEXT_DIGITS 80

#define DBB_TEXT_NO_SIZE "\"%.40s\" is no size; accepted: a number, then k, M, G or nothing"

/**
 * dbb_text_clean() - make a text printable
 * @text: what anybody may have written; each byte that is not printable ASCII
 *	  becomes a "?"
 */
void dbb_text_clean(char *text)
{
	for (; *text; text++)
		if (!isascii(*text) || !isprint(*text))
			*text = '?';
}

/**
 * dbb_text_refuse() - word a refusal
 * @why: filled
 * @err: the errno that goes with it
 * @fmt: one sentence: the value, the reason, what is accepted
 *
 * Return: @err.
 */
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
 * dbb_text_parse_size() - a size in bytes, with an optional k, M or G
 * @text: decimal, 0x or 0 prefixed number
 * @bytes: filled on success only
 * @why: filled on failure
 *
 * memparse() knows no overflow, and a size that wraps must not be taken for
 * a small one.
 *
 * Return: 0, -EINVAL when it is no size, -ERANGE past 64 bits.
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

/**
 * dbb_text_parse_u32() - a number between two limits
 * @text: the number
 * @min: smallest value taken
 * @max: largest value taken
 * @value: filled on success only
 * @why: filled on failure
 *
 * Return: 0, -EINVAL when it is no number, -ERANGE outside the limits.
 */
int dbb_text_parse_u32(const char *text, u32 min, u32 max, u32 *value,
		       struct dbb_refusal *why)
{
	u32 number;
	int ret = kstrtou32(text, 0, &number);

	if (!ret && (number < min || number > max))
		ret = -ERANGE;
	if (ret)
		return dbb_text_refuse(why, ret, "\"%.40s\" is %s; accepted: %u to %u", text,
				       ret == -ERANGE ? "outside the limits" : "no number",
				       min, max);
	*value = number;
	return 0;
}

/**
 * dbb_text_from_user() - copy what was written to a debugfs file
 * @ubuf: the writer's buffer
 * @count: its length in bytes
 * @file: the file, as error_log names it
 *
 * Return: the text without surrounding white space, for the caller to
 * kfree(), or an ERR_PTR: -EINVAL when it is longer than any sensible line.
 */
char *dbb_text_from_user(const char __user *ubuf, size_t count, const char *file)
{
	struct dbb_refusal why;
	char *text, *start;

	if (count > DBB_TEXT_MAX) {
		dbb_text_refuse(&why, -EINVAL,
				"%zu bytes is too long for one line; accepted: up to %u",
				count, DBB_TEXT_MAX);
		return ERR_PTR(dbb_errlog_add(file, "...", -EINVAL, &why));
	}
	text = memdup_user_nul(ubuf, count);
	if (IS_ERR(text))
		return text;
	if (memchr(text, '\0', count)) {
		kfree(text);
		dbb_text_refuse(&why, -EINVAL, "a NUL byte is no text; accepted: one line of text");
		return ERR_PTR(dbb_errlog_add(file, "...", -EINVAL, &why));
	}
	start = strim(text);
	memmove(text, start, strlen(start) + 1);
	return text;
}
