//! Every event of one conversation of direct messages, newest first: each page as the API gives it, a line each.
//!
//!     dm_events CONVERSATION_ID               such as 123123123-2244994945
//!
//! Needs a user's token: XTAP_OAUTH2_ACCESS_TOKEN, or the four of OAuth 1.0a.

use xtap::{op, param, value::dm_event_fields, Client, Result};

fn run(conversation: &str) -> Result<()> {
    let client = Client::from_env()?;
    let mut request = client.request(op::GET_DIRECT_MESSAGES_EVENTS_BY_CONVERSATION_ID)?;
    request.set(param::ID, conversation)?.set(param::MAX_RESULTS, 100)?;
    request.set_list(
        param::DM_EVENT_FIELDS,
        [dm_event_fields::CREATED_AT, dm_event_fields::SENDER_ID, dm_event_fields::TEXT],
    )?;
    // X allows few of these in 15 minutes: a long conversation takes patience.
    request.set_wait_on_rate_limit(true)?;
    for page in request.pages() {
        println!("{}", page?.text());
    }
    Ok(())
}

fn main() {
    let conversation = std::env::args().nth(1).unwrap_or_else(|| {
        eprintln!("usage: dm_events CONVERSATION_ID");
        std::process::exit(2)
    });
    if let Err(error) = run(&conversation) {
        eprintln!("dm_events: {error}");
        std::process::exit(1);
    }
}
