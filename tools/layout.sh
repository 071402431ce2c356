#!/usr/bin/env bash
# Is every C file laid out as .clang-format says?  Names those that are not.
#   tools/layout.sh [ROOT]     exit status 1 if one is not, 77 without clang-format
#   tools/layout.sh --prove    a file that is not must be named
set -uo pipefail
command -v clang-format >/dev/null || { echo "clang-format is not installed"; exit 77; }

odd() { # FILE…: those that clang-format would write otherwise
  printf '%s\0' "$@" | xargs -0 -P 2 -n 40 clang-format --dry-run 2>&1 |
    sed -n 's/^\([^ :]*\):[0-9]*:[0-9]*: warning: code should be clang-formatted.*/\1/p' | sort -u
}

if [ "${1:-}" = --prove ]; then
  place=$(mktemp -d) && trap 'rm -rf "$place"' EXIT
  cp "$(dirname "$0")/../.clang-format" "$place/"
  printf 'int  main( void ){return 0;}\n' >"$place/odd.c"
  printf 'int main(void) { return 0; }\n' >"$place/even.c"
  [ "$(odd "$place"/*.c)" = "$place/odd.c" ] || { echo "odd.c was not named alone"; exit 1; }
  exit 0
fi
cd "${1:-$(dirname "$0")/..}" || exit 1
mapfile -t files < <(find src bench tests \( -name '*.c' -o -name '*.h' \) -type f)
found=$(odd "${files[@]}")
[ -z "$found" ] || { echo "clang-format -i mends the layout of"; echo "$found"; exit 1; }
