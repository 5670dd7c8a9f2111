/* SPDX-License-Identifier: MIT */
/*
 * compat.h: feature macros, attributes and banned functions. The first include of every .c file,
 * because feature macros must precede the first system header.
 */
#ifndef OC_COMPAT_H
#define OC_COMPAT_H

/* macOS and the BSDs have everything unless less is asked for. */
#if !defined(__APPLE__) && !defined(__FreeBSD__) && !defined(__OpenBSD__)
#	define _XOPEN_SOURCE 700
#	define _DEFAULT_SOURCE
#endif
#define _FILE_OFFSET_BITS      64
#define _TIME_BITS             64
#define __STDC_WANT_LIB_EXT1__ 1 /* memset_s() */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__GNUC__) || defined(__clang__)
#	define OC_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#	define OC_NORETURN          __attribute__((noreturn))
#	define OC_MUST_CHECK        __attribute__((warn_unused_result))
#else
#	define OC_PRINTF(fmt, args)
#	define OC_NORETURN
#	define OC_MUST_CHECK
#endif

/* What some of these systems lack. Whether a file has room is not known there beforehand. */
#ifdef __APPLE__
#	define explicit_bzero(p, n) ((void)memset_s(p, n, 0, n))
#endif
#if defined(__APPLE__) || defined(__OpenBSD__)
#	define posix_fallocate(fd, at, n) ((void)(n), 0)
#endif

#define OC_COUNT(array) (sizeof(array) / sizeof *(array))

/* Functions that cannot be used safely: unbounded writes, silent truncation, hidden state, or
 * errors that cannot be told from results. A use does not compile. */
#define OC_BANNED(name) oc_banned_##name

#undef strcpy
#define strcpy(...) OC_BANNED(strcpy)
#undef strcat
#define strcat(...) OC_BANNED(strcat)
#undef strncpy
#define strncpy(...) OC_BANNED(strncpy)
#undef strncat
#define strncat(...) OC_BANNED(strncat)
#undef sprintf
#define sprintf(...) OC_BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) OC_BANNED(vsprintf)
#undef strtok
#define strtok(...) OC_BANNED(strtok)
#undef atoi
#define atoi(...) OC_BANNED(atoi)
#undef atol
#define atol(...) OC_BANNED(atol)
#undef atof
#define atof(...) OC_BANNED(atof)
#undef gmtime
#define gmtime(...) OC_BANNED(gmtime)
#undef localtime
#define localtime(...) OC_BANNED(localtime)
#undef ctime
#define ctime(...) OC_BANNED(ctime)
#undef asctime
#define asctime(...) OC_BANNED(asctime)

#endif
