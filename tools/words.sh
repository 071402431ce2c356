#!/bin/sh
# One word for one thing: find the words this house does not use (docs/glossary.md).
#
#   tools/words.sh [ROOT]     look through the sources; prints FILE:LINE:offence, exit 1 if any
#   tools/words.sh --prove    show that every rule below finds what it is there for
#
# A word that is right in one place and wrong in another (an "article" is one of the
# law, never a manuscript) is not looked for: no list can tell the two apart.
set -u
export LC_ALL=C.UTF-8

# kind | where | what (Perl) | what to say instead
rules() {
    cat <<'RULES'
text|share/words/zh-CN share/pages share/themes|文章|稿件
text|share/words/zh-CN share/pages share/themes|提交成功|what happened, and what comes next
text|share/words/zh-CN share/pages share/themes|系统提示|the sentence itself
text|share/words/zh-CN share/pages share/themes|操作失败|what did not happen, and why
text|share/words/zh-CN share/pages share/themes|非法操作|the rule that says no
text|share/words/zh-CN share/pages share/themes|抱歉打扰|nothing
text|share/words/zh-CN share/words/en|[!！]\s*$|a full stop
text|share/words/en|(?i)\b(oops|illegal operation|operation failed|successfully)\b|what happened
text|share/words/en|(?i)\b(blog posts?|news articles?|stories)\b|manuscript
name|src|\b(?:struct|enum|union)\s+(?:\w*_)?(?:manager|helper|utils?|misc|info|data)\b|a noun of the domain
name|src|^\w[\w \*]*\b\w*_(?:manager|helper|utils?|misc)\w*\(|a verb on a noun
name|src|\b(?:struct|enum)\s+(?:blog|content_item|news_item|blog_post)\b|manuscript
name|src|\b(?:struct|enum)\s+(?:user|account_holder)\b|person
name|src|\b(?:struct|enum)\s+(?:workflow|process_flow)\b|route
name|src|\b(?:struct|enum)\s+(?:audit_log|audit_trail|log_entry)\b|ledger
name|src|\b(?:struct|enum)\s+(?:category|channel_tree)\b|column or class
name|src|\b(?:TODO|FIXME|XXX|HACK)\b|an issue
RULES
}

# Look through ROOT for every rule.
look() {
    cd "$1" || exit 2
    found=0
    while IFS='|' read -r kind where rest; do
        instead=${rest##*|}
        what=${rest%|*}
        include='--include=*.words --include=*.html'
        [ "$kind" = name ] && include='--include=*.c --include=*.h'
        # shellcheck disable=SC2086
        hits=$(grep -rnP $include -e "$what" $where 2>/dev/null | grep -vP '^[^:]*\.words:\d+:\s*#')
        if [ -n "$hits" ]; then
            printf '%s\n' "$hits" | sed "s|\$|    (say: $instead)|"
            found=1
        fi
    done <<EOF
$(rules)
EOF
    return $found
}

# One offence for each kind of rule, and a tree without any.
prove() {
    root=$(mktemp -d)
    trap 'rm -rf "$root"' EXIT
    mkdir -p "$root/src" "$root/share/words/zh-CN" "$root/share/words/en" "$root/share/pages"
    printf 'a.ok = 已送综合科黄敏。\n# 文章 in a remark is fine\n' >"$root/share/words/zh-CN/a.words"
    printf 'struct manuscript;\n' >"$root/src/a.h"
    if ! (look "$root") >/dev/null; then
        echo "words.sh: finds fault with a tree that has none" >&2
        exit 1
    fi
    failed=0
    while IFS='>' read -r file line; do
        printf '%s\n' "$line" >"$root/$file"
        if (look "$root") >/dev/null; then
            echo "words.sh: does not find: $line" >&2
            failed=1
        fi
        rm "$root/$file"
    done <<'EOF'
share/words/zh-CN/b.words>b.one = 这篇文章已发布。
share/words/zh-CN/b.words>b.one = 提交成功
share/words/zh-CN/b.words>b.one = 系统提示：请稍候
share/words/zh-CN/b.words>b.one = 操作失败
share/words/zh-CN/b.words>b.one = 非法操作
share/words/zh-CN/b.words>b.one = 抱歉打扰您
share/words/zh-CN/b.words>b.one = 已发布！
share/words/en/b.words>b.one = Oops, that went wrong.
share/words/en/b.words>b.one = The news article is live.
share/pages/b.html><h1>文章</h1>
src/b.h>struct review_manager;
src/b.h>struct user;
src/b.h>struct news_item;
src/b.h>enum workflow { A };
src/b.h>struct audit_log;
src/b.h>struct category;
src/b.c>static void review_helper(void);
src/b.c>/* TODO: later */
EOF
    exit $failed
}

if [ "${1:-}" = --prove ]; then
    prove
fi
look "${1:-.}"
