/* SPDX-License-Identifier: MIT */
/* trust.c: finds the system's trusted certificates, and parses those that are asked for. */
#include "compat.h"

#include "http/trust.h"

#ifdef OC_STATIC

#	include <unistd.h>

#	include <openssl/err.h>
#	include <openssl/pem.h>
#	include <openssl/ssl.h>

/* One of the file. Both are owned. */
struct oc_anchor {
	X509_NAME *subject;
	unsigned char *der;
	long n;
};

/* Where systems have them, in one file; the first that has any counts. */
static const char *const files[] = {
        "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Arch, Alpine, Gentoo */
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* Fedora, RHEL */
        "/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora and RHEL before */
        "/etc/ssl/ca-bundle.pem",                            /* SUSE */
        "/etc/ssl/cert.pem",                                 /* Alpine, OpenBSD, macOS */
        "/etc/pki/tls/cacert.pem",                           /* OpenELEC */
        "/usr/local/share/certs/ca-root-nss.crt",            /* FreeBSD */
        "/etc/openssl/certs/ca-certificates.crt",            /* NetBSD */
};

/* ---- reading ---- */

/* The name of whom a certificate belongs to: behind its serial number, its algorithm, its issuer
 * and its dates. NULL: it has none, or is no certificate. */
static X509_NAME *subject_of(const unsigned char *p, long n)
{
	const unsigned char *end = p + n;
	int tag, class, bad = 0;
	long length;

	for (int depth = 0; depth < 2 && !bad; depth++)
		bad = ASN1_get_object(&p, &length, &tag, &class, end - p) & 0x81;
	for (int left = 4; left && !bad; left -= class == V_ASN1_UNIVERSAL) {
		bad = ASN1_get_object(&p, &length, &tag, &class, end - p) & 0x81;
		p += bad ? 0 : length; /* the version, which comes first, is of another class */
	}
	return bad ? NULL : d2i_X509_NAME(NULL, &p, end - p);
}

/* Takes the certificate, if it is one. */
static void add_anchor(struct oc_trust *trust, unsigned char *der, long n)
{
	struct oc_anchor *longer = realloc(trust->anchors, (trust->n + 1) * sizeof *longer);
	struct oc_anchor anchor = {.subject = subject_of(der, n), .der = der, .n = n};

	if (longer)
		trust->anchors = longer;
	if (longer && anchor.subject) {
		trust->anchors[trust->n++] = anchor;
		return;
	}
	X509_NAME_free(anchor.subject);
	OPENSSL_free(der);
}

/* What is damaged is passed over; where nothing is read any more, there is nothing. */
static void read_anchors(struct oc_trust *trust, const char *name)
{
	BIO *file = BIO_new_file(name, "re");
	int at = -1;

	while (file && BIO_tell(file) > at) {
		char *type, *header;
		unsigned char *der;
		long n;

		at = BIO_tell(file);
		if (!PEM_read_bio(file, &type, &header, &der, &n))
			continue;
		if (strcmp(type, PEM_STRING_X509) == 0)
			add_anchor(trust, der, n);
		else
			OPENSSL_free(der);
		OPENSSL_free(type);
		OPENSSL_free(header);
	}
	BIO_free(file);
}

static void look(struct oc_trust *trust)
{
	trust->looked = true;
	for (size_t i = 0; i < OC_COUNT(files) && !trust->n; i++)
		read_anchors(trust, files[i]);
}

/* ---- asked by OpenSSL ---- */

static void add_to(X509_STORE *store, const struct oc_anchor *anchor)
{
	const unsigned char *der = anchor->der;
	X509 *certificate = d2i_X509(NULL, &der, anchor->n);

	if (certificate)
		(void)X509_STORE_add_cert(store, certificate);
	X509_free(certificate);
}

/* Puts those of this name into the store. What is given out is borrowed from there, but the only
 * function that can set it takes a reference, which is one too many. */
static int find(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type, const X509_NAME *name, X509_OBJECT *out)
{
	struct oc_trust *trust = X509_LOOKUP_get_method_data(lookup);
	X509_STORE *store = X509_LOOKUP_get_store(lookup);
	X509_OBJECT *found = NULL;
	X509 *certificate;

	if (type != X509_LU_X509)
		return 0;
	/* An error that is left behind would be taken for one of the connection. */
	(void)ERR_set_mark();
	if (!trust->looked)
		look(trust);
	for (size_t i = 0; i < trust->n; i++) {
		if (X509_NAME_cmp(trust->anchors[i].subject, name) == 0)
			add_to(store, &trust->anchors[i]);
	}
	found = X509_OBJECT_retrieve_by_subject(X509_STORE_get0_objects(store), type, name);
	(void)ERR_pop_to_mark();
	certificate = found ? X509_OBJECT_get0_X509(found) : NULL;
	if (!certificate || !X509_OBJECT_set1_X509(out, certificate))
		return 0;
	X509_free(certificate);
	return 1;
}

static CURLcode on_context(CURL *easy, void *context, void *ctx)
{
	struct oc_trust *trust = ctx;
	X509_STORE *store = SSL_CTX_get_cert_store(context);
	X509_LOOKUP *lookup = trust->method ? X509_STORE_add_lookup(store, trust->method) : NULL;

	(void)easy;
	if (!lookup || !X509_LOOKUP_set_method_data(lookup, trust))
		return CURLE_OUT_OF_MEMORY;
	return CURLE_OK;
}

/* A proxy's certificate is seldom looked at, so libcurl may read all of them. */
static void trust_proxy(CURL *easy)
{
	for (size_t i = 0; i < OC_COUNT(files); i++) {
		if (access(files[i], R_OK) == 0) {
			(void)curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, files[i]);
			return;
		}
	}
}

void oc_trust_use(struct oc_trust *trust, CURL *easy, const char *ca_file)
{
	if (ca_file) {
		trust_proxy(easy);
		return;
	}
	if (!trust->method)
		trust->method = X509_LOOKUP_meth_new("the system's certificates");
	if (trust->method)
		(void)X509_LOOKUP_meth_set_get_by_subject(trust->method, find);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_context);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, trust);
}

bool oc_trust_is_empty(const struct oc_trust *trust)
{
	return trust->looked && !trust->n;
}

void oc_trust_release(struct oc_trust *trust)
{
	for (size_t i = 0; i < trust->n; i++) {
		X509_NAME_free(trust->anchors[i].subject);
		OPENSSL_free(trust->anchors[i].der);
	}
	free(trust->anchors);
	X509_LOOKUP_meth_free(trust->method);
	*trust = (struct oc_trust){0};
}

#else

void oc_trust_use(struct oc_trust *trust, CURL *easy, const char *ca_file)
{
	(void)trust;
	(void)easy;
	(void)ca_file;
}

bool oc_trust_is_empty(const struct oc_trust *trust)
{
	(void)trust;
	return false;
}

void oc_trust_release(struct oc_trust *trust)
{
	(void)trust;
}

#endif
