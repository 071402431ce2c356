/*
 * Pictures of a body are kept files too: they count in the digest and are confirmed with
 * the text, so the list follows what the body shows.
 */
#include "manuscript_own.h"

#include "text/text.h"

#define FILES "/files/"

static enum status picture_of(struct call *call, const struct body_picture *shown,
                              struct attachment *out_attachment);

enum status content_gather_pictures(struct call *call, struct content *content) {
    struct body_words words;
    TRY(text_words(call->arena, content->body, &words));
    size_t room = content->attachment_count + words.picture_count;
    struct attachment *kept = TAKE_ARRAY(call->arena, room + 1, struct attachment);
    size_t count = 0;
    for (size_t i = 0; i < content->attachment_count; i++) {
        if (!content->attachments[i].in_body) {
            kept[count++] = content->attachments[i];
        }
    }
    for (size_t i = 0; i < words.picture_count; i++) {
        struct attachment picture;
        enum status found = picture_of(call, &words.pictures[i], &picture);
        if (found == FAILED) {
            return FAILED;
        }
        bool known = found != DONE;
        for (size_t j = 0; j < count && !known; j++) {
            known = kept[j].in_body && digest_equal(&kept[j].digest, &picture.digest);
        }
        if (!known) {
            kept[count++] = picture;
        }
    }
    content->attachments = kept;
    content->attachment_count = count;
    return DONE;
}

/* ABSENT for a picture that is no kept file; publication leaves such a one out. */
static enum status picture_of(struct call *call, const struct body_picture *shown,
                              struct attachment *out_attachment) {
    struct str name = shown->source;
    const struct file_type *type;
    struct digest digest;
    struct bytes bytes;
    if (!str_starts(name, FILES)) {
        return ABSENT;
    }
    name = str_part(name, sizeof FILES - 1, name.length);
    struct str text = str_format(call->arena, "sm3:%.*s", STR_ARG(name));
    if (digest_from_text(text, &digest) != DONE) {
        return ABSENT;
    }
    TRY(manuscript_file(call, &digest, &bytes));
    static const char *const endings[] = {"png", "jpg", "gif"};
    for (size_t i = 0; i < LENGTH(endings); i++) {
        struct str named = str_format(call->arena, "%.*s.%s", STR_ARG(name), endings[i]);
        struct refusal *said = call->refusal;
        enum status known = text_file_type(call, named, bytes, &type);
        call->refusal = said;
        if (known == DONE) {
            *out_attachment = (struct attachment){.name = named,
                                                  .digest = digest,
                                                  .size = (int64_t)bytes.length,
                                                  .media_type = str_of(type->media_type),
                                                  .alt = shown->alt,
                                                  .in_body = true};
            return DONE;
        }
    }
    return ABSENT;
}
