//! Many times the same, with others at it: handles and threads under stress.

mod simulator;

use std::thread;

use simulator::Simulator;
use xtap::{Buffer, Client, Status};

/// How often a test does something: more with XTAP_STRESS=full, which the slow tests set; reduced, a fifth of that.
fn many(full: usize, usual: usize) -> usize {
    match std::env::var("XTAP_STRESS") {
        Ok(wanted) if wanted == "full" => full,
        Ok(wanted) if wanted == "reduced" => usual.max(full / 5),
        _ => usual,
    }
}

fn unlimited(simulator: &Simulator) -> Client {
    let mut config = simulator.config();
    config.set_connect_budget(0).unwrap();
    Client::open(&config).unwrap()
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Opens a stream and drops it: unread, read, in a loop that was left, or cancelled.
fn cycle(client: &Client, round: usize) {
    let mut stream = client.request("streamPostsSample").unwrap().stream().unwrap();
    match round % 4 {
        1 => assert!(stream.read(&mut Buffer::with_capacity(4096, 16)).unwrap().is_some()),
        2 => assert!(stream.records().next().unwrap().is_ok()),
        3 => stream.cancel_handle().cancel(),
        _ => {}
    }
}

#[test]
fn many_cycles_of_open_and_drop_leave_nothing_behind() {
    // In a process of its own: the descriptors of tests beside it would be counted.
    if std::env::var_os("XTAP_TEST_ALONE").is_none() {
        let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
        alone.args(["--exact", "many_cycles_of_open_and_drop_leave_nothing_behind"]);
        let output = alone.env("XTAP_TEST_ALONE", "1").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        // A name that no test has is no failure.
        return assert!(output.status.success() && said.contains("1 passed"), "{said}");
    }
    let simulator = Simulator::start(&[]);
    let client = unlimited(&simulator);
    (0..8).for_each(|round| cycle(&client, round));
    let before = descriptors();
    (0..many(10_000, 400)).for_each(|round| cycle(&client, round));
    assert!(descriptors() <= before + 1, "{} descriptors, {before} before", descriptors());
}

#[test]
fn everything_that_any_thread_may_do_races_with_reads_and_their_end() {
    let simulator = Simulator::start(&[]);
    let client = unlimited(&simulator);
    for round in 0..many(1000, 60) {
        let mut stream = client.request("streamPostsSample").unwrap().stream().unwrap();
        let mut buffer = Buffer::with_capacity(4096, 16);
        stream.read(&mut buffer).unwrap();
        let handles: Vec<_> = (0..4).map(|_| stream.cancel_handle()).collect();
        let others = handles.into_iter().enumerate().map(|(index, handle)| {
            thread::spawn(move || match (index, round % 2) {
                (0 | 1, _) => handle.wake(),
                (_, 0) => handle.cancel(),
                _ => handle.finish(),
            })
        });
        let others: Vec<_> = others.collect();
        let ended = loop {
            match stream.read(&mut buffer) {
                Ok(None) => break Status::END,
                Ok(Some(_)) => {}
                Err(error) if error.is_interrupted() => {}
                Err(error) => break error.status(),
            }
        };
        drop(stream); // while handles may still be used
        assert_eq!(ended, if round % 2 == 0 { Status::CANCELLED } else { Status::END });
        others.into_iter().for_each(|other| other.join().unwrap());
    }
}
