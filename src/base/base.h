/*
 * base: the ground every other module stands on.
 *
 * Memory that belongs to a call, strings that know their length, instants,
 * digests, files that are whole or absent, a log, and the answer every
 * fallible act gives.  It knows nothing of government, databases or HTTP,
 * reads no clock and draws no randomness by itself except where a function
 * says so.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include "arena.h"
#include "bytes.h"
#include "call.h"
#include "digest.h"
#include "file.h"
#include "instant.h"
#include "keyring.h"
#include "log.h"
#include "status.h"
#include "str.h"
#include "utf8.h"

#endif
