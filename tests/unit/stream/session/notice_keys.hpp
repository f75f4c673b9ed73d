// The keys that docs/CONFIGURATION.md promises for each notice, read from the page itself.
#pragma once

#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

namespace xtap::test {

struct NoticeKey {
    std::string type; // text, integer, object
    bool optional = false;
};
using NoticeKeys = std::map<std::string, NoticeKey>; // nested ones as "a.b"

// By the notice's name, each with the keys that every notice has.
inline std::map<std::string, NoticeKeys> notice_keys(const std::string &page) {
    std::ifstream file(page);
    if (!file) throw std::runtime_error("cannot open " + page);
    std::map<std::string, NoticeKeys> found;
    std::string line, name;
    bool inside = false;
    while (std::getline(file, line)) {
        if (line.starts_with("## ")) inside = line == "## Notices";
        if (!inside) continue;
        if (line.starts_with("### ")) name = line.substr(4);
        if (!line.starts_with("| `")) continue;
        const std::size_t key_end = line.find('`', 3);
        const std::size_t type = line.find("| ", key_end) + 2;
        const std::string words = line.substr(type, line.find(" |", type) - type);
        found[name][line.substr(3, key_end - 3)] = {words.substr(0, words.find(',')),
                                                    words.find("optional") != std::string::npos};
    }
    const NoticeKeys every = found.at("Every notice");
    found.erase("Every notice");
    for (auto &[unused, keys] : found)
        keys.insert(every.begin(), every.end());
    return found;
}

} // namespace xtap::test
