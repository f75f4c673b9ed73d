#!/usr/bin/env bash
# The program in README.md: it has to compile without a warning, as strict C99 and as C11, and without a
# credential it has to end with one clear error. Knows nothing of the library but its header and its file.
set -eu -o pipefail

root=$1 library=$2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

sed -n '/^```c$/,/^```$/{/^```/!p}' "$root/README.md" >"$place/posts.c"
lines=$(grep -c . "$place/posts.c")
echo "README.md: a program of $lines lines"
((lines > 10 && lines <= 30))

flags=(-Wall -Wextra -Werror -pedantic -I "$root/include" -o "$place/posts")
link=("$library" "-Wl,-rpath,$(dirname "$library")")
for standard in c11 c99; do
    "${CC:-cc}" "-std=$standard" "${flags[@]}" "$place/posts.c" "${link[@]}"
done

unset XTAP_BEARER_TOKEN XTAP_BEARER_TOKEN_FILE
status=0
"$place/posts" >"$place/out" 2>"$place/err" || status=$?
cat "$place/err"
[[ $status == 1 && ! -s $place/out ]]
grep -q 'XTAP_E_NO_CREDENTIAL: .*bearer_token' "$place/err"
