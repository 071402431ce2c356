/*
 * The one gate.  Whatever door a wish to publish came through, it ends here:
 * inside one transaction, with the manuscript locked, the full set of decisions
 * on exactly this digest is asked for again, and what it gave is checked once
 * more by rules of this file's own, so that a mistake in the route's engine
 * alone lets nothing out.
 */
#include "publication_sql.h"
#include "release_own.h"

#include "notary/notary.h"

static enum status check_decisions(struct call *call, const struct ordering *ordering);
static enum status check_schedule(struct call *call, const struct ordering *ordering);
static bool is_signed_step(const struct ordering *ordering);
static enum status check_not_ended(struct call *call, const struct ordering *ordering);
static enum status check_columns(struct call *call, struct ordering *ordering);
static enum status check_site(struct call *call, id64 site);

enum status gate_check(struct call *call, struct ordering *ordering) {
    const struct release_order *order = ordering->order;
    TRY(store_is_writing(call)
            ? manuscript_lock(call, order->manuscript, &ordering->manuscript)
            : manuscript_peek(call, order->manuscript, &ordering->manuscript));
    TRY(manuscript_revision(call, ordering->manuscript.revision, &ordering->revision));
    if (!digest_equal(&ordering->revision.digest, &order->seen)) {
        return call_refuse(call, STALE, "", "publication.text-changed", NULL);
    }
    bool past = order->when != 0 && order->when <= call->now && !ordering->planned;
    if (past || (ordering->first && order->when != 0)) {
        return call_refuse_field(call, "when", "", "publication.moment-past", NULL);
    }
    TRY(ordering->first ? review_clear_first(call, order->manuscript, &order->seen,
                                             &ordering->clearance)
                        : review_clear_for_release(call, order->manuscript, &order->seen,
                                                   order->reason, &ordering->clearance));
    TRY(check_decisions(call, ordering));
    TRY(check_not_ended(call, ordering));
    TRY(check_columns(call, ordering));
    if (ordering->planned) {
        TRY(check_schedule(call, ordering));
    }
    for (size_t i = 0; i < ordering->column_count; i++) {
        struct column column;
        TRY(site_column_find(call, ordering->columns[i], &column));
        TRY(check_site(call, column.site));
        TRY(manuscript_must_be_registered(
            call, ordering->planned ? ordering->orderer : call->actor.person,
            &ordering->manuscript, &column));
    }
    return notary_may_decide(call);
}

struct digest publication_terms(struct call *call, const id64 *columns, size_t count) {
    id64 sorted[RELEASE_TARGETS] = {0};
    size_t kept = count < RELEASE_TARGETS ? count : RELEASE_TARGETS;
    for (size_t i = 0; i < kept; i++) {
        size_t at = i;
        for (; at > 0 && sorted[at - 1] > columns[i]; at--) {
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = columns[i];
    }
    struct digesting digesting;
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, "shenfa-terms", STR("1"));
    for (size_t i = 0; i < kept; i++) {
        digest_add_field(&digesting, "column", id_to_text(call->arena, sorted[i]));
    }
    return digest_end(&digesting);
}

/* What review gave, looked at again: the latest decision of every demanded step on this
 * very digest, none waiting for its second person, one at least by somebody who wrote
 * nothing.  Earlier words on an earlier text (a submission that was taken back) say
 * nothing about this one. */
static enum status check_decisions(struct call *call, const struct ordering *ordering) {
    const struct clearance *clearance = &ordering->clearance;
    bool independent = false;
    bool decided =
        ordering->first
            ? rulebook_is_granted(clearance->book, clearance->route, clearance->pasts,
                                  clearance->decision_count)
            : rulebook_is_decided(clearance->book, clearance->route, clearance->pasts,
                                  clearance->decision_count, &independent);
    if (!decided || clearance->run.revision != ordering->revision.id ||
        !digest_equal(&clearance->run.digest, &ordering->order->seen)) {
        return call_refuse(call, REFUSED, "", "publication.not-decided", NULL);
    }
    for (size_t i = 0; i < clearance->decision_count; i++) {
        const struct decision *decision = &clearance->decisions[i];
        if (decision->face_day != 0 && decision->confirmed_by == 0) {
            return call_refuse(call, REFUSED, "", "publication.not-decided", NULL);
        }
    }
    if (!independent && !ordering->first /* its releaser is no contributor */) {
        return call_refuse(call, REFUSED, "", "publication.not-independent", NULL);
    }
    return review_must_be_signed(call, clearance);
}

/* The order of before is carried out as it was signed: this text, there, at that
 * moment, on these decisions. */
static enum status check_schedule(struct call *call, const struct ordering *ordering) {
    struct str wrong;
    struct testimony order = gate_testify(call, ordering, "publication.schedule");
    TRY(approval_check(call, &order, ordering->act, ordering->orderer,
                       is_signed_step(ordering), &wrong));
    return str_is_empty(wrong)
               ? DONE
               : call_refuse(call, REFUSED, "", PUBLICATION_ORDER_NOT_SIGNED, "what",
                             str_text(call->arena, wrong), NULL);
}

struct testimony gate_testify(struct call *call, const struct ordering *ordering,
                              const char *act) {
    struct testimony testimony;
    struct buffer columns;
    struct buffer decisions;
    struct subject subject = {SUBJECT_MANUSCRIPT, ordering->manuscript.id};
    struct digest terms =
        publication_terms(call, ordering->columns, ordering->column_count);
    buffer_init(&columns, call->arena);
    buffer_init(&decisions, call->arena);
    for (size_t i = 0; i < ordering->column_count; i++) {
        buffer_add_format(&columns, i == 0 ? "%lld" : " %lld",
                          (long long)ordering->columns[i]);
    }
    for (size_t i = 0; i < ordering->clearance.decision_count; i++) {
        buffer_add_format(&decisions, i == 0 ? "%lld" : " %lld",
                          (long long)ordering->clearance.decisions[i].id);
    }
    testimony_begin(call, act, ordering->manuscript.group, subject,
                    &ordering->revision.digest, &testimony);
    testimony_add_int(&testimony, "site", ordering->manuscript.site);
    testimony_add_int(&testimony, "revision", ordering->revision.id);
    testimony_add(&testimony, "title", ordering->revision.content.title);
    testimony_add(&testimony, "columns", buffer_str(&columns));
    testimony_add_digest(&testimony, "terms", &terms);
    testimony_add_int(&testimony, "schedule", ordering->order->when);
    testimony_add(&testimony, "reason", str_trim(ordering->order->reason));
    testimony_add_int(&testimony, "run", ordering->clearance.run.id);
    testimony_add(&testimony, "decisions", buffer_str(&decisions));
    return testimony;
}

static bool is_signed_step(const struct ordering *ordering) {
    const struct route *route = ordering->clearance.route;
    return route->release == NO_INDEX || route->steps[route->release].signature;
}

/* What was taken away for good stays away: decisions of a review that had begun before
 * do not bring it back, a new submission may. */
static enum status check_not_ended(struct call *call, const struct ordering *ordering) {
    struct rows *row;
    enum status found = store_find(call, &publication_ended_since, &row,
                                   bind_id("manuscript", ordering->manuscript.id),
                                   bind_int("since", ordering->clearance.run.started_at));
    return found == DONE ? call_refuse(call, REFUSED, "", "publication.taken-away", NULL)
           : found == ABSENT ? DONE
                             : found;
}

/* Targets: the manuscript's own column, or those that the decisions' terms name. */
static enum status check_columns(struct call *call, struct ordering *ordering) {
    const struct release_order *order = ordering->order;
    if (order->column_count > RELEASE_TARGETS) {
        return call_refuse_field(call, "columns", "", "publication.columns-many", NULL);
    }
    ordering->column_count = 0;
    if (order->column_count == 0) {
        ordering->columns[ordering->column_count++] = ordering->manuscript.column;
    }
    for (size_t i = 0; i < order->column_count; i++) {
        ordering->columns[ordering->column_count++] = order->columns[i];
    }
    struct digest asked =
        publication_terms(call, ordering->columns, ordering->column_count);
    bool own_alone = ordering->column_count == 1 &&
                     ordering->columns[0] == ordering->manuscript.column;
    bool within = own_alone;
    for (size_t i = 0; i < ordering->clearance.decision_count; i++) {
        const struct digest *terms = &ordering->clearance.decisions[i].terms;
        if (!digest_is_none(terms)) {
            within = digest_equal(terms, &asked); /* the last that set them counts */
        }
    }
    if (!within) {
        return call_refuse_field(call, "columns", "", "publication.columns-other", NULL);
    }
    for (size_t i = 0; i < ordering->column_count; i++) {
        struct column column;
        TRY(site_column_find(call, ordering->columns[i], &column));
        if (!column.open) {
            return call_refuse_field(call, "columns", "", "publication.column-closed",
                                     "column", str_text(call->arena, column.title), NULL);
        }
        if (!address_column_fits(column.path)) {
            return log_failed("the column path %.*s cannot be published",
                              STR_ARG(column.path));
        }
    }
    return DONE;
}

/* A page without the marks of its site would not be written; better say so now. */
static enum status check_site(struct call *call, id64 site) {
    struct site facts;
    TRY(site_find(call, site, &facts));
    const struct {
        struct str value;
        const char *name;
    } needed[] = {{facts.title, "SiteName"},     {facts.domain, "SiteDomain"},
                  {facts.id_code, "SiteIDCode"}, {facts.sponsor, "主办单位"},
                  {facts.contact, "联系方式"},   {facts.icp, "ICP"},
                  {facts.police, "公安备案"}};
    for (size_t i = 0; i < LENGTH(needed); i++) {
        if (str_is_empty(needed[i].value)) {
            return call_refuse(call, REFUSED, "", "publication.site-lacks", "what",
                               needed[i].name, NULL);
        }
    }
    return DONE;
}
