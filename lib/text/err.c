/* SPDX-License-Identifier: MIT */
/* err.c: errors as values, made safe to print. */
#include "compat.h"

#include <stdarg.h>

#include "text/err.h"
#include "text/utf8.h"

enum oc_class oc_err_class(enum oc_code code)
{
	switch (code) {
	case OC_OK:
	case OC_ESTOPPED:
		return OC_CLASS_NONE;
	case OC_EARG:
	case OC_EDATA:
		return OC_CLASS_VALUE;
	case OC_ECONFIG:
	case OC_ENOKEY:
		return OC_CLASS_IMPORT;
	case OC_EREFUSED:
	case OC_ENOTFOUND:
	case OC_EHOST:
	case OC_ECONNECT:
	case OC_ETIMEOUT:
	case OC_EBUSY:
	case OC_EAUTH:
	case OC_EQUOTA:
		return OC_CLASS_API;
	case OC_EPROTO:
		return OC_CLASS_RESPONSE;
	case OC_EBUG:
	case OC_ENOMEM:
	case OC_ESYS:
		break;
	}
	return OC_CLASS_GENERAL;
}

void oc_err_clear(struct oc_err *err)
{
	if (err)
		*err = (struct oc_err){.code = OC_OK};
}

/* Copies the text escaped, as much as fits, and never allocates: an error must be reportable when
 * memory is out. */
static void copy_visible(struct oc_err *err, const char *p, size_t n)
{
	static const char ellipsis[] = "...";
	size_t room = sizeof err->message - sizeof ellipsis;
	size_t out = 0;

	for (size_t i = 0; i < n;) {
		char shown[OC_UTF8_SHOWN_MAX];
		size_t used = 0;
		size_t len = oc_utf8_show(p + i, n - i, OC_VISIBLE_LINE, shown, &used);

		if (out + len > room) {
			memcpy(err->message + out, ellipsis, sizeof ellipsis);
			return;
		}
		memcpy(err->message + out, shown, len);
		out += len;
		i += used;
	}
	err->message[out] = '\0';
}

OC_PRINTF(2, 0) static void put_message(struct oc_err *err, const char *fmt, va_list ap)
{
	char text[2 * OC_ERR_MESSAGE_MAX];

	(void)vsnprintf(text, sizeof text, fmt, ap);
	copy_visible(err, text, strlen(text));
}

int oc_err_set(struct oc_err *err, enum oc_code code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, fmt);
	put_message(err, fmt, ap);
	va_end(ap);
	err->code = code;
	err->retry = code == OC_EHOST || code == OC_ECONNECT || code == OC_ETIMEOUT;
	err->slow = err->loading = false;
	return code;
}

void oc_err_reword(struct oc_err *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_message(err, fmt, ap);
	va_end(ap);
}

int oc_err_nomem(struct oc_err *err)
{
	return oc_err_set(err, OC_ENOMEM, "out of memory");
}
