//! Names of conventions and calendars as people spell them: with or without capitals, spaces, hyphens and brackets.
//!
//! Only that is left out. Every other sign tells names apart (30E/360 and 30E+/360 are two conventions), so a spelling
//! never turns one name into another.

/// No name that is known is longer.
const MAX_NAME: usize = 64;

/// The name without capitals, spaces, hyphens and brackets, and with "actual" as "act". Empty when it is too long.
pub(crate) fn key(name: &str) -> String {
    if name.chars().nth(MAX_NAME).is_some() {
        return String::new();
    }
    let kept = |c: &char| !c.is_whitespace() && !matches!(c, '-' | '_' | '(' | ')');
    let plain: String = name.chars().filter(kept).map(|c| c.to_ascii_lowercase()).collect();
    plain.replace("actual", "act")
}

/// The name as an error repeats it.
pub(crate) fn shown(name: &str) -> String {
    name.chars().take(MAX_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_meet_and_different_names_do_not() {
        assert_eq!(key("30E/360 (ISDA)"), "30e/360isda");
        assert_eq!(key("Actual/365.25"), key("ACT/365.25"));
        assert_ne!(key("Act/365.25"), key("Act/36525"));
        assert_ne!(key("30E+/360"), key("30E/360"));
        assert_ne!(key("30/360"), key("30\u{2044}360"));
    }

    #[test]
    fn a_name_too_long_is_no_name_and_is_shown_cut() {
        assert_eq!(key(&"x".repeat(64)).len(), 64);
        assert_eq!(key(&"x".repeat(65)), "");
        assert_eq!(key(&format!("act/360{}", " ".repeat(80))), "");
        assert_eq!(shown(&"é".repeat(1_000)).chars().count(), 64);
    }
}
