//! Requests, pages, failures, configs and the receivers of a client.

mod simulator;

use std::error::Error as _;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread;

use simulator::Simulator;
use xtap::{op, param, Buffer, Client, Config, Kind, Status};

#[test]
fn a_body_goes_and_an_answer_comes() {
    let simulator = Simulator::start(&[]);
    let mut request = simulator.client().request(op::CREATE_POSTS).unwrap();
    let answer = request.set_body("{\"text\":\"hello \u{2713}\"}").unwrap().send().unwrap();
    assert_eq!(answer.http_status(), 201);
    assert!(answer.text().contains("hello \u{2713}"));
    assert!(answer.header("Content-Type").unwrap().contains("json"));
    assert_eq!(answer.header("x-nothing"), None);
}

#[test]
fn wrong_names_and_values_are_refused_before_anything_is_sent() {
    let client = Simulator::start(&[]).client();
    let error = client.request("streamPostsSampl").err().unwrap();
    assert_eq!(error.status(), Status::UNKNOWN_NAME);
    assert!(error.to_string().contains("streamPostsSample"), "{error}");
    let mut request = client.request(op::SEARCH_POSTS_RECENT).unwrap();
    assert_eq!(request.set(param::MAX_RESULTS, 1000).err().unwrap().status(), Status::VALUE);
    assert!(request.set(param::QUERY, "a\0b").err().unwrap().to_string().contains("NUL"));
    assert_eq!(request.set_index("some").err().unwrap().status(), Status::VALUE);
    assert_eq!(request.stream().err().unwrap().status(), Status::ARGUMENT);
}

#[test]
fn a_send_is_cancelled_from_another_thread() {
    let simulator = Simulator::start(&[]);
    simulator.fault(r#"{"kind":"no_response","path":"/2/*"}"#);
    let mut request = simulator.client().request(op::GET_USERS_ME).unwrap();
    let handle = request.cancel_handle();
    let other = thread::spawn(move || {
        simulator.ask("GET", "/requests?min=1", "");
        handle.cancel();
    });
    assert!(request.send().unwrap_err().is_cancelled());
    other.join().unwrap();
}

#[test]
fn options_have_setters_and_secrets_are_not_shown() {
    let mut config = Config::new().unwrap();
    config.set_bearer_token("secret").unwrap().set_compression(false).unwrap();
    config.set_read_ahead_bytes(1 << 20).unwrap();
    assert_eq!(config.get("bearer_token").unwrap(), "***");
    assert_eq!(config.get("compression").unwrap(), "off");
    assert_eq!(config.unset("read_ahead_bytes").unwrap().get("read_ahead_bytes").unwrap(), "64MiB");
    assert_eq!(config.set_tls_min("0.9").err().unwrap().status(), Status::VALUE);
}

#[test]
fn everything_may_go_in_any_order_and_to_other_threads() {
    let simulator = Simulator::start(&[]);
    let client = simulator.client();
    let request = client.request(op::STREAM_POSTS_SAMPLE).unwrap();
    let mut stream = request.stream().unwrap();
    drop(client);
    drop(request);
    let kind = thread::spawn(move || stream.events().next().unwrap().unwrap().kind()).join().unwrap();
    assert_eq!(kind, Kind::POST);
}

#[test]
fn a_client_is_shared_by_threads() {
    let simulator = Simulator::start(&[]);
    let client = simulator.client();
    let sends = (0..8).map(|_| {
        let client = client.clone();
        thread::spawn(move || client.request(op::GET_USERS_ME).unwrap().send().unwrap().http_status())
    });
    let sends: Vec<_> = sends.collect();
    assert!(sends.into_iter().all(|send| send.join().unwrap() == 200));
    assert!(client.stats().unwrap().contains("\"sent\":8"));
}

#[test]
fn lines_of_the_log_come_and_a_panic_in_the_receiver_is_the_callers() {
    let simulator = Simulator::start(&[]);
    let mut config = simulator.config();
    config.set_log_level("debug").unwrap();
    let client = Client::open(&config).unwrap();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&lines);
    client.on_log(move |_, line| kept.lock().unwrap().push(line.to_string())).unwrap();
    let mut stream = client.request(op::STREAM_POSTS_SAMPLE).unwrap().stream().unwrap();
    stream.events().next().unwrap().unwrap();
    assert!(!lines.lock().unwrap().is_empty());
    drop(stream); // which would have lines for the second receiver too
    let panicked = thread::spawn(move || {
        client.on_log(|_, _| std::panic::resume_unwind(Box::new("in the receiver"))).unwrap();
        let mut stream = client.request(op::STREAM_POSTS_SAMPLE).unwrap().stream().unwrap();
        for event in stream.events() {
            event.unwrap();
        }
    });
    assert_eq!(*panicked.join().unwrap_err().downcast::<&str>().unwrap(), "in the receiver");
}

#[test]
fn what_a_receiver_of_log_lines_panics_with_does_not_take_the_response_away() {
    let simulator = Simulator::start(&[]);
    let mut config = simulator.config();
    config.set_log_level("debug").unwrap();
    let client = Client::open(&config).unwrap();
    let mut request = client.request(op::GET_USERS_ME).unwrap();
    // A line that another thread has left: the next call of this one hands it to the receiver.
    let awaited = Arc::new(AtomicBool::new(false));
    let panics = Arc::clone(&awaited);
    client.on_log(move |_, _| assert!(!panics.load(Relaxed), "in the receiver")).unwrap();
    simulator.fault("{\"kind\":\"reset\",\"after_events\":10}");
    let mut stream = client.request(op::STREAM_POSTS_SAMPLE).unwrap().stream().unwrap();
    stream.read(&mut Buffer::default()).unwrap();
    simulator.ask("GET", "/state?min_connections=2", "");
    awaited.store(true, Relaxed);
    assert_eq!(request.send().unwrap().http_status(), 200);
    assert!(std::panic::catch_unwind(AssertUnwindSafe(|| request.send())).is_err());
    awaited.store(false, Relaxed); // what ends the stream would panic too
}

#[test]
fn receivers_live_as_long_as_what_was_made_from_their_client() {
    let simulator = Simulator::start(&[]);
    let mut config = simulator.config();
    config.set_log_level("debug").unwrap();
    let client = Client::open(&config).unwrap();
    let lines = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&lines);
    client.on_log(move |_, _| *counted.lock().unwrap() += 1).unwrap();
    let request = client.request(op::STREAM_POSTS_SAMPLE).unwrap();
    drop(client);
    let mut stream = request.stream().unwrap();
    drop(request);
    let before = *lines.lock().unwrap();
    stream.events().next().unwrap().unwrap();
    assert!(*lines.lock().unwrap() > before);
    drop(stream);
    assert_eq!(Arc::strong_count(&lines), 1);
}

#[test]
fn a_pair_of_tokens_that_cannot_be_stored_fails_the_request_with_its_cause() {
    let simulator = Simulator::start(&[]);
    for stored in [true, false] {
        let given = simulator.ask("POST", "/tokens/give", r#"{"client_id":"sim-public-client"}"#);
        let word = |name: &str| {
            let after = given.split_once(&format!("\"{name}\": \"")).unwrap().1;
            after.split_once('"').unwrap().0.to_string()
        };
        let mut config = simulator.config();
        config.set_oauth2_access_token(&word("access_token")).unwrap();
        config.set_oauth2_refresh_token(&word("refresh_token")).unwrap();
        config.set_oauth2_client_id("sim-public-client").unwrap().set_oauth2_expires_at(1).unwrap();
        config.unset("bearer_token").unwrap();
        let client = Client::open(&config).unwrap();
        client
            .on_token(move |tokens| {
                assert!(tokens.refresh_token.is_some() && tokens.expires_at_ms.is_some());
                if stored {
                    Ok(())
                } else {
                    Err("disk full".into())
                }
            })
            .unwrap();
        match client.request(op::GET_USERS_ME).unwrap().send() {
            Ok(answer) => assert!(stored && answer.http_status() == 200),
            Err(error) => {
                assert!(!stored, "{error}");
                assert_eq!(error.source().unwrap().to_string(), "disk full");
            }
        }
    }
}

#[test]
fn the_table_of_operations_describes_itself() {
    assert!(xtap::operations().any(|name| name == op::STREAM_POSTS_FIREHOSE_JA));
    assert!(xtap::describe(op::STREAM_POSTS_FIREHOSE_JA)
        .unwrap()
        .contains("/2/tweets/firehose/stream/lang/ja"));
    assert_eq!(xtap::describe("nothing").unwrap_err().status(), Status::UNKNOWN_NAME);
    assert_eq!(xtap::version(), env!("CARGO_PKG_VERSION"));
}

fn assert_send<T: Send>() {}
fn assert_sync<T: Sync>() {}

#[test]
fn types_go_to_other_threads_as_the_header_allows() {
    assert_send::<Config>();
    assert_send::<xtap::Request>();
    assert_send::<xtap::Buffer>();
    assert_send::<xtap::Event>();
    assert_sync::<xtap::Event>();
    assert_send::<Client>();
    assert_sync::<Client>();
    assert_send::<xtap::Stream>();
    assert_sync::<xtap::Stream>();
    assert_send::<xtap::Error>();
    assert_sync::<xtap::Error>();
    assert_send::<xtap::CancelHandle>();
    assert_sync::<xtap::CancelHandle>();
}
