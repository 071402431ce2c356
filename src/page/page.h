/*
 * page: fills templates, and says things in the reader's language.
 *
 * Templates are Mustache: {{name}}, {{{name}}}, {{#list}}…{{/list}}, {{^none}}…{{/none}},
 * {{>partial}}, {{! comment }}, dotted names, {{.}}, and inheritance:
 * {{<layout}}{{$title}}…{{/title}}{{/layout}}.  {{'key'}} is a sentence of share/words in
 * the reader's language, its {placeholders} taken from the model like any other name.
 * There are no lambdas, no changes of delimiters, no indentation of partials, no code of
 * any kind.
 *
 * What a template cannot do, whoever wrote it: print a value without escaping it, unless
 * the program itself typed it as sanitised HTML; put a value into a script, a style, a
 * comment, an unquoted attribute or an event attribute; make a link out of a value that
 * is no plain web address.  All that, unknown partials, unknown words and unclosed
 * sections are errors when the templates are loaded, all of them at once, as "file:line:
 * sentence".
 *
 * A template's name is its path below the directory without ".html"; "x.xml" and "x.svg"
 * are escaped the same way, "x.txt" is plain text and not escaped.
 */
#ifndef PAGE_PAGE_H
#define PAGE_PAGE_H

#include "base/base.h"

/* ---- words: every sentence a person reads ---- */

struct words;

/*
 * Read "directory/<language>/<stem>.words": lines "key = text with {name}", "#" comments,
 * keys unique over all files of a language.  {count|day|days} prints "day" if count is 1
 * and "days" if not.  REFUSED with one line per fault in *errors*: a line that is none, a
 * key given twice, a key or a placeholder that one language has and another lacks. Owned
 * by the caller.
 */
MUST_CHECK enum status words_load(const char *directory, struct buffer *errors,
                                  struct words **out_words);
void words_free(struct words *words);

bool words_know(const struct words *words, const char *key);

/* The languages found, "zh-CN" first; ends with the empty string. */
const struct str *words_languages(const struct words *words);

/*
 * The sentence *key* in *language* (zh-CN if there is no such language).  A key nobody
 * wrote comes back as itself, and a placeholder without an argument as nothing: a person
 * is better served by an odd sentence than by none.  Plain text: escape it before it
 * becomes HTML.
 */
struct str words_say(const struct words *words, struct arena *arena, struct str language,
                     const char *key, const struct refusal_argument *arguments,
                     size_t count);

/* The sentence of a refusal, without its article. */
struct str words_refusal(const struct words *words, struct arena *arena,
                         struct str language, const struct refusal *refusal);

/* ---- model: what a page shows ---- */

/*
 * A tree of named values in an arena.  Keys and texts are borrowed until the page is
 * rendered.  A key set twice shows its first value; one never set shows nothing and is
 * false. False are also an empty text, 0 and an empty list.
 */
struct model;

struct model *model_new(struct arena *arena);
struct arena *model_arena(const struct model *model);
void model_text(struct model *model, const char *key, struct str value);
void model_int(struct model *model, const char *key, int64_t value);
void model_flag(struct model *model, const char *key, bool value);

/* HTML made by the sanitiser or by the program from escaped parts; {{{key}}} prints it as
 * it is.  {{key}} still escapes it. */
void model_html(struct model *model, const char *key, struct str value);

/* A web address.  A text in href="{{key}}" is good enough for addresses within the house;
 * this is for those that are complete already (queries included).  Anything but http,
 * https, mailto, tel or a relative reference becomes "#". */
void model_url(struct model *model, const char *key, struct str value);

/* A sentence by its key, said in the reader's language when the page is rendered, its
 * placeholders filled from where it stands in the template. */
void model_words(struct model *model, const char *key, const char *words_key);

/* The sentence of a refusal, with its own arguments. */
void model_refusal(struct model *model, const char *key, const struct refusal *refusal);

/* The part {{#key}}…{{/key}} or {{key.name}}: the one that is there, else a new one. */
struct model *model_part(struct model *model, const char *key);

/* Add to the list *key* and give the new member to be filled. */
struct model *model_list_add(struct model *model, const char *key);

/* Add a text to the list *key*, shown by {{.}}. */
void model_list_add_text(struct model *model, const char *key, struct str value);

/* ---- pages ---- */

struct pages;

/* Read every template below *directory*; *words* must outlive the pages.  REFUSED with
 * one line per fault in *errors*.  Owned by the caller. */
MUST_CHECK enum status pages_load(const char *directory, const struct words *words,
                                  struct buffer *errors, struct pages **out_pages);
void pages_free(struct pages *pages);

/* For development: look at the files' times before each page and read them again when
 * they changed.  Faults go to the log and the last good templates stay in use. */
void pages_watch(struct pages *pages, bool on);

bool pages_know(const struct pages *pages, const char *name);

/*
 * Append the page *name* to *out*.  ABSENT if there is no such template; FAILED if it
 * nests deeper than 64 or prints more than 16 MiB.
 */
MUST_CHECK enum status page_render(struct pages *pages, const char *name,
                                   struct str language, const struct model *model,
                                   struct buffer *out);

/* True for http, https, mailto and tel addresses and for relative references that stay on
 * this host. */
bool url_is_harmless(struct str url);

#endif
