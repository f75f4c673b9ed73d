//! The Japanese firehose, one partition of it: id, time and text of every post, a line each, until Ctrl-C.
//!
//!     firehose PARTITION [COUNT]
//!
//! Needs XTAP_BEARER_TOKEN. What the library says about the stream goes to stderr: it explains a hole in the data.

use std::error::Error;
use std::io::{stdout, BufWriter, Write};

use xtap::{op, param, value, Buffer, Client};

fn run(partition: &str, count: usize) -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;
    let mut request = client.request(op::STREAM_POSTS_FIREHOSE_JA)?;
    request.set(param::PARTITION, partition)?;
    request.set_list(param::TWEET_FIELDS, [value::tweet_fields::CREATED_AT])?;
    request.set_deliver_json(false)?; // the selected values are all that is printed
    let mut stream = request.stream()?;
    stream.select(&["/data/id", "/data/created_at", "/data/text"])?;

    let (mut buffer, mut out, mut left) = (Buffer::new(), BufWriter::new(stdout().lock()), count);
    while let Some(batch) = stream.read(&mut buffer)? {
        for record in batch.iter() {
            if record.is_notice() {
                eprintln!("{}", record.json());
                continue;
            }
            let text = record.selected(2).as_str().unwrap_or_default();
            writeln!(out, "{}\t{}\t{}", record.selected(0), record.selected(1), text.replace('\n', " "))?;
            left -= 1;
            if left == 0 {
                return Ok(());
            }
        }
        out.flush()?;
    }
    Ok(())
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let count = arguments.get(2).map_or(Ok(usize::MAX), |count| count.parse());
    let result = match (arguments.get(1), count) {
        (Some(partition), Ok(count)) => run(partition, count),
        _ => Err("usage: firehose PARTITION [COUNT]".into()),
    };
    if let Err(error) = result {
        eprintln!("firehose: {error}");
        std::process::exit(1);
    }
}
