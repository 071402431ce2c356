/*
 * The package of a year, read by the script that lies in it: whole as it was written, and
 * found out after one bit of any kind of file, after one file less and one too many.
 */
#include "archive/archive.h"
#include "jobs/jobs.h"
#include "ledger/ledger.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "yard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sandbox *sandbox;

struct parcel {
    struct yard yard;
    struct call *call;
    id64 group;
    const char *folder;
};

static struct parcel open_parcel(struct trial_store *trial) {
    static const char text[] = "企业,产值\n甲,1200\n";
    struct parcel parcel = {.folder = NULL};
    struct attachment file;
    yard_open(trial, sandbox, "yunzhou", &parcel.yard);
    parcel.call = parcel.yard.call;
    parcel.group = parcel.yard.bureau.site.group;
    yard_become(&parcel.yard, parcel.yard.bureau.writer);
    assert_int_equal(manuscript_keep_file(parcel.call, STR("产值表.csv"),
                                          bytes_of_str(str_of(text)), &file),
                     DONE);
    yard_publish(&parcel.yard, "全区工业经济运行情况", &file, 1);
    id64 second = yard_publish(&parcel.yard, "撤下的一篇", NULL, 0);
    yard_become(&parcel.yard, yard_holder(&parcel.yard, "site-operator"));
    assert_int_equal(
        publication_withdraw(parcel.call, second, WITHDRAW_SEAL, STR("误发"), 0), DONE);
    parcel.folder = str_format(parcel.call->arena, "%s/2026", trial->workspace).at;
    return parcel;
}

static struct exported export(struct parcel *parcel) {
    struct exported exported;
    yard_become(&parcel->yard, yard_holder(&parcel->yard, "office-director"));
    assert_int_equal(
        archive_export(parcel->call, parcel->group, 2026, parcel->folder, &exported),
        DONE);
    return exported;
}

/* What the script says, its exit status in *out_status. */
static const char *verify(struct parcel *parcel, int *out_status) {
    static char said[8192];
    char command[4096];
    snprintf(command, sizeof command, "python3 -B '%s/verify_archive.py' '%s' 2>&1",
             parcel->folder, parcel->folder);
    FILE *python = popen(command, "r");
    assert_non_null(python);
    size_t got = fread(said, 1, sizeof said - 1, python);
    said[got] = '\0';
    *out_status = pclose(python);
    return said;
}

static void assert_whole(struct parcel *parcel) {
    int status;
    const char *said = verify(parcel, &status);
    if (status != 0) {
        fail_msg("a whole package: %s", said);
    }
}

static void assert_found(struct parcel *parcel, const char *file) {
    int status;
    const char *said = verify(parcel, &status);
    if (status == 0) {
        fail_msg("nothing was found in %s: %s", file, said);
    }
}

static struct bytes read_file(struct parcel *parcel, const char *file) {
    struct bytes bytes;
    const char *path = str_format(parcel->call->arena, "%s/%s", parcel->folder, file).at;
    assert_int_equal(file_read(parcel->call->arena, path, (size_t)1 << 26, &bytes), DONE);
    return bytes;
}

static void put_file(struct parcel *parcel, const char *file, struct bytes bytes) {
    const char *path = str_format(parcel->call->arena, "%s/%s", parcel->folder, file).at;
    assert_int_equal(file_write(path, bytes), DONE);
}

/* One bit at *place*, seen, and put back. */
static void flip(struct parcel *parcel, const char *file, size_t place) {
    struct bytes whole = read_file(parcel, file);
    unsigned char *bytes = arena_copy(parcel->call->arena, whole.at, whole.length);
    assert_true(place < whole.length);
    bytes[place] ^= 1;
    put_file(parcel, file, (struct bytes){bytes, whole.length});
    assert_found(parcel, file);
    put_file(parcel, file, whole);
}

static void test_package__one_bit_of_any_kind_of_file_is_found(void **state) {
    struct parcel parcel = open_parcel(*state);
    static const char *const kinds[] = {
        "items/0001/content.json",
        "items/0001/page.html",
        "items/0001/metadata.json",
        "items/0001/decisions.json",
        "items/0001/history.jsonl",
        "items/0001/form-review-form.pdf",
        "items/0001/form-review-form.json",
        "items/0002/page.html",
        "manifest.json",
        "ledger.jsonl",
        "README.txt",
        "verify_ledger.py",
    };
    struct exported exported = export(&parcel);
    assert_int_equal(exported.items, 2);
    assert_int_equal(exported.missing, 0);
    assert_whole(&parcel);
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        flip(&parcel, kinds[i], read_file(&parcel, kinds[i]).length / 2);
    }
    struct digest digest =
        digest_of(DIGEST_SM3, bytes_of_str(STR("企业,产值\n甲,1200\n")));
    struct str hex =
        bytes_to_hex(parcel.call->arena, (struct bytes){digest.at, DIGEST_SIZE});
    flip(&parcel,
         str_format(parcel.call->arena, "items/0001/attachments/%.*s", STR_ARG(hex)).at,
         3);
    struct bytes page = read_file(&parcel, "items/0001/page.html");
    assert_int_equal(
        file_remove(
            str_format(parcel.call->arena, "%s/items/0001/page.html", parcel.folder).at),
        DONE);
    assert_found(&parcel, "a missing page");
    put_file(&parcel, "items/0001/page.html", page);
    put_file(&parcel, "items/0001/more.html", page);
    assert_found(&parcel, "a page too many");
    yard_close(*state);
}

/* The chain keeps whoever forges the manifest as well from getting away with it. */
static void test_package__a_forged_manifest_does_not_help(void **state) {
    struct parcel parcel = open_parcel(*state);
    char command[4096];
    export(&parcel);
    snprintf(
        command, sizeof command,
        "python3 -B -c \"import json,hashlib,pathlib as p;"
        "d=p.Path('%s');m=json.loads((d/'manifest.json').read_text());"
        "f=d/'items/0001/metadata.json';"
        "f.write_bytes(f.read_bytes().replace(b'news', b'mews'));"
        "[x.update(sha256=hashlib.sha256((d/x['path']).read_bytes()).hexdigest())"
        " for x in m['files']];"
        "(d/'manifest.json').write_text(json.dumps(m,sort_keys=True,ensure_ascii=False,"
        "separators=(',',':')))\"",
        parcel.folder);
    assert_whole(&parcel);
    assert_int_equal(system(command), 0);
    assert_found(&parcel, "a forged manifest");
    yard_close(*state);
}

static void test_package__is_for_archivists_and_into_an_empty_folder(void **state) {
    struct parcel parcel = open_parcel(*state);
    struct exported exported;
    yard_become(&parcel.yard, parcel.yard.bureau.writer);
    assert_int_equal(
        archive_export(parcel.call, parcel.group, 2026, parcel.folder, &exported),
        DENIED);
    export(&parcel);
    assert_int_equal(
        archive_export(parcel.call, parcel.group, 2026, parcel.folder, &exported),
        REFUSED);
    assert_string_equal(parcel.call->refusal->words, "archive.not-empty");
    yard_become(&parcel.yard, yard_holder(&parcel.yard, "office-director"));
    assert_int_equal(
        archive_export(parcel.call, parcel.group, 2027, parcel.folder, &exported),
        REFUSED);
    assert_string_equal(parcel.call->refusal->words, "archive.year-odd");
    yard_close(*state);
}

/* As it is done on screen: ordered, written by a job, fetched as one file, unpacked by
 * another program, and checked. */
static void test_package__ordered_fetched_and_verified(void **state) {
    struct parcel parcel = open_parcel(*state);
    struct call *call = parcel.call;
    struct package_note *notes;
    struct fetched fetched;
    struct ledger_list list;
    struct ledger_filter filter = {.act = STR("archive.fetch"), .limit = 9};
    size_t handler_count;
    size_t count;
    const struct job_handler *handlers = archive_handlers(&handler_count);
    yard_become(&parcel.yard, yard_holder(&parcel.yard, "office-director"));
    assert_int_equal(archive_order(call, parcel.group, 2026), DONE);
    while (jobs_do_next(call, handlers, handler_count) == DONE) {
        /* those of other kinds, which nobody does here, are given up */
    }
    assert_int_equal(archive_packages(call, parcel.group, &notes, &count), DONE);
    assert_int_equal(count, 1);
    assert_true(notes[0].is_here);
    int64_t sequence = notes[0].sequence;
    assert_int_equal(archive_fetch(call, parcel.group, sequence - 1, &fetched), ABSENT);
    yard_become(&parcel.yard, parcel.yard.bureau.writer);
    assert_int_equal(archive_fetch(call, parcel.group, sequence, &fetched), DENIED);
    yard_become(&parcel.yard, yard_holder(&parcel.yard, "office-director"));
    assert_int_equal(archive_fetch(call, parcel.group, sequence, &fetched), DONE);
    assert_int_equal(fetched.size % 512, 0);
    const char *to = str_format(call->arena, "%s/fetched", call->house->workspace).at;
    char command[4096];
    snprintf(command, sizeof command, "mkdir '%s' && tar -xf - -C '%s' < /proc/%d/fd/%d",
             to, to, (int)getpid(), fetched.file);
    assert_int_equal(system(command), 0);
    close(fetched.file);
    size_t stem = fetched.name.length - strlen(".tar");
    parcel.folder = str_format(call->arena, "%s/%.*s", to, (int)stem, fetched.name.at).at;
    assert_whole(&parcel);
    struct bytes manifest = read_file(&parcel, "manifest.json");
    struct digest digest = digest_of(DIGEST_SHA256, manifest);
    assert_true(digest_equal(&digest, &notes[0].manifest));
    flip(&parcel, "items/0001/content.json", 20);
    /* who had it is in the ledger, and who was refused */
    assert_int_equal(ledger_read(call, parcel.group, &filter, &list), DONE);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.at[0].outcome, LEDGER_DONE);
    assert_int_equal(list.at[0].person, yard_holder(&parcel.yard, "office-director"));
    assert_int_not_equal(list.at[1].outcome, LEDGER_DONE);
    yard_close(*state);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_package__one_bit_of_any_kind_of_file_is_found),
        TRIAL_ON_SQLITE(test_package__a_forged_manifest_does_not_help),
        TRIAL_ON_BOTH(test_package__is_for_archivists_and_into_an_empty_folder),
        TRIAL_ON_BOTH(test_package__ordered_fetched_and_verified),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("package", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
