/* SPDX-License-Identifier: MIT */
/* config.c: the defaults of struct oc_config, for programs that may never ask a server. */
#include "compat.h"

#include "oc.h"

void oc_config_init(struct oc_config *cfg)
{
	*cfg = (struct oc_config){
	        .size = sizeof *cfg,
	        .timeout = 30.0,
	        .wait = 300.0,
	        .max_retries = 3,
	        .backoff_factor = 0.5,
	        .watch_fd = -1,
	};
}
