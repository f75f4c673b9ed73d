// The help texts, at most 84 columns wide. They must not promise what the commands do not do.
#include "cli/help_text.hpp"

namespace xtap::cli {

const char kHelp[] = R"(xtap taps the X API v2: its streams, one event a line, and every other operation.

Usage
  xtap stream OPERATION [name=value ...]   print a stream until it ends
  xtap call OPERATION [name=value ...]     send one request and print its answer
  xtap operations [TEXT]                   list what can be asked for
  xtap describe OPERATION                  show an operation and its parameters
  xtap auth app|login|refresh|show|logout  get tokens and keep them
  xtap rules list|add|delete|sync          the rules of the filtered stream
  xtap connections [kill]                  the app's streaming connections
  xtap completion bash|zsh|fish            completion for a shell
  xtap --version                           version of the library and its ABI
  xtap COMMAND --help                      more about a command

Examples
  export XTAP_BEARER_TOKEN=...             the token never stands on a command line
  xtap stream streamPostsSample
  xtap stream streamPostsFirehoseJa partition=1 --select /data/id /data/text
  xtap call getUsersByUsername username=XDevelopers
  xtap describe streamPostsFirehoseJa

Exit status
  0  done: the answer came, or the end that was asked for
  1  it failed, or its output could not be written
  2  wrong usage
  3  credentials are missing, refused or not enough; starting again does not help
)";

const char kStreamHelp[] = R"(Prints the events of a stream, each on one line, exactly as they came. What
happens to the connection is told on stderr; reconnecting and fetching what was
missed is the library's work. --option continuity=off --option index=off leaves that
and looks into no event: the way to raw speed.

Usage
  xtap stream OPERATION [name=value ...] [options]

  OPERATION    a streaming operation: 'xtap operations' lists them
  name=value   its parameters: 'xtap describe OPERATION' lists them. A list is one
               value with commas: tweet.fields=id,text,lang

Options
  --select POINTER ...   print a JSON array of these values, in this order, in place
                         of the event. A pointer is a path like /data/text or
                         /includes/users/0/name; what is not there prints as null
  --max-events N         end after N events
  --duration SECONDS     end after so many seconds; 0.5 is allowed
  --checkpoint FILE      go on from FILE where it exists, with what came since;
                         keep in it how far the output reached, once a second and
                         at the end. Without the file the stream begins from now.
                         When the command is killed nothing is lost; what was
                         printed in the last second or two is printed again. One
                         process at a time
  --base-url URL         ask this server in place of https://api.x.com
  --option name=value    set an option of the library; may be repeated. They are all
                         described in docs/CONFIGURATION.md
  --notices text|json|off
                         how stderr tells what happens to the connection: readable
                         (the default), one JSON object a line, or not at all
  --metrics FILE         write the stream's figures to FILE every 10 seconds and at
                         the end, in Prometheus' text form
  --metrics :PORT        serve them at http://127.0.0.1:PORT/metrics, to this
                         machine alone
  -h, --help             this text

Environment
  XTAP_BEARER_TOKEN      the app's bearer token. It is not accepted as an argument,
                         because every user of a machine can read those
  XTAP_NAME              any option: XTAP_BASE_URL, XTAP_COMPRESSION ...
                         --base-url and --option go before it

  --option bearer_token_file=PATH reads the token from a file, and reads it again
  when the server refuses it. Without either, what 'xtap auth' stored is used.

Ending
  SIGINT (Ctrl-C) or SIGTERM disconnects, prints what has arrived and exits with 0;
  a second one ends at once. A reader that closes the pipe ends it quietly, too.
  Exit status: 0 the end asked for, 1 failed, 2 wrong usage, 3 credentials.

Examples
  xtap stream streamPostsSample --duration 60 > posts.jsonl
  xtap stream streamPostsFirehoseJa partition=1 tweet.fields=id,text,created_at \
       --select /data/created_at /data/text
  xtap stream streamPostsSample --max-events 10 --notices off | jq .data.text
  xtap stream streamPostsFirehoseJa partition=1,2 --checkpoint ja.cp >> ja.jsonl
  xtap stream streamPostsSample --option continuity=off --option index=off > raw
)";

const char kOperationsHelp[] = R"(Lists the operations: name, call and what it does, one a line.

Usage
  xtap operations [TEXT] [options]

  TEXT         only those with this text in name, path or summary, in any case

Options
  --streaming  only those that stream
  --json       everything that is known of them, as one JSON array
  -h, --help   this text

Examples
  xtap operations bookmark
  xtap operations --streaming
  xtap operations --json | jq -r '.[] | select(.partitions > 0) | .id'
)";

const char kDescribeHelp[] =
    R"(Shows an operation: its call, the credentials and scopes it needs, its body, its
pages, and its parameters with the type, the range and the values that each allows.

Usage
  xtap describe OPERATION [--json]

  OPERATION    'xtap operations' lists them

Options
  --json       the same as one JSON object
  -h, --help   this text

Examples
  xtap describe streamPostsFirehoseJa
  xtap describe streamPosts --json | jq -r '.parameters[].name'
)";

const char kCompletionHelp[] =
    R"(Prints a script that makes a shell complete commands, operations, their parameters
and the values that these allow.

Usage
  xtap completion bash|zsh|fish

Options
  -h, --help   this text

Examples
  source <(xtap completion bash)        in ~/.bashrc
  source <(xtap completion zsh)         in ~/.zshrc, after compinit
  xtap completion fish | source         in ~/.config/fish/config.fish
)";

} // namespace xtap::cli
