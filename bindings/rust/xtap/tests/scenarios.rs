//! The scenarios of tests/scenarios, which every language runs: what is done here, what must come of it there.

mod json;
mod simulator;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use json::Json;
use simulator::{number, Simulator};
use xtap::{Buffer, Client, Config, Error, Read, Record, Request, Result, Status, Stream};

type Observed = BTreeMap<&'static str, Json>;
type Scenario = fn(&World) -> Observed;

const SCENARIOS: [(&str, Scenario); 8] = [
    ("deliver", deliver),
    ("fail", fail),
    ("page", page),
    ("interrupt", interrupt),
    ("raise", raise),
    ("resume", resume),
    ("close", close),
    ("exit", exit),
];

fn list() -> Json {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/scenarios/scenarios.json");
    Json::read(&std::fs::read_to_string(path).expect("the list of scenarios"))
}

/// A simulator as an entry wants it, and what is made from the entry against it.
struct World {
    simulator: Simulator,
    defaults: Json,
    entry: Json,
    level: String,
}

fn time_text(seconds_ago: usize) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let (days, rest) = ((now - seconds_ago as i64) / 86_400, (now - seconds_ago as i64) % 86_400);
    // Days since 1970 as a date of the Gregorian calendar, whose years are counted from March here.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

impl World {
    fn new(defaults: &Json, entry: &Json, level: &str) -> World {
        let started = match entry.get("started") {
            Json::Null => "2026-01-01T00:00:00Z".to_string(),
            started => time_text(started.get("seconds_ago").number()),
        };
        let mut arguments = defaults.get("simulator").texts();
        arguments.extend(["--base-time".to_string(), started]);
        arguments.extend(entry.get("simulator").texts());
        let world = World {
            simulator: Simulator::start_with(arguments),
            defaults: defaults.clone(),
            entry: entry.clone(),
            level: level.to_string(),
        };
        for fault in world.entry.get("faults").items() {
            world.simulator.fault(&fault.write());
        }
        world
    }

    fn client(&self) -> Result<Client> {
        let mut config = Config::new()?;
        config.set_base_url(&self.simulator.url)?;
        for (name, value) in self.defaults.get("client").members() {
            config.set(name, value.text())?;
        }
        for (name, value) in self.entry.get("client").members() {
            if value.is_null() {
                config.unset(name)?;
            } else {
                config.set(name, value.text())?;
            }
        }
        Client::open(&config)
    }

    fn request(&self, client: &Client) -> Result<Request> {
        for before in self.entry.get("before").items() {
            client.request(before.get("operation").text())?.set_body(before.get("body").write())?.send()?;
        }
        let operation = match self.entry.get("operation") {
            Json::Null => self.defaults.get("operation"),
            operation => operation,
        };
        let mut request = client.request(operation.text())?;
        for (name, value) in self.entry.get("parameters").members() {
            request.set(name, value.text())?;
        }
        for (name, value) in self.entry.get("options").members() {
            request.set_option(name, value.text())?;
        }
        Ok(request)
    }

    fn stream(&self, client: &Client) -> Result<Stream> {
        let mut stream = self.request(client)?.stream()?;
        stream.select(&self.entry.get("select").texts())?;
        Ok(stream)
    }

    fn open(&self) -> Stream {
        self.stream(&self.client().unwrap()).unwrap()
    }

    /// Gives records, read as the level says, until `see` has enough; false at the end of the stream.
    fn consume(&self, stream: &mut Stream, mut see: impl FnMut(Record<'_>) -> bool) -> bool {
        if self.level == "events" {
            return stream.records().any(|record| see(record.unwrap().record()));
        }
        let mut buffer = Buffer::with_capacity(4096, 16);
        while let Some(batch) = stream.read(&mut buffer).unwrap() {
            if batch.iter().any(&mut see) {
                return true;
            }
        }
        false
    }

    fn number(&self, record: &Record<'_>) -> usize {
        number(record.selected(0).as_str().unwrap()) as usize
    }

    fn looked_for(&self, text: &str) -> Json {
        let mut parts = self.entry.get("look_for").texts();
        parts.retain(|part| text.contains(part));
        parts.into()
    }
}

/// Whether the numbers go up by one from `first` on.
fn consecutive(numbers: &[usize], first: usize) -> bool {
    numbers.iter().enumerate().all(|(index, number)| *number == first + index)
}

#[derive(Default)]
struct Delivery {
    numbers: Vec<usize>,
    positions: Vec<usize>,
    kinds: Vec<usize>,
    columns: Vec<Json>,
    told: Vec<String>,
    events: usize,
    largest: usize,
    noticed: usize,
}

impl Delivery {
    fn notice(&mut self, record: &Record<'_>, tell: &Json, awaited: &str) {
        let facts = Json::read(&record.json());
        let name = facts.get("notice").text();
        self.noticed += usize::from(name == awaited);
        if let Json::Text(key) = tell.get(name) {
            self.told.push(match facts.get(key) {
                Json::Null => name.to_string(),
                Json::Text(fact) => format!("{name} {fact}"),
                fact => format!("{name} {}", fact.write()),
            });
        }
    }

    fn event(&mut self, record: &Record<'_>, world: &World) {
        self.events += 1;
        self.largest = self.largest.max(record.raw().len());
        let kind = record.kind().0 as usize;
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
        let selected = world.entry.get("select").items().len();
        if selected == 0 {
            return;
        }
        self.numbers.push(world.number(record));
        for index in self.columns.len()..selected {
            let value = record.selected(index);
            self.columns.push(Json::List(vec![(value.kind().0 as usize).into(), value.to_string().into()]));
        }
    }
}

fn deliver(world: &World) -> Observed {
    let (mut stream, mut seen, mut other) = (world.open(), Delivery::default(), None);
    let (until, tell) = (world.entry.get("until"), world.entry.get("tell"));
    let (events, times) = (until.get("events").number(), until.get("times").number());
    let (finish_at, handle) = (world.entry.get("finish_at").number(), stream.cancel_handle());
    let enough = world.consume(&mut stream, |record| {
        seen.positions.push(record.position() as usize);
        if record.is_notice() {
            seen.notice(&record, tell, until.get("notice").text());
        } else {
            seen.event(&record, world);
        }
        if finish_at != 0 && seen.events == finish_at && other.is_none() {
            let handle = handle.clone();
            other = Some(thread::spawn(move || handle.finish()));
        }
        events != 0 && seen.events == events || times != 0 && seen.noticed == times
    });
    if let Some(other) = other {
        other.join().unwrap();
    }
    let state = Json::read(&world.simulator.ask("GET", "/state", ""));
    let line = state.get("list").items().last().unwrap().get("request_line").text();
    Observed::from([
        ("status", if enough { "XTAP_OK" } else { "XTAP_END" }.into()),
        ("events", seen.events.into()),
        ("in_order", consecutive(&seen.numbers, 1).into()),
        ("numbers", seen.numbers.into()),
        ("positions_in_order", consecutive(&seen.positions, 1).into()),
        ("kinds", seen.kinds.into()),
        ("columns", seen.columns.into()),
        ("largest", seen.largest.into()),
        ("told", seen.told.into()),
        ("asked", world.looked_for(line)),
    ])
}

/// What an entry that fails does; the stream, where it came to reading.
fn attempt(world: &World, opened: &mut Option<Stream>) -> Result<()> {
    let client = world.client()?;
    if world.entry.get("do").text() == "send" {
        return world.request(&client)?.send().map(drop);
    }
    let mut stream = world.stream(&client)?;
    if let Json::Text(checkpoint) = world.entry.get("resume") {
        stream.resume(checkpoint)?;
    }
    let (stream, mut buffer) = (opened.insert(stream), Buffer::new());
    while stream.read(&mut buffer)?.is_some() {}
    Ok(())
}

fn name(status: Status) -> Json {
    format!("{status:?}").into()
}

fn fail(world: &World) -> Observed {
    let mut stream = None;
    let error: Error = attempt(world, &mut stream).expect_err("nothing failed");
    let again = stream.map(|mut stream| name(stream.read(&mut Buffer::new()).unwrap_err().status()));
    let requests = Json::read(&world.simulator.ask("GET", "/requests", ""));
    Observed::from([
        ("status", name(error.status())),
        ("http_status", usize::from(error.http_status().unwrap_or(0)).into()),
        ("retriable", error.is_retriable().into()),
        ("waits", error.retry_after().is_some().into()),
        ("problem", (!error.problem_title().is_empty()).into()),
        ("request_id", (!error.request_id().is_empty()).into()),
        ("response", error.response().map_or(0, |answer| answer.http_status() as usize).into()),
        ("said", world.looked_for(error.message())),
        ("again", again.unwrap_or(Json::Null)),
        ("requests", requests.get("requests").clone()),
    ])
}

fn page(world: &World) -> Observed {
    let mut request = world.request(&world.client().unwrap()).unwrap();
    let pages: Vec<Json> = request.pages().map(|page| Json::read(&page.unwrap().text())).collect();
    let items = pages.iter().flat_map(|page| page.get("data").items());
    let numbers: Vec<usize> = items.map(|item| number(item.get("text").text()) as usize).collect();
    let backwards: Vec<usize> = numbers.iter().rev().copied().collect();
    Observed::from([
        ("pages", pages.len().into()),
        ("items", numbers.len().into()),
        ("first", numbers[0].into()),
        ("last", backwards[0].into()),
        ("in_order", consecutive(&backwards, backwards[0]).into()),
    ])
}

fn interrupt(world: &World) -> Observed {
    let (mut stream, mut buffer) = (world.open(), Buffer::new());
    let act = match world.entry.get("act").text() {
        "wake" => xtap::CancelHandle::wake,
        "finish" => xtap::CancelHandle::finish,
        // A stream that is being read cannot be dropped elsewhere: its handle is all that others have.
        _ => xtap::CancelHandle::cancel,
    };
    let handle = stream.cancel_handle();
    if !matches!(world.entry.get("lingers"), Json::Bool(true)) {
        stream.read(&mut buffer).unwrap(); // connecting
    }
    let outcome = |read: Result<Read<'_>>| match read {
        Ok(Read::Batch(_)) => name(Status::OK),
        Ok(Read::TimedOut) => name(Status::TIMEOUT),
        Ok(Read::Interrupted) => name(Status::INTERRUPTED),
        Ok(Read::End) => name(Status::END),
        Ok(_) => Json::Null,
        Err(error) => name(error.status()),
    };
    let read = thread::scope(|scope| {
        scope.spawn(|| {
            world.simulator.ask("GET", "/state?min_connections=1", "");
            act(&handle);
        });
        outcome(stream.read_for(&mut buffer, Duration::MAX))
    });
    Observed::from([("read", read), ("then", outcome(stream.try_read(&mut buffer)))])
}

fn raise(world: &World) -> Observed {
    let (mut stream, at) = (world.open(), world.entry.get("at").number());
    let raised = catch_unwind(AssertUnwindSafe(|| {
        for event in stream.events() {
            if world.number(&event.unwrap().record()) == at {
                std::panic::resume_unwind(Box::new("by the loop")); // a panic that prints nothing
            }
        }
    }));
    let next = stream.events().next().unwrap().unwrap();
    Observed::from([("raised", raised.is_err().into()), ("next", world.number(&next.record()).into())])
}

fn resume(world: &World) -> Observed {
    let (client, mut checkpoint, mut seen, mut twice) =
        (world.client().unwrap(), None::<String>, BTreeSet::new(), 0);
    let (rounds, wanted) = (world.entry.get("rounds").number(), world.entry.get("events").number());
    let missing = |seen: &BTreeSet<usize>| {
        let (first, last) = (seen.iter().next().unwrap(), seen.iter().next_back().unwrap());
        last - first + 1 - seen.len()
    };
    for round in 1..=rounds {
        let mut stream = world.stream(&client).unwrap();
        if let Some(text) = &checkpoint {
            stream.resume(text).unwrap();
        }
        let (mut taken, mut upto) = (0, 0);
        world.consume(&mut stream, |record| {
            if record.is_notice() {
                return false;
            }
            twice += usize::from(!seen.insert(world.number(&record)));
            (taken, upto) = (taken + 1, record.position());
            // What is fetched comes beside what is live: the last one is read until nothing is missing.
            taken >= wanted && (round < rounds || missing(&seen) == 0)
        });
        let batches = world.level == "batches";
        checkpoint = Some(if batches { stream.checkpoint_upto(upto) } else { stream.checkpoint() }.unwrap());
    }
    Observed::from([("twice", twice.into()), ("missing", missing(&seen).into())])
}

fn close(world: &World) -> Observed {
    let mut client = Some(world.client().unwrap());
    let mut request = client.as_ref().map(|client| world.request(client).unwrap());
    let mut stream = request.as_ref().map(|request| request.stream().unwrap());
    let mut alive = Vec::new();
    for closed in world.entry.get("order").texts() {
        match closed.as_str() {
            "client" => client = None,
            "request" => request = None,
            _ => stream = None,
        }
        let works = [
            ("client", client.as_ref().map_or(false, |client| client.stats().is_ok())),
            ("request", request.as_ref().map_or(false, |request| request.stream().is_ok())),
            ("stream", stream.as_mut().map_or(false, |stream| stream.read(&mut Buffer::new()).is_ok())),
        ];
        alive.push(works.iter().filter(|(_, works)| *works).map(|(name, _)| *name).collect::<Vec<_>>());
    }
    Observed::from([("alive", alive.into())])
}

/// Not a test: what the scenario exit runs in a process of its own.
#[test]
#[ignore]
fn child_that_ends_while_it_reads() {
    let client = Client::from_env().unwrap();
    let mut stream = client.request("streamPostsSample").unwrap().stream().unwrap();
    stream.read(&mut Buffer::new()).unwrap();
    thread::spawn(move || while stream.events().next().is_some() {});
    std::process::exit(7);
}

fn exit(world: &World) -> Observed {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "child_that_ends_while_it_reads"]);
    command.env("XTAP_BASE_URL", &world.simulator.url).env("XTAP_BEARER_TOKEN", "token");
    let status = command.output().unwrap().status.code();
    Observed::from([("exit_status", status.map_or(Json::Null, |code| (code as usize).into()))])
}

#[test]
fn every_scenario_is_in_the_list_and_every_entry_has_its_scenario() {
    let list = list();
    let listed = list.get("scenarios").items().iter().map(|entry| entry.get("scenario").text());
    let listed: BTreeSet<&str> = listed.collect();
    assert_eq!(listed, SCENARIOS.iter().map(|(name, _)| *name).collect());
}

#[test]
fn every_entry_comes_to_what_it_expects() {
    let (list, mut wrong) = (list(), Vec::new());
    for entry in list.get("scenarios").items() {
        let scenario = SCENARIOS.iter().find(|(name, _)| *name == entry.get("scenario").text()).unwrap().1;
        let mut levels = entry.get("levels").texts();
        if levels.is_empty() {
            levels.push(String::new());
        }
        for level in levels {
            let title = format!("{} {level}", entry.get("name").text());
            let run = || scenario(&World::new(list.get("defaults"), entry, &level));
            match catch_unwind(AssertUnwindSafe(run)) {
                Err(_) => wrong.push(title),
                Ok(observed) => {
                    for (name, expected) in entry.get("expect").members() {
                        let found = observed.get(name.as_str());
                        if found != Some(expected) {
                            wrong.push(format!("{title}: {name} is {found:?}, not {expected:?}"));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
