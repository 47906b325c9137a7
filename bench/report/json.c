// SPDX-License-Identifier: GPL-2.0
/*
 * results.json: an object with the environment and the rows.
 */
#include <linux/seq_file.h>

#include "report.h"

/* A list being printed */
struct dbb_json {
	struct seq_file *m;
	bool any;	/* a comma comes first */
};

static void dbb_json_comma(struct dbb_json *json)
{
	seq_puts(json->m, json->any ? ",\n    " : "\n    ");
	json->any = true;
}

/* Names and sysfs lines hold no control characters; quotes are escaped. */
static void dbb_json_string(struct seq_file *m, const char *text)
{
	seq_putc(m, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			seq_putc(m, '\\');
		seq_putc(m, *text);
	}
	seq_putc(m, '"');
}

static void dbb_json_show_key(void *data, const char *key, const char *value)
{
	struct dbb_json *json = data;

	dbb_json_comma(json);
	dbb_json_string(json->m, key);
	seq_puts(json->m, ": ");
	dbb_json_string(json->m, value);
}

static void dbb_json_show_row(struct dbb_json *json, const struct dbb_result *result,
			      unsigned int arm, unsigned int phase)
{
	struct seq_file *m = json->m;
	char cell[DBB_CELL_LEN];
	unsigned int i;

	dbb_json_comma(json);
	for (i = 0; i < dbb_columns_count; i++) {
		seq_puts(m, i ? ", \"" : "{\"");
		dbb_columns_show_name(m, result, &dbb_columns[i]);
		seq_puts(m, "\": ");
		dbb_columns_print(cell, result, i, arm, phase);
		if (dbb_columns[i].is_text)
			dbb_json_string(m, cell);
		else
			seq_puts(m, *cell ? cell : "null");
	}
	seq_putc(m, '}');
}

void dbb_json_show(struct seq_file *m, const struct dbb_result *result)
{
	struct dbb_json json = { .m = m };
	unsigned int arm, phase;

	seq_puts(m, "{\n  \"environment\": {");
	dbb_result_describe(result, dbb_json_show_key, &json);
	seq_puts(m, "\n  },\n  \"rows\": [");
	json.any = false;
	for (arm = 0; arm < result->params.narms; arm++)
		for (phase = 0; phase < result->params.op->nphases; phase++)
			dbb_json_show_row(&json, result, arm, phase);
	seq_puts(m, "\n  ]\n}\n");
}
