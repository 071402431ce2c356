/*
 * What somebody typed into a form whose session had ended travels through the
 * sign-in page, sealed with a key of the workspace and bound to the person: whoever
 * else signs in at that desk learns nothing of it.  Any process of the workspace opens
 * it, for two days.
 */
#include "web_own.h"

static const struct keyring_purpose typed_forms = {
    .name = "forms", .renew = INSTANT_DAY, .keep = 2 * INSTANT_DAY};

static void add_typed(void *to, const struct field *field, struct str typed);
static void add_escaped(struct buffer *out, struct str text);

struct str seal_typed(struct visit *visit, id64 person) {
    struct arena *arena = visit->call->arena;
    struct buffer plain;
    struct str sealed;
    if (person == 0 || visit->request->form == NULL) {
        return STR("");
    }
    buffer_init(&plain, arena);
    buffer_add(&plain, visit->request->path);
    buffer_add_char(&plain, '\n');
    request_each_typed(visit->request, add_typed, &plain);
    if (keyring_seal(visit->call, &typed_forms, id_to_text(arena, person),
                     bytes_of_str(buffer_str(&plain)), &sealed) != DONE) {
        return STR(""); /* the log says why; the person types again */
    }
    return sealed;
}

enum status seal_open(struct visit *visit, struct str sealed, id64 person,
                      struct str *out_path, struct str *out_form) {
    struct bytes plain;
    TRY(keyring_open(visit->call, &typed_forms, id_to_text(visit->call->arena, person),
                     sealed, &plain));
    struct str rest = {(const char *)plain.at, plain.length};
    *out_path = str_cut(&rest, '\n');
    *out_form = rest;
    return DONE;
}

static void add_typed(void *to, const struct field *field, struct str typed) {
    struct buffer *out = to;
    add_escaped(out, str_of(field->name));
    buffer_add_char(out, '=');
    add_escaped(out, typed);
    buffer_add_char(out, '&');
}

static void add_escaped(struct buffer *out, struct str text) {
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte > ' ' && byte != '%' && byte != '&' && byte != '=' && byte != '+') {
            buffer_add_char(out, (char)byte);
        } else {
            buffer_add_format(out, "%%%02X", byte);
        }
    }
}
