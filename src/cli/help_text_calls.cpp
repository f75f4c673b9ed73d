// The help texts of the commands that send requests, at most 84 columns wide.
#include "cli/help_text.hpp"

namespace xtap::cli {

const char kCallHelp[] = R"(Sends one request and prints the body of its answer, exactly as it came.

Usage
  xtap call OPERATION [name=value ...] [options]

  OPERATION    an operation that does not stream: 'xtap operations' lists them
  name=value   its parameters: 'xtap describe OPERATION' lists them. A list is one
               value with commas: user.fields=id,name

Options
  --body JSON|@FILE|-    the JSON body: as it stands here, from a file or from stdin
  --attach part=@FILE    a part of a multipart body, from a file; part=value for one
                         that is a text; may be repeated
  --all-pages            print the items of every page, one JSON value a line. Only
                         `data` is printed: to see `includes`, ask page by page.
                         Waits when X limits the rate. `errors`, what X could not
                         give, are told on stderr
  --include-headers      print the status and the headers before the body, and the
                         body of a refusal, too
  --output FILE          write to FILE in place of stdout, when the answer is whole
  --metrics FILE         write the client's figures to FILE afterwards, in
                         Prometheus' text form
  --base-url URL         ask this server in place of https://api.x.com
  --option name=value    set an option of the library; may be repeated. They are all
                         described in docs/CONFIGURATION.md
  -h, --help             this text

Credentials
  Taken from the environment (XTAP_BEARER_TOKEN, XTAP_OAUTH2_ACCESS_TOKEN ...) or
  from what 'xtap auth' stored; never from the command line. Where an operation
  takes several kinds, --option credential=oauth2 chooses.

  On a failure stdout stays empty and stderr tells it in one line.
  Exit status: 0 answered, 1 failed, 2 wrong usage, 3 credentials or permission.

Examples
  xtap call getUsersByUsername username=XDevelopers | jq .data
  xtap call createPosts --body '{"text":"Hello"}'
  xtap call searchPostsRecent query='cat has:images' --all-pages > posts.jsonl
  xtap call mediaUpload --attach media=@cat.png --attach media_category=tweet_image
)";

const char kAuthHelp[] =
    R"(Gets tokens and keeps them for the other commands, in a file that only you can read:
$XDG_CONFIG_HOME/xtap/credentials.json, or ~/.config/xtap/credentials.json.

Usage
  xtap auth app              the app's own token, for its key and secret
  xtap auth login            a user's tokens: prints an address to open in a
                             browser, waits for the way back (OAuth 2.0, PKCE)
  xtap auth refresh          exchange the refresh token now; usually it happens by
                             itself, whenever a token has expired
  xtap auth show [--json]    what is stored: kinds, times, scopes; never a secret
  xtap auth logout           make the user's tokens worthless and forget everything

Options of login
  --port N                   where the way back is listened for (7357; 0 takes any
                             free port): http://127.0.0.1:N/callback
  --redirect-uri URI         the same, in full. X only comes back to an address that
                             stands in the app's settings, letter for letter
  --scope LIST               what the app may do, with commas
                             (tweet.read,users.read,offline.access)
  --timeout SECONDS          how long to wait (300)
  --browser                  open the address with xdg-open, too

Other options
  --local                    logout: forget without telling X
  --json                     show: as one JSON object
  --base-url URL             the server; what is stored is kept for each server
  --option name=value        set an option of the library; may be repeated
  -h, --help                 this text

Environment
  XTAP_API_KEY, XTAP_API_SECRET                       for app
  XTAP_OAUTH2_CLIENT_ID, XTAP_OAUTH2_CLIENT_SECRET    for login; no secret for a
                                                      public client
  Secrets are not accepted as arguments, because every user of a machine can read
  those. What is set in the environment goes before what is stored.

Examples
  XTAP_API_KEY=... XTAP_API_SECRET=... xtap auth app
  XTAP_OAUTH2_CLIENT_ID=... xtap auth login --scope tweet.read,users.read
  xtap call getUsersMe
)";

const char kRulesHelp[] = R"(The rules that choose which posts the filtered stream (streamPosts) carries.

Usage
  xtap rules list [--json|--plain]   id, value and tag, one rule a line
  xtap rules add VALUE [--tag TAG]   add one
  xtap rules delete ID|VALUE ...     delete some
  xtap rules sync FILE [--dry-run]   add and delete so that FILE's rules are those
                                     there are, and tell what changes; - reads stdin

  A FILE has a rule a line: its value, and if it has a tag, ' # ' and the tag. Lines
  that are empty or begin with '# ' are left out. A hashtag is no tag: no blank
  follows its '#'. New rules are added before old ones go. A VALUE that begins with
  '-' stands behind a '--'.

Options
  --powerstream          Powerstream's rules in place of the filtered stream's
  --tag TAG              add: the rule's tag
  --dry-run              sync: only tell what would change
  --allow-empty          sync: accept a FILE without rules, which deletes all
  --json                 list: as a JSON array
  --plain                list: without ids, in the form of a FILE
  --base-url URL         ask this server in place of https://api.x.com
  --option name=value    set an option of the library; may be repeated
  -h, --help             this text

Examples
  xtap rules add 'cat has:images -is:retweet' --tag cats
  xtap rules list --plain > rules.txt
  xtap rules sync rules.txt --dry-run
)";

const char kConnectionsHelp[] = R"(The app's streaming connections: which are open, which ended and why.

Usage
  xtap connections [--all] [--endpoint NAME] [--json]
  xtap connections kill ID ...
  xtap connections kill --endpoint NAME
  xtap connections kill --all

  Without 'kill' they are listed: id, endpoint, times, the reason of the end, IP.
  X counts a connection whose client died until it notices; 'kill' makes room.

Options
  --all                  list: past connections, too. kill: every open one
  --endpoint NAME        only those of this stream: filtered_stream ...
  --json                 list: as a JSON array
  --base-url URL         ask this server in place of https://api.x.com
  --option name=value    set an option of the library; may be repeated
  -h, --help             this text

Examples
  xtap connections --all
  xtap connections kill --endpoint filtered_stream
)";

} // namespace xtap::cli
