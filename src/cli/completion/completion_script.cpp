// The scripts for three shells. Each passes on what is typed and offers what `xtap complete-words` prints.
#include "cli/completion/completion.hpp"

namespace xtap::cli {
namespace {

// Bash cuts words at '=' and ':' and puts what it is given behind the last cut; the line itself is asked for
// instead, and what stands before the cut is taken off the offers.
constexpr char kBash[] = R"(# xtap: completion for bash. To use it: source <(xtap completion bash)
_xtap() {
    local line=${COMP_LINE:0:COMP_POINT} words offers offer before=
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    while ((${#words[@]} > 1)) && [[ ${words[0]} != "$1" ]]; do words=("${words[@]:1}"); done
    local typed=${words[-1]}
    [[ $COMP_WORDBREAKS == *=* ]] && before=${typed%"${typed##*[=:]}"}
    mapfile -t offers < <("$1" complete-words -- "${words[@]:1}" 2>/dev/null)
    COMPREPLY=()
    for offer in "${offers[@]}"; do
        COMPREPLY+=("${offer#"$before"}")
        [[ $offer == *=* ]] && compopt -o nospace 2>/dev/null
    done
    return 0
}
complete -o default -F _xtap xtap
)";

constexpr char kZsh[] = R"(#compdef xtap
# xtap: completion for zsh. To use it: source <(xtap completion zsh), or as _xtap in a folder of $fpath
_xtap() {
    local -a offers open
    offers=("${(@f)$("${words[1]}" complete-words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    offers=(${offers:#})
    (( $#offers )) || { _files; return }
    open=(${(M)offers:#*=*})
    offers=(${offers:#*=*})
    (( $#open )) && compadd -S '' -- $open
    (( $#offers )) && compadd -- $offers
}
if [[ $funcstack[1] == _xtap ]]; then _xtap "$@"; else compdef _xtap xtap; fi
)";

constexpr char kFish[] = R"(# xtap: completion for fish. To use it: xtap completion fish | source
function __xtap_offers
    set -l words (commandline -opc)
    $words[1] complete-words -- $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c xtap -a '(__xtap_offers)'
)";

} // namespace

std::string completion_script(const std::string &shell) {
    if (shell == "bash") return kBash;
    if (shell == "zsh") return kZsh;
    if (shell == "fish") return kFish;
    return "";
}

} // namespace xtap::cli
