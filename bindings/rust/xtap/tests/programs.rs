//! Whole programs: the examples, and a process that ends while it is connecting.

mod simulator;

use std::path::PathBuf;
use std::process::{Command, Output};

use simulator::{number, Simulator};

fn example(name: &str) -> PathBuf {
    let deps = std::env::current_exe().unwrap();
    deps.parent().unwrap().parent().unwrap().join("examples").join(name)
}

fn run(simulator: &Simulator, mut command: Command) -> Output {
    command.env("XTAP_BASE_URL", &simulator.url).env("XTAP_BEARER_TOKEN", "token");
    command.env("XTAP_OAUTH2_ACCESS_TOKEN", "user").output().unwrap()
}

fn lines(output: &Output) -> Vec<&str> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::str::from_utf8(&output.stdout).unwrap().lines().collect()
}

#[test]
fn the_firehose_is_tailed() {
    let simulator = Simulator::start(&[]);
    let mut command = Command::new(example("firehose"));
    command.args(["1", "20"]);
    let output = run(&simulator, command);
    let numbers: Vec<u64> = lines(&output).iter().map(|line| number(line)).collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
}

#[test]
fn direct_messages_are_paged() {
    let simulator = Simulator::start(&[]);
    let mut command = Command::new(example("dm_events"));
    command.arg("123123123-2244994945");
    assert_eq!(lines(&run(&simulator, command)).len(), 10);
}

#[test]
fn activity_is_subscribed_to_and_given_up() {
    let simulator = Simulator::start(&[]);
    let mut command = Command::new(example("activity"));
    command.args(["2244994945", "post.create", "3"]);
    let output = run(&simulator, command);
    let first: Vec<_> = lines(&output).iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(first, ["subscription", "post.create", "post.create", "post.create", "deleted"]);
}

#[test]
fn a_library_of_another_major_version_is_refused() {
    let folder = std::env::temp_dir().join(format!("xtap-other-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/other_library.sh");
    assert!(Command::new(script).arg(&folder).status().unwrap().success());
    let output = Command::new(example("firehose")).arg("1").env("LD_LIBRARY_PATH", &folder).output().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("libxtap has version 99.7 of the interface, and this crate knows version"),
        "{said}"
    );
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1));
}

#[test]
fn a_mistake_is_one_clear_line() {
    let simulator = Simulator::start(&[]);
    let mut command = Command::new(example("firehose"));
    command.args(["1000"]);
    let output = run(&simulator, command);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    assert!(said.contains("partition"));
}
