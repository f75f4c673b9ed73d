/* As much JSON as the examples need, so that they need nothing but libxtap: finding values in an answer, and
 * writing a text into a body. Never reads past the end, whatever it is given; what is no JSON has no values.
 * A program of your own would take a JSON library. */
#ifndef XTAP_EXAMPLE_JSON_H
#define XTAP_EXAMPLE_JSON_H

#include <xtap/xtap.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static inline int json_is_one_of(char c, const char *set) { return c != '\0' && strchr(set, c) != NULL; }

static inline size_t json_skip_space(xtap_text json, size_t at) {
    while (at < json.size && json_is_one_of(json.data[at], " \t\r\n"))
        ++at;
    return at;
}

/* The value that begins at or after `*at`; moves `*at` behind it. */
static inline xtap_text json_value(xtap_text json, size_t *at) {
    size_t begin = json_skip_space(json, *at < json.size ? *at : json.size), end = begin, depth = 0;
    int in_text = 0, done = 0;
    for (; end < json.size && !done; ++end) {
        char c = json.data[end];
        if (in_text) {
            if (c == '\\' && end + 1 < json.size)
                ++end;
            else if (c == '"')
                in_text = 0, done = depth == 0;
        } else if (c == '"') {
            in_text = 1;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (depth > 0) {
            if (c == '}' || c == ']') done = --depth == 0;
        } else if (json_is_one_of(c, ",:]} \t\r\n")) {
            break; /* behind a number, true, false or null */
        }
    }
    *at = end;
    return (xtap_text){json.data + begin, end - begin};
}

/* Walks over an object or array: the next value and, in an object, its name with the quotes. `*at` begins
 * as 0. Answers 0 after the last one. */
static inline int json_next(xtap_text container, size_t *at, xtap_text *name, xtap_text *value) {
    size_t open = json_skip_space(container, 0);
    if (open >= container.size || !json_is_one_of(container.data[open], "{[")) return 0;
    *at = json_skip_space(container, (*at ? *at : open) + 1); /* behind the bracket or the comma */
    if (*at >= container.size || json_is_one_of(container.data[*at], "]}")) return 0;
    *name = (xtap_text){NULL, 0};
    if (container.data[open] == '{') {
        *name = json_value(container, at);
        *at = json_skip_space(container, *at) + 1; /* behind the colon */
    }
    *value = json_value(container, at);
    *at = json_skip_space(container, *at); /* on the comma or the bracket */
    return value->size > 0;
}

/* The member of an object, or of an array the first element if the name is "0". Absent if there is none. */
static inline xtap_text json_member(xtap_text container, const char *member) {
    xtap_text name, value;
    size_t length = strlen(member);
    for (size_t at = 0; json_next(container, &at, &name, &value);) {
        if (!name.data && strcmp(member, "0") == 0) return value;
        if (name.data && name.size == length + 2 && memcmp(name.data + 1, member, length) == 0) return value;
    }
    return (xtap_text){NULL, 0};
}

/* The same without quotes, if it is a text. Escapes stay as they are: ids and times have none. */
static inline xtap_text json_plain(xtap_text container, const char *member) {
    xtap_text value = json_member(container, member);
    if (value.size < 2 || value.data[0] != '"') return value;
    return (xtap_text){value.data + 1, value.size - 2};
}

/* Prints a value as it stands in the JSON; nothing if it is absent. */
static inline void json_print(xtap_text value, const char *after) {
    if (value.size) fwrite(value.data, 1, value.size, stdout);
    fputs(after, stdout);
}

/* Writes a JSON text. Bytes from 0x80 on pass: arguments are UTF-8, and the library checks it. */
static inline void json_write(FILE *out, const char *text) {
    putc('"', out);
    for (; *text; ++text) {
        if (iscntrl((unsigned char)*text))
            fprintf(out, "\\u%04x", (unsigned char)*text);
        else
            fprintf(out, "%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
    }
    putc('"', out);
}

#endif
