// The commands with their words and options stand here once more, in the form that completion needs; a test
// compares them with the help texts.
#include "cli/completion/completion.hpp"

#include "cli/base/complaint.hpp"
#include "cli/base/json_facts.hpp"
#include "cli/base/operation_json.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <xtap/xtap.h>

namespace xtap::cli {
namespace {

using Words = std::vector<std::string>;

struct CommandWords {
    Words actions;
    Words flags;      // options that stand alone
    Words with_value; // options that are followed by a word
};

const std::map<std::string, CommandWords> &commands() {
    static const std::map<std::string, CommandWords> known = {
        {"stream",
         {{},
          {"--help"},
          {"--select", "--max-events", "--duration", "--checkpoint", "--notices", "--metrics", "--base-url",
           "--option"}}},
        {"call",
         {{},
          {"--all-pages", "--include-headers", "--help"},
          {"--body", "--attach", "--output", "--metrics", "--base-url", "--option"}}},
        {"operations", {{}, {"--streaming", "--json", "--help"}, {}}},
        {"describe", {{}, {"--json", "--help"}, {}}},
        {"auth",
         {{"app", "login", "refresh", "show", "logout"},
          {"--browser", "--json", "--local", "--help"},
          {"--port", "--redirect-uri", "--scope", "--timeout", "--base-url", "--option"}}},
        {"rules",
         {{"list", "add", "delete", "sync"},
          {"--json", "--plain", "--dry-run", "--allow-empty", "--powerstream", "--help"},
          {"--tag", "--base-url", "--option"}}},
        {"connections", {{"kill"}, {"--all", "--json", "--help"}, {"--endpoint", "--base-url", "--option"}}},
        {"completion", {{"bash", "zsh", "fish"}, {"--help"}, {}}},
    };
    return known;
}

Json description_of(const std::string &operation) {
    try {
        return Json::parse_or_null(operation_json(operation));
    } catch (const Complaint &) {
        return {}; // what is typed need not be an operation yet
    }
}

bool has(const Words &words, const std::string &word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

Words operations(const std::string &command) {
    Words ids;
    for (std::size_t index = 0; index < xtap_operation_count(); ++index) {
        const std::string id = xtap_operation_id(index);
        const bool streams = command != "describe" && flag_fact(description_of(id), "streaming");
        if (command == "describe" || streams == (command == "stream")) ids.push_back(id);
    }
    return ids;
}

Words texts_in(const Json &facts, const char *key) {
    Words texts;
    const auto found = facts.find(key);
    if (found == facts.end() || !found->is_array()) return texts;
    for (const Json &text : *found) {
        if (text.is_string()) texts.push_back(text.get<std::string>());
    }
    return texts;
}

bool is_named(const Json &parameter, const std::string &name) {
    return text_fact(parameter, "name") == name || has(texts_in(parameter, "aliases"), name);
}

Words values_of(const Json &parameter) {
    if (text_fact(parameter, "type") == "boolean") return {"true", "false"};
    return texts_in(parameter, "values");
}

// "tweet.fields=id,te": every value that is not in the list yet, after what is there.
Words parameter_values(const Json &operation, const std::string &typed) {
    const std::size_t equals = typed.find('=');
    const std::string name = typed.substr(0, equals);
    Words candidates;
    for (const Json &parameter : operation.value("parameters", Json::array())) {
        if (!is_named(parameter, name)) continue;
        const bool is_list = text_fact(parameter, "type") == "list";
        const std::size_t comma = typed.rfind(',');
        const bool goes_on = is_list && comma != std::string::npos && comma > equals;
        const std::string before = typed.substr(0, (goes_on ? comma : equals) + 1);
        const std::string given = "," + before.substr(equals + 1);
        for (const std::string &value : values_of(parameter)) {
            if (given.find("," + value + ",") == std::string::npos) candidates.push_back(before + value);
        }
    }
    return candidates;
}

Words parameters(const Json &operation, const Words &words) {
    Words candidates;
    for (const Json &parameter : operation.value("parameters", Json::array())) {
        const std::string name = text_fact(parameter, "name");
        const bool is_given = std::any_of(words.begin(), words.end() - 1, [&](const std::string &word) {
            const std::size_t equals = word.find('=');
            return equals != std::string::npos && is_named(parameter, word.substr(0, equals));
        });
        // A parameter that X dropped is accepted, but nothing to start with.
        if (!is_given && text_fact(parameter, "dropped").empty()) candidates.push_back(name + "=");
    }
    return candidates;
}

Words option_values(const std::string &option) {
    if (option == "--notices") return {"text", "json", "off"};
    if (option != "--endpoint") return {};
    for (const Json &parameter :
         description_of("deleteConnectionsByEndpoint").value("parameters", Json::array())) {
        if (text_fact(parameter, "name") == "endpoint_id") return texts_in(parameter, "values");
    }
    return {};
}

// The words of a command that belong to no option.
Words plain_words(const Words &words, const CommandWords &command) {
    Words plain;
    for (std::size_t index = 1; index + 1 < words.size(); ++index) {
        if (words[index].starts_with('-')) {
            if (has(command.with_value, words[index])) ++index;
        } else {
            plain.push_back(words[index]);
        }
    }
    return plain;
}

Words in_command(const Words &words, const CommandWords &command) {
    const std::string &typed = words.back();
    const std::string &before = words[words.size() - 2];
    if (has(command.with_value, before)) return option_values(before);
    if (typed.starts_with('-')) {
        Words options = command.flags;
        options.insert(options.end(), command.with_value.begin(), command.with_value.end());
        return options;
    }
    const Words plain = plain_words(words, command);
    const std::string &name = words.front();
    const bool takes_operation = name == "stream" || name == "call" || name == "describe";
    if (plain.empty()) return takes_operation ? operations(name) : command.actions;
    if (name != "stream" && name != "call") return {};
    const Json operation = description_of(plain.front());
    if (!operation.is_object()) return {};
    return typed.find('=') != std::string::npos ? parameter_values(operation, typed)
                                                : parameters(operation, words);
}

} // namespace

std::vector<std::string> completions(const std::vector<std::string> &words) {
    if (words.empty()) return {};
    Words candidates;
    if (words.size() == 1) {
        for (const auto &[name, command] : commands())
            candidates.push_back(name);
        candidates.insert(candidates.end(), {"--help", "--version"});
        if (!words.back().starts_with('-'))
            std::erase_if(candidates, [](const std::string &word) { return word.starts_with('-'); });
    } else if (const auto command = commands().find(words.front()); command != commands().end()) {
        candidates = in_command(words, command->second);
    }
    std::erase_if(candidates, [&](const std::string &word) { return !word.starts_with(words.back()); });
    return candidates;
}

} // namespace xtap::cli
