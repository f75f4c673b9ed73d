//! Streams: batches, events, columns, notices, and how a read ends.

mod simulator;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use simulator::{number, Simulator};
use xtap::{flag, op, param, Buffer, CancelHandle, Client, ColumnKind, Event, Kind, Read, Status, Stream};

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
fn batches_bring_every_record_in_order_in_the_same_memory() {
    let simulator = Simulator::start(&[]);
    let (mut stream, mut buffer) = (texts(&simulator.client()), Buffer::new());
    let (mut position, mut event) = (0, 0);
    while let Some(batch) = stream.read(&mut buffer).unwrap() {
        assert!(!batch.is_empty());
        for record in batch.iter() {
            position += 1;
            assert_eq!(record.position(), position);
            if !record.is_notice() {
                event += 1;
                assert_eq!(number(record.selected(0).as_str().unwrap()), event);
                assert!(record.raw().starts_with(b"{\"data\":{"));
                assert_eq!(record.kind(), Kind::POST);
            }
        }
        if event > 20_000 {
            break;
        }
    }
    assert!(event > 20_000);
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
fn a_panic_in_the_loop_leaves_the_stream_as_it_was() {
    let simulator = Simulator::start(&[]);
    let mut stream = texts(&simulator.client());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        for event in stream.events() {
            if numbers(&[event.unwrap()]) == [7] {
                std::panic::resume_unwind(Box::new("at 7"));
            }
        }
    }));
    assert_eq!(*panicked.unwrap_err().downcast::<&str>().unwrap(), "at 7");
    assert_eq!(numbers(&take(&mut stream, 1)), [8]);
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
fn a_filter_is_sent_as_it_was_set() {
    let simulator = Simulator::start(&[]);
    let mut request = simulator.client().request(op::STREAM_POSTS_SAMPLE10).unwrap();
    request.set(param::PARTITION, 2).unwrap().set_list(param::TWEET_FIELDS, ["id", "text"]).unwrap();
    take(&mut request.stream().unwrap(), 1);
    let state = simulator.ask("GET", "/state", "");
    assert!(state.contains("partition=2") && state.contains("tweet.fields=id,text"), "{state}");
}

#[test]
fn a_record_larger_than_the_buffer_makes_it_grow() {
    let simulator = Simulator::start(&[]);
    simulator.fault(r#"{"kind":"oversized_line","after_events":3,"size":200000}"#);
    let mut request = simulator.client().request(op::STREAM_POSTS_SAMPLE).unwrap();
    request.set_max_event_bytes(1 << 20).unwrap();
    let (mut stream, mut buffer, mut largest) = (request.stream().unwrap(), Buffer::with_capacity(0, 0), 0);
    while largest < 200_000 {
        let batch = stream.read(&mut buffer).unwrap().unwrap();
        largest = batch.iter().map(|record| record.raw().len()).max().unwrap().max(largest);
    }
    assert_eq!(largest, 200_000);
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
fn finish_delivers_what_is_buffered_and_then_the_end() {
    let simulator = Simulator::start(&["--rate", "200"]);
    let (mut stream, mut buffer) = (texts(&simulator.client()), Buffer::new());
    let (handle, mut position) = (stream.cancel_handle(), 0);
    while let Some(batch) = stream.read(&mut buffer).unwrap() {
        for record in batch.iter() {
            position += 1;
            assert_eq!(record.position(), position);
        }
        let handle = handle.clone();
        thread::spawn(move || handle.finish()).join().unwrap();
    }
    assert!(stream.read(&mut buffer).unwrap().is_none());
}

/// Runs `act` from another thread while a read waits for a server that does not answer.
fn while_reading(act: fn(&CancelHandle)) -> (Stream, xtap::Error) {
    let simulator = Simulator::start(&[]);
    simulator.fault(r#"{"kind":"no_response"}"#);
    let (mut stream, mut buffer) = (texts(&simulator.client()), Buffer::new());
    stream.read(&mut buffer).unwrap(); // connecting
    let handle = stream.cancel_handle();
    let other = thread::spawn(move || {
        simulator.ask("GET", "/state?min_connections=1", "");
        act(&handle);
    });
    let error = stream.read(&mut buffer).unwrap_err();
    other.join().unwrap();
    (stream, error)
}

#[test]
fn cancel_from_another_thread_ends_a_read_for_good() {
    let (mut stream, error) = while_reading(CancelHandle::cancel);
    assert!(error.is_cancelled());
    assert!(stream.read(&mut Buffer::new()).unwrap_err().is_cancelled());
}

#[test]
fn wake_ends_one_read_and_the_stream_goes_on() {
    let (mut stream, error) = while_reading(CancelHandle::wake);
    assert!(error.is_interrupted());
    let mut buffer = Buffer::new();
    let read = stream.read_for(&mut buffer, Duration::from_millis(1));
    assert!(!matches!(read, Ok(Read::End | Read::Interrupted)), "{read:?}");
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

#[test]
fn a_stream_goes_on_elsewhere_after_what_its_loop_was_given() {
    let simulator = Simulator::start(&["--rate", "200", "--live"]);
    let (client, mut checkpoint, mut seen) = (simulator.client(), None::<String>, Vec::new());
    for round in 0..3 {
        let mut request = client.request(op::STREAM_POSTS_FIREHOSE_JA).unwrap();
        let mut stream = request.set(param::PARTITION, 1).unwrap().stream().unwrap();
        stream.select(&[TEXT]).unwrap();
        if let Some(text) = &checkpoint {
            stream.resume(text).unwrap();
        }
        seen.extend(numbers(&take(&mut stream, 25)));
        checkpoint = Some(stream.checkpoint().unwrap());
        // What was fetched comes beside what is live, so the last one is read until nothing is missing.
        while round == 2 && (seen.len() as u64) <= seen.iter().max().unwrap() - seen.iter().min().unwrap() {
            seen.extend(numbers(&take(&mut stream, 1)));
        }
    }
    seen.sort_unstable();
    assert!(seen.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{seen:?}");
}
