//! A client of server-sent events that reads one event at a time and can go away between any two.

use reqwest::Response;

/// One event as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: u32,
    pub name: String,
    pub data: String,
}

#[derive(Debug)]
pub struct Events {
    response: Response,
    read: String,
}

impl Events {
    pub fn of(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, read: String::new() }
    }

    /// The next event; none when the stream has ended.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.read.split_once("\n\n") {
                let event = parse(block);
                self.read = rest.to_owned();
                if event.is_some() {
                    return event;
                }
                continue;
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// All that are left.
    pub async fn rest(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

/// None for a comment, which a heartbeat is.
fn parse(block: &str) -> Option<Event> {
    let field = |name: &str| {
        let lines = block.lines().filter_map(|line| line.strip_prefix(name)).map(|value| value.trim_start_matches(' '));
        let values: Vec<&str> = lines.collect();
        (!values.is_empty()).then(|| values.join("\n"))
    };
    Some(Event { id: field("id:")?.parse().unwrap(), name: field("event:")?, data: field("data:")? })
}
