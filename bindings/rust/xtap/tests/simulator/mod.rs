//! Runs xtap-sim (from PATH, or $XTAP_SIM) for the tests, and talks to its control endpoint.
#![allow(dead_code)] // each test program uses a part of it

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, Command, Stdio};

use xtap::{Client, Config};

pub struct Simulator {
    process: Child,
    stdin: Option<ChildStdin>,
    pub url: String,
    control: String,
}

impl Simulator {
    /// The output is the same every time.
    pub fn start(arguments: &[&str]) -> Simulator {
        let fixed = ["--until-eof", "--seed", "5", "--base-time", "2026-01-01T00:00:00Z"];
        Simulator::start_with(fixed.iter().chain(arguments).map(ToString::to_string))
    }

    pub fn start_with(arguments: impl IntoIterator<Item = String>) -> Simulator {
        let program = std::env::var("XTAP_SIM").unwrap_or_else(|_| "xtap-sim".to_string());
        let mut process = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("xtap-sim starts");
        let mut ready = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut ready).unwrap();
        let word = |name: &str| {
            let found = ready.split_whitespace().find_map(|word| word.strip_prefix(name));
            found.expect("the ready line has it").to_string()
        };
        let (url, control) = (word("URL="), word("CONTROL=http://"));
        Simulator { stdin: process.stdin.take(), process, url, control }
    }

    pub fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let mut connection = TcpStream::connect(&self.control).unwrap();
        let size = body.len();
        write!(
            connection,
            "{method} {path} HTTP/1.1\r\nHost: sim\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer of HTTP");
        assert!(head.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        body.to_string()
    }

    pub fn fault(&self, fault: &str) {
        self.ask("POST", "/faults", fault);
    }

    pub fn config(&self) -> Config {
        let mut config = Config::new().unwrap();
        config.set_base_url(&self.url).unwrap().set_bearer_token("token").unwrap();
        config.set_oauth2_access_token("user").unwrap();
        config.set_backoff_network_step_ms(1).unwrap().set_backoff_http_start_ms(1).unwrap();
        config
    }

    pub fn client(&self) -> Client {
        Client::open(&self.config()).unwrap()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.process.wait();
    }
}

/// The simulator ends every text in its event's number.
pub fn number(text: &str) -> u64 {
    text.rsplit(' ').next().unwrap().parse().unwrap()
}
