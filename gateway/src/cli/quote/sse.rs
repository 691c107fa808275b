//! Reads server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>) as far as this API
//! sends them: one line of data an event, no comments of meaning.

use reqwest::Response;

use crate::cli::CommandError;

/// Largest event that is read.
const MAX_EVENT_BYTES: usize = 4 * 1024 * 1024;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    pub name: String,
    pub data: String,
}

#[derive(Debug)]
pub(super) struct Events {
    response: Response,
    buffer: Vec<u8>,
}

impl Events {
    pub(super) fn new(response: Response) -> Self {
        Self { response, buffer: Vec::new() }
    }

    /// The next event, or none at the stream's end.
    pub(super) async fn next(&mut self) -> Result<Option<Event>, CommandError> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.buffer.drain(..end + 2).collect();
                match event(&String::from_utf8_lossy(&block)) {
                    Some(event) => return Ok(Some(event)),
                    None => continue,
                }
            }
            if self.buffer.len() > MAX_EVENT_BYTES {
                return Err("an event is larger than this command reads".into());
            }
            match self.response.chunk().await? {
                Some(chunk) => self.buffer.extend_from_slice(&chunk),
                None => return Ok(None),
            }
        }
    }
}

/// None for a comment, which only says that the stream is alive.
fn event(block: &str) -> Option<Event> {
    let mut event = Event::default();
    for line in block.lines() {
        match line.split_once(':') {
            Some(("event", value)) => value.trim_start().clone_into(&mut event.name),
            Some(("data", value)) => event.data.push_str(value.strip_prefix(' ').unwrap_or(value)),
            _ => {}
        }
    }
    (!event.name.is_empty()).then_some(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heartbeats_are_not_events() {
        assert_eq!(event(":\n\n"), None);
        let read = event("id: 3\nevent: quote\ndata: {\"a\":1}\n\n").unwrap();
        assert_eq!(read, Event { name: "quote".into(), data: "{\"a\":1}".into() });
    }
}
