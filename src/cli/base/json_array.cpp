// Brackets, commas and line ends.
#include "cli/base/json_array.hpp"

namespace xtap::cli {

std::string json_array(const std::vector<std::string> &items) {
    std::string array = "[";
    for (const std::string &item : items) {
        array += array.size() == 1 ? "\n" : ",\n";
        array += item;
    }
    return array + "\n]\n";
}

} // namespace xtap::cli
