/*
 * rulebook: a regulation as data, and the one function that says what may
 * happen next.
 *
 * A rulebook is read once, checked whole, digested, and never changed again;
 * it lives in the process's shelf.  Everything it says is an *element* that
 * rests on a requirement of the regulation (`basis`) or is our own default
 * (`house`, shown as such).  The stages decide by asking `rulebook_move`: a
 * pure function of route, position, wish and facts, without clock, store or
 * allocation, which the exhaustive prover runs as well.
 *
 * Arrays of a rulebook are referred to by index (role 3, step 2); indexes and
 * codes of one version never mean anything in another, so runs keep the digest
 * of the version they began with and store codes, not indexes.
 */
#ifndef RULEBOOK_RULEBOOK_H
#define RULEBOOK_RULEBOOK_H

#include "base/base.h"
#include "element.h"
#include "move.h"
#include "prove.h"
#include "shelf.h"

#endif
