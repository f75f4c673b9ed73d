//! Streams: batches, events, columns, notices, and how a read ends.

mod simulator;

use std::sync::mpsc;
use std::thread;

use simulator::{number, Simulator};
use xtap::{flag, op, Buffer, Client, ColumnKind, Event, Kind, Read, Status, Stream};

const TEXT: &str = "/data/text";

fn texts(client: &Client) -> Stream {
    let mut stream = client.request(op::STREAM_POSTS_SAMPLE).unwrap().stream().unwrap();
    stream.select(&[TEXT]).unwrap();
    stream
}

fn take(stream: &mut Stream, count: usize) -> Vec<Event> {
    stream.events().take(count).map(|event| event.unwrap()).collect()
}

fn numbers(events: &[Event]) -> Vec<u64> {
    events.iter().map(|event| number(event.selected(0).as_str().unwrap())).collect()
}

#[test]
fn a_batch_borrows_the_buffer_and_not_the_stream() {
    let simulator = Simulator::start(&[]);
    let (mut stream, mut one, mut two) = (texts(&simulator.client()), Buffer::new(), Buffer::new());
    let first = stream.read(&mut one).unwrap().unwrap();
    let second = stream.read(&mut two).unwrap().unwrap();
    drop(stream);
    assert_eq!(first.len() as u64 + 1, second.get(0).unwrap().position());
}

#[test]
fn events_may_be_kept_and_leaving_the_loop_loses_none() {
    let simulator = Simulator::start(&[]);
    let mut stream = texts(&simulator.client());
    let mut kept = Vec::new();
    for count in [1, 10, 3000, 3] {
        kept.extend(take(&mut stream, count));
    }
    drop(stream);
    assert_eq!(numbers(&kept), (1..=3014).collect::<Vec<_>>());
    let event = &kept[0];
    assert!(event.json().contains(&format!("\"id\":\"{}\"", event.id().unwrap())));
    assert_eq!((event.flags() & flag::REPLAYED, event.partition()), (0, 0));
    let since_2026 = event.time_ms().unwrap() - 1_767_225_600_000;
    assert!((0..1000).contains(&since_2026), "{since_2026}");
}

#[test]
fn a_read_refuses_to_skip_events_that_were_not_taken() {
    let simulator = Simulator::start(&[]);
    let mut stream = texts(&simulator.client());
    while take(&mut stream, 1).is_empty() || stream.events().next().unwrap().unwrap().position() < 5 {}
    match stream.read(&mut Buffer::new()) {
        Err(error) => assert_eq!(error.status(), Status::STATE),
        Ok(batch) => assert_eq!(batch.unwrap().get(0).unwrap().position(), 8), // the batch before ended there
    };
}

#[test]
fn every_kind_of_column_is_told_apart() {
    let simulator = Simulator::start(&[]);
    let mut stream = simulator.client().request(op::STREAM_POSTS_SAMPLE).unwrap().stream().unwrap();
    let pointers =
        [TEXT, "/data/public_metrics/like_count", "/data/possibly_sensitive", "/data/public_metrics", "/no"];
    stream.select(&pointers).unwrap();
    let event = stream.events().next().unwrap().unwrap();
    let kinds: Vec<_> = (0..5).map(|index| event.selected(index).kind()).collect();
    use ColumnKind as C;
    assert_eq!(kinds, [C::STRING, C::NUMBER, C::BOOL, C::JSON, C::ABSENT]);
    assert!(event.selected(1).parse::<u32>().is_some());
    assert!(event.selected(2).as_bool().is_some());
    assert!(event.selected(3).as_bytes().starts_with(b"{"));
    assert!(event.selected(4).is_absent() && !event.selected(4).is_null());
    assert_eq!(event.selected(3).as_str(), None);
}

#[test]
fn notices_stand_among_the_records_and_go_to_their_receiver_otherwise() {
    let simulator = Simulator::start(&[]);
    simulator.fault(r#"{"kind":"reset","after_events":10}"#);
    let mut stream = texts(&simulator.client());
    let connected = |event: &Event| event.kind() == Kind::NOTICE_CONNECTED;
    let found = stream.records().map(|record| record.unwrap()).filter(connected).take(2).count();
    assert_eq!(found, 2);
    let (sender, receiver) = mpsc::channel();
    let mut stream = texts(&simulator.client());
    stream.on_notice(move |notice| sender.send(notice.json().into_owned()).unwrap());
    take(&mut stream, 1);
    let told: Vec<String> = receiver.try_iter().collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].contains("\"notice\":\"connected\""));
}

#[test]
fn a_handle_that_outlives_its_stream_does_nothing() {
    let simulator = Simulator::start(&[]);
    let stream = texts(&simulator.client());
    let handle = stream.cancel_handle();
    drop(stream);
    handle.cancel();
    handle.wake();
    handle.finish();
}

#[test]
fn try_read_does_not_wait_and_the_descriptor_says_when() {
    use std::os::unix::io::AsRawFd;
    let simulator = Simulator::start(&[]);
    let (mut stream, mut buffer) = (texts(&simulator.client()), Buffer::new());
    assert!(stream.as_raw_fd() >= 0);
    loop {
        match stream.try_read(&mut buffer).unwrap() {
            Read::Batch(batch) => break assert_eq!(batch.get(0).unwrap().position(), 1),
            Read::TimedOut => thread::yield_now(),
            other => panic!("{other:?}"),
        }
    }
    let mut request = simulator.client().request(op::STREAM_POSTS_SAMPLE).unwrap();
    request.set_read_ahead_bytes(0).unwrap();
    let stream = request.stream().unwrap();
    assert_eq!(stream.fd().unwrap_err().status(), Status::UNSUPPORTED);
    assert_eq!(stream.as_raw_fd(), -1);
}

#[test]
fn statistics_are_json() {
    let simulator = Simulator::start(&[]);
    let mut stream = texts(&simulator.client());
    take(&mut stream, 10);
    assert!(stream.stats().unwrap().contains("\"operation\":\"streamPostsSample\""));
}
