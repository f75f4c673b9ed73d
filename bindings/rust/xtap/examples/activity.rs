//! What happens on one account: subscribes to a type of events, prints them as they come, and ends its subscription.
//!
//!     activity USER_ID EVENT_TYPE COUNT     such as 2244994945 post.create 10
//!
//! Needs XTAP_BEARER_TOKEN. Events that only the user may see take the user's own token: set XTAP_OAUTH2_ACCESS_TOKEN
//! beside it, and XTAP_CREDENTIAL=oauth2 to have it used.

use std::error::Error;

use xtap::{op, param, Client, Stream};

/// X describes {"data":{"subscription":{...}}} and was seen to answer other shapes; the id is in all of them.
fn subscription_id(answer: &str) -> Option<&str> {
    let after = answer.split_once("\"subscription_id\":\"")?.1;
    Some(after.split_once('"')?.0)
}

fn print_events(stream: &mut Stream, count: usize) -> Result<(), Box<dyn Error>> {
    for event in stream.events().take(count) {
        let event = event?;
        println!("{} {}", event.selected(0), event.selected(1));
    }
    Ok(())
}

fn run(user: &str, event_type: &str, count: usize) -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;
    // Opening sends nothing yet: if the stream cannot be opened, there is nothing to take back.
    let mut stream = client.request(op::ACTIVITY_STREAM)?.stream()?;
    stream.select(&["/data/event_type", "/data/payload"])?;

    let body = format!("{{\"event_type\":{event_type:?},\"filter\":{{\"user_id\":{user:?}}}}}");
    let answer = client.request(op::CREATE_ACTIVITY_SUBSCRIPTION)?.set_body(body)?.send()?;
    let text = answer.text();
    let own = subscription_id(&text).ok_or("the answer has no subscription_id")?;
    println!("subscription {own}");

    let result = print_events(&mut stream, count);
    // Whatever went wrong: a subscription that is left behind counts against the account's limit.
    client.request(op::DELETE_ACTIVITY_SUBSCRIPTION)?.set(param::SUBSCRIPTION_ID, own)?.send()?;
    println!("deleted {own}");
    result
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [user, event_type, count] => {
            count.parse().map_err(Into::into).and_then(|count| run(user, event_type, count))
        }
        _ => Err("usage: activity USER_ID EVENT_TYPE COUNT".into()),
    };
    if let Err(error) = result {
        eprintln!("activity: {error}");
        std::process::exit(1);
    }
}
