/* SPDX-License-Identifier: MIT */
/* uri.c: what a URI reference stands for. */
#include "compat.h"

#include "schema/uri.h"
#include "text/text.h"

/* A part that is not there has no p. */
struct parts {
	struct oc_text scheme;
	struct oc_text authority;
	struct oc_text path; /* always there */
	struct oc_text query;
	struct oc_text fragment;
};

static struct oc_text take(struct oc_text *text, size_t n, size_t skip)
{
	struct oc_text taken = {text->p, n};

	*text = (struct oc_text){text->p + n + skip, text->n - n - skip};
	return taken;
}

static struct parts split(struct oc_text uri)
{
	struct parts parts = {.path = {"", 0}};
	size_t end = oc_text_find(uri, ":/?#");

	if (end && end < uri.n && uri.p[end] == ':')
		parts.scheme = take(&uri, end, 1);
	if (uri.n >= 2 && uri.p[0] == '/' && uri.p[1] == '/') {
		(void)take(&uri, 2, 0);
		parts.authority = take(&uri, oc_text_find(uri, "/?#"), 0);
	}
	parts.path = take(&uri, oc_text_find(uri, "?#"), 0);
	if (uri.n && *uri.p == '?') {
		(void)take(&uri, 1, 0);
		parts.query = take(&uri, oc_text_find(uri, "#"), 0);
	}
	if (uri.n)
		parts.fragment = (struct oc_text){uri.p + 1, uri.n - 1};
	return parts;
}

/* Takes away what was put last into the path, with the slash before it. */
static void drop_segment(struct oc_buf *out, size_t start)
{
	while (out->n > start && out->p[out->n - 1] != '/')
		oc_buf_cut(out, out->n - 1);
	if (out->n > start)
		oc_buf_cut(out, out->n - 1);
}

/* Appends a path without the segments "." and "..". */
static void put_path(struct oc_buf *out, struct oc_text path)
{
	size_t start = out->n;
	bool first = true;

	while (path.n || first) {
		bool slash = path.n && *path.p == '/';
		struct oc_text rest = slash ? (struct oc_text){path.p + 1, path.n - 1} : path;
		struct oc_text segment = {rest.p, oc_text_find(rest, "/")};
		bool last = segment.n == rest.n;

		first = false;
		path = (struct oc_text){rest.p + segment.n, rest.n - segment.n};
		if (oc_text_is(segment, "..") && slash)
			drop_segment(out, start);
		if ((oc_text_is(segment, ".") || oc_text_is(segment, "..")) && slash) {
			if (last)
				oc_buf_putc(out, '/');
			continue;
		}
		if (slash)
			oc_buf_putc(out, '/');
		oc_buf_add(out, segment.p, segment.n);
	}
}

/* The base's path up to its last slash, and the reference's. */
static void put_merged(struct oc_buf *out, const struct parts *base, struct oc_text path)
{
	struct oc_buf merged = {0};
	size_t keep = base->path.n;

	oc_buf_init(&merged, base->path.n + path.n + 1);
	while (keep && base->path.p[keep - 1] != '/')
		keep--;
	oc_buf_add(&merged, base->path.p, keep);
	if (base->authority.p && !base->path.n)
		oc_buf_putc(&merged, '/');
	oc_buf_add(&merged, path.p, path.n);
	if (merged.bad)
		out->bad = merged.bad;
	put_path(out, oc_buf_text(&merged));
	oc_buf_release(&merged);
}

static void put_query(struct oc_buf *out, struct oc_text query)
{
	if (query.p)
		oc_buf_putc(out, '?');
	oc_buf_add(out, query.p, query.n);
}

void oc_uri_resolve(struct oc_text base, struct oc_text reference, struct oc_buf *out,
                    struct oc_text *fragment)
{
	struct parts b = split(base);
	struct parts r = split(reference);
	struct oc_text scheme = r.scheme.p ? r.scheme : b.scheme;
	bool own = r.scheme.p || r.authority.p; /* nothing of the base's path */
	struct oc_text authority = own ? r.authority : b.authority;

	*fragment = r.fragment;
	oc_buf_add(out, scheme.p, scheme.n);
	oc_buf_putc(out, ':');
	if (authority.p)
		oc_buf_puts(out, "//");
	oc_buf_add(out, authority.p, authority.n);
	if (own || (r.path.n && *r.path.p == '/')) {
		put_path(out, r.path);
	} else if (r.path.n) {
		put_merged(out, &b, r.path);
	} else {
		oc_buf_add(out, b.path.p, b.path.n);
		put_query(out, r.query.p ? r.query : b.query);
		return;
	}
	put_query(out, r.query);
}
