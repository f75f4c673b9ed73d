//! Usage: xtap-bench raw|three URL EVENTS. Prints what the last two thirds of the events took.

use std::os::raw::c_long;
use std::time::Instant;

use xtap::{Batch, Buffer, Client, Config, Stream};

const FIELDS: [&str; 3] = ["/data/id", "/data/created_at", "/data/text"];

extern "C" {
    fn clock() -> c_long; // of POSIX: processor time in microseconds
}

fn processor() -> f64 {
    // SAFETY: takes nothing and keeps nothing.
    unsafe { clock() as f64 / 1e6 }
}

fn open(three: bool, url: &str) -> xtap::Result<Stream> {
    let mut config = Config::new()?;
    config.set_base_url(url)?.set_bearer_token("bench")?.set_max_reconnects(0)?;
    config.set_read_ahead_bytes(0)?.set_continuity("off")?.set_index(if three { "full" } else { "off" })?;
    let mut stream = Client::open(&config)?.request("streamPostsSample")?.stream()?;
    if three {
        stream.select(&FIELDS)?;
    }
    Ok(stream)
}

/// How many events there are, and their bytes or those of their fields as text.
fn look(batch: &Batch<'_>, three: bool) -> (u64, usize) {
    let (mut events, mut bytes) = (0, 0);
    for event in batch.events() {
        events += 1;
        if three {
            for index in 0..FIELDS.len() {
                bytes += event.selected(index).as_str().unwrap_or_default().len();
            }
        } else {
            bytes += event.raw().len();
        }
    }
    (events, bytes)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let (three, wanted) = (arguments[1] == "three", arguments[3].parse::<u64>()?);
    let mut stream = open(three, &arguments[2])?;
    let mut buffer = Buffer::with_capacity(256 * 1024, 4096);
    let (mut events, mut bytes, mut started) = (0, 0, None);
    while events < wanted {
        let batch = stream.read(&mut buffer)?.ok_or("the stream ended early")?;
        let (more, of_them) = look(&batch, three);
        events += more;
        bytes += of_them;
        if started.is_none() && events >= wanted / 3 {
            started = Some((events, Instant::now(), processor()));
        }
    }
    let (before, start, processor_start) = started.unwrap();
    let seconds = start.elapsed().as_secs_f64();
    let (measured, processor) = (events - before, processor() - processor_start);
    println!(
        "events={events} measured={measured} seconds={seconds:.6} processor={processor:.6} bytes={bytes}"
    );
    Ok(())
}
