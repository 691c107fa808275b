//! The W3C trace context (<https://www.w3.org/TR/trace-context/>): who this call is part of, handed on to lenders.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Version 00 of `traceparent`: trace id, parent span id, flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    span_id: u64,
    sampled: bool,
}

/// The header is not a version 00 `traceparent`; a new trace is begun instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a W3C traceparent of version 00")]
pub struct TraceError;

fn random_span() -> u64 {
    let (high, low) = Uuid::new_v4().as_u64_pair();
    // Version and variant bits of a UUID are fixed; folding the halves leaves none of them constant.
    (high ^ low.rotate_left(29)).max(1)
}

impl TraceContext {
    /// The start of a new, sampled trace.
    #[must_use]
    pub fn begin() -> Self {
        Self { trace_id: Uuid::new_v4().as_u128(), span_id: random_span(), sampled: true }
    }

    /// A child of this span, in the same trace.
    #[must_use]
    pub fn child(self) -> Self {
        Self { span_id: random_span(), ..self }
    }

    /// 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(self) -> String {
        format!("{:032x}", self.trace_id)
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, u8::from(self.sampled))
    }
}

impl FromStr for TraceContext {
    type Err = TraceError;

    fn from_str(text: &str) -> Result<Self, TraceError> {
        let mut parts = text.split('-');
        let (version, trace, span, flags) = (parts.next(), parts.next(), parts.next(), parts.next());
        let hex = |part: Option<&str>, digits: usize| {
            part.filter(|p| p.len() == digits && p.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
                .and_then(|p| u128::from_str_radix(p, 16).ok())
                .ok_or(TraceError)
        };
        if version != Some("00") || parts.next().is_some() {
            return Err(TraceError);
        }
        let (trace_id, flags) = (hex(trace, 32)?, hex(flags, 2)?);
        let span_id = u64::try_from(hex(span, 16)?).map_err(|_| TraceError)?;
        if trace_id == 0 || span_id == 0 {
            return Err(TraceError);
        }
        Ok(Self { trace_id, span_id, sampled: flags & 1 == 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_stays_in_the_trace_with_a_span_of_its_own() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let parent: TraceContext = text.parse().unwrap();
        assert_eq!(parent.to_string(), text);
        let child = parent.child();
        assert_eq!(child.trace_id(), parent.trace_id());
        assert_ne!(child.to_string(), parent.to_string());
    }

    #[test]
    fn what_is_not_a_traceparent_is_refused() {
        for text in [
            "",
            "00-0-0-01",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ] {
            assert_eq!(text.parse::<TraceContext>(), Err(TraceError), "{text:?}");
        }
    }
}
