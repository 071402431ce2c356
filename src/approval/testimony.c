/*
 * The bytes that are signed: plain text that a person can read and any program can make
 * again from what it says.
 */
#include "approval_own.h"

#include "people/people.h"

#include <string.h>

static void add_escaped(struct buffer *text, struct str value);

void testimony_begin(struct call *call, const char *act, id64 group,
                     struct subject subject, const struct digest *digest,
                     struct testimony *out_testimony) {
    struct testimony testimony = {.act = act, .group = group, .subject = subject};
    buffer_init(&testimony.text, call->arena);
    buffer_add_text(&testimony.text, "shenfa approval 1\n");
    testimony_add(&testimony, "act", str_of(act));
    testimony_add_int(&testimony, "group", group);
    buffer_add_format(&testimony.text, "subject %s %lld\n",
                      subject_kind_name(subject.kind), (long long)subject.id);
    testimony_add_digest(&testimony, "digest", digest);
    *out_testimony = testimony;
}

void testimony_add(struct testimony *testimony, const char *name, struct str value) {
    buffer_add_text(&testimony->text, name);
    buffer_add_char(&testimony->text, ' ');
    add_escaped(&testimony->text, value);
    buffer_add_char(&testimony->text, '\n');
}

void testimony_add_int(struct testimony *testimony, const char *name, int64_t number) {
    buffer_add_format(&testimony->text, "%s %lld\n", name, (long long)number);
}

void testimony_add_digest(struct testimony *testimony, const char *name,
                          const struct digest *digest) {
    testimony_add(testimony, name, digest_to_text(testimony->text.arena, digest));
}

void testimony_add_decision(struct call *call, struct testimony *testimony,
                            const struct decision *decision) {
    testimony_add_int(testimony, "run", decision->run);
    testimony_add_int(testimony, "round", decision->round);
    testimony_add_int(testimony, "turn", decision->turn);
    testimony_add(testimony, "step", decision->step);
    testimony_add(testimony, "verdict", decision->outcome);
    testimony_add(testimony, "answers", answers_to_json(call->arena, decision));
    testimony_add(testimony, "opinion", decision->opinion);
    testimony_add_digest(testimony, "terms", &decision->terms);
    testimony_add_int(testimony, "approver", decision->person);
    testimony_add_int(testimony, "stands-for", decision->stands_for);
    testimony_add(testimony, "role", decision->role);
    testimony_add_int(testimony, "unit", decision->unit);
    testimony_add_int(testimony, "contributor", decision->by_contributor);
    testimony_add(testimony, "channel", decision->channel);
    testimony_add_int(testimony, "face-day", decision->face_day);
    testimony_add(testimony, "paper-number", decision->paper_number);
    testimony_add_digest(testimony, "scan", &decision->scan);
    testimony_add_int(testimony, "entered-by", decision->entered_by);
    testimony_add_int(testimony, "decided-at", decision->at);
}

struct str testimony_line(struct str text, const char *name) {
    struct str rest = text;
    size_t length = strlen(name);
    while (!str_is_empty(rest)) {
        struct str line = str_cut(&rest, '\n');
        if (str_starts(line, name) && line.length > length && line.at[length] == ' ') {
            return str_part(line, length + 1, line.length);
        }
    }
    return STR("");
}

struct str testimony_end_text(struct call *call, const struct testimony_end *end) {
    return str_format(call->arena,
                      "signer %lld\nat %lld\nproof %.*s\nafter %.*s\nkey %.*s\n",
                      (long long)end->signer, (long long)end->at, STR_ARG(end->proof),
                      STR_ARG(end->after), STR_ARG(end->key));
}

static void add_escaped(struct buffer *text, struct str value) {
    for (size_t i = 0; i < value.length; i++) {
        char byte = value.at[i];
        if (byte == '\n' || byte == '\\') {
            buffer_add_text(text, byte == '\n' ? "\\n" : "\\\\");
        } else {
            buffer_add_char(text, byte);
        }
    }
}
