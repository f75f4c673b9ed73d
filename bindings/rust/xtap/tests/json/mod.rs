//! JSON, as much of it as the tests need: the crate itself depends on no reader of it.

use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

impl Json {
    pub fn read(text: &str) -> Json {
        let mut reader = Reader { whole: text, bytes: text.as_bytes(), at: 0 };
        let value = reader.value();
        assert_eq!(reader.next(), None, "something follows the JSON");
        value
    }

    /// A member, Null where there is none.
    pub fn get(&self, name: &str) -> &Json {
        match self {
            Json::Object(members) => members.get(name).unwrap_or(&Json::Null),
            _ => &Json::Null,
        }
    }

    pub fn members(&self) -> impl Iterator<Item = (&String, &Json)> {
        let members = match self {
            Json::Object(members) => Some(members),
            _ => None,
        };
        members.into_iter().flatten()
    }

    pub fn items(&self) -> &[Json] {
        match self {
            Json::List(items) => items,
            _ => &[],
        }
    }

    pub fn texts(&self) -> Vec<String> {
        self.items().iter().map(|item| item.text().to_string()).collect()
    }

    /// The text, empty where there is none.
    pub fn text(&self) -> &str {
        match self {
            Json::Text(text) => text,
            _ => "",
        }
    }

    /// The number, 0 where there is none.
    pub fn number(&self) -> usize {
        match self {
            Json::Number(number) => *number as usize,
            _ => 0,
        }
    }

    pub fn is_null(&self) -> bool {
        *self == Json::Null
    }

    pub fn write(&self) -> String {
        match self {
            Json::Null => "null".to_string(),
            Json::Bool(value) => value.to_string(),
            Json::Number(value) => value.to_string(),
            Json::Text(value) => quoted(value),
            Json::List(items) => format!("[{}]", items.iter().map(Json::write).collect::<Vec<_>>().join(",")),
            Json::Object(members) => {
                let members =
                    members.iter().map(|(name, value)| format!("{}:{}", quoted(name), value.write()));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }
        }
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            _ if letter < ' ' => quoted.push_str(&format!("\\u{:04x}", letter as u32)),
            _ => quoted.push(letter),
        }
    }
    quoted + "\""
}

impl From<bool> for Json {
    fn from(value: bool) -> Json {
        Json::Bool(value)
    }
}

impl From<usize> for Json {
    fn from(value: usize) -> Json {
        Json::Number(value as f64)
    }
}

impl From<&str> for Json {
    fn from(value: &str) -> Json {
        Json::Text(value.to_string())
    }
}

impl From<String> for Json {
    fn from(value: String) -> Json {
        Json::Text(value)
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(items: Vec<T>) -> Json {
        Json::List(items.into_iter().map(Into::into).collect())
    }
}

struct Reader<'t> {
    whole: &'t str,
    bytes: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    /// The next byte that is no space.
    fn next(&mut self) -> Option<u8> {
        while self.bytes.get(self.at).map_or(false, u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.next() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self) -> Json {
        match self.next().expect("a value") {
            b'{' => self.object(),
            b'[' => self.list(),
            b'"' => Json::Text(self.string()),
            _ => self.word(),
        }
    }

    fn object(&mut self) -> Json {
        let mut members = BTreeMap::new();
        self.at += 1;
        while !self.take(b'}') {
            self.take(b',');
            self.next();
            let name = self.string();
            assert!(self.take(b':'));
            members.insert(name, self.value());
        }
        Json::Object(members)
    }

    fn list(&mut self) -> Json {
        let mut items = Vec::new();
        self.at += 1;
        while !self.take(b']') {
            self.take(b',');
            items.push(self.value());
        }
        Json::List(items)
    }

    fn word(&mut self) -> Json {
        let start = self.at;
        while self.bytes.get(self.at).map_or(false, |byte| !b",]} \r\n\t".contains(byte)) {
            self.at += 1;
        }
        match &self.whole[start..self.at] {
            "null" => Json::Null,
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            number => Json::Number(number.parse().unwrap()),
        }
    }

    fn string(&mut self) -> String {
        let mut units = Vec::new(); // UTF-16, as escapes are
        self.at += 1;
        loop {
            let letter = self.whole[self.at..].chars().next().expect("the end of a text");
            self.at += letter.len_utf8();
            match letter {
                '"' => return String::from_utf16_lossy(&units),
                '\\' => units.push(self.escape()),
                _ => units.extend_from_slice(letter.encode_utf16(&mut [0; 2])),
            }
        }
    }

    fn escape(&mut self) -> u16 {
        let letter = self.bytes[self.at];
        self.at += 1;
        match letter {
            b'n' => 10,
            b't' => 9,
            b'r' => 13,
            b'b' => 8,
            b'f' => 12,
            b'u' => {
                self.at += 4;
                u16::from_str_radix(&self.whole[self.at - 4..self.at], 16).unwrap()
            }
            other => u16::from(other),
        }
    }
}
