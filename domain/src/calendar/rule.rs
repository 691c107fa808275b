//! What makes a day a holiday: rules that hold in every year, and named exceptions that held once.

use jiff::civil::{Date, Weekday};

use super::easter::easter_sunday;

/// A holiday by its rule, in the years that it was or is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holiday {
    pub(super) name: &'static str,
    rule: Rule,
    first_year: i16,
    last_year: i16,
    /// Years in between in which it was not kept on its day.
    except: &'static [i16],
}

#[derive(Debug, Clone, Copy)]
enum Rule {
    /// A day of a month, and where it is kept when it falls on a weekend.
    Fixed { month: i8, day: i8, weekend: Weekend },
    /// The one such weekday among seven days of a month.
    InWeek { month: i8, first_day: i8, weekday: Weekday },
    /// Days after Easter Sunday.
    Easter(i32),
    /// Good Friday, unless it is the first Friday of April: employment figures are published then.
    GoodFridayWithoutFigures,
    /// Every such weekday of a part of one year, from a month and day to the year's end.
    EveryFrom { month: i8, day: i8, weekday: Weekday },
}

/// Where a holiday is kept that falls on a Saturday or Sunday.
#[derive(Debug, Clone, Copy)]
pub(super) enum Weekend {
    /// Nowhere else.
    Lost,
    /// Sunday's on Monday; Saturday's nowhere else.
    SundayToMonday,
    /// Saturday's on Friday, Sunday's on Monday.
    Nearest,
    /// Both on Monday.
    ToMonday,
    /// Saturday's on Monday, Sunday's on Tuesday: the first two weekdays after a pair of holidays.
    TwoDaysLater,
}

impl Holiday {
    const fn new(name: &'static str, rule: Rule) -> Self {
        Self { name, rule, first_year: i16::MIN, last_year: i16::MAX, except: &[] }
    }

    pub(super) const fn fixed(name: &'static str, month: i8, day: i8, weekend: Weekend) -> Self {
        Self::new(name, Rule::Fixed { month, day, weekend })
    }

    /// The `nth` such weekday of a month, from 1.
    pub(super) const fn nth(name: &'static str, nth: i8, weekday: Weekday, month: i8) -> Self {
        Self::in_week(name, month, 7 * nth - 6, weekday)
    }

    /// The last such weekday of a month of 31 days.
    pub(super) const fn last_of_31(name: &'static str, weekday: Weekday, month: i8) -> Self {
        Self::in_week(name, month, 25, weekday)
    }

    /// The one such weekday among the seven days of a month from `first_day` on.
    pub(super) const fn in_week(name: &'static str, month: i8, first_day: i8, weekday: Weekday) -> Self {
        Self::new(name, Rule::InWeek { month, first_day, weekday })
    }

    pub(super) const fn easter(name: &'static str, days_after: i32) -> Self {
        Self::new(name, Rule::Easter(days_after))
    }

    pub(super) const fn good_friday_without_figures(name: &'static str) -> Self {
        Self::new(name, Rule::GoodFridayWithoutFigures)
    }

    pub(super) const fn every_from(name: &'static str, month: i8, day: i8, weekday: Weekday) -> Self {
        Self::new(name, Rule::EveryFrom { month, day, weekday })
    }

    /// One day that was a holiday once.
    pub(super) const fn once(name: &'static str, year: i16, month: i8, day: i8) -> Self {
        Self::fixed(name, month, day, Weekend::Lost).since(year).until(year)
    }

    pub(super) const fn since(self, first_year: i16) -> Self {
        Self { first_year, ..self }
    }

    pub(super) const fn until(self, last_year: i16) -> Self {
        Self { last_year, ..self }
    }

    pub(super) const fn except(self, except: &'static [i16]) -> Self {
        Self { except, ..self }
    }

    /// Whether it is kept on this date.
    pub(super) fn falls_on(&self, date: Date) -> bool {
        let year = match self.rule {
            // A New Year's Day that falls on a Saturday may be kept in the year before.
            Rule::Fixed { month, day, weekend } => weekend.kept_on(month, day, date).map(|day| day.year()),
            Rule::InWeek { month, first_day, weekday } => {
                let days = first_day..first_day.saturating_add(7);
                (date.month() == month && days.contains(&date.day()) && date.weekday() == weekday).then(|| date.year())
            }
            Rule::Easter(days_after) => (after_easter(date) == Some(days_after)).then(|| date.year()),
            Rule::GoodFridayWithoutFigures => {
                let figures = date.month() == 4 && date.day() <= 7;
                (after_easter(date) == Some(-2) && !figures).then(|| date.year())
            }
            Rule::EveryFrom { month, day, weekday } => {
                let begun = (date.month(), date.day()) >= (month, day);
                (begun && date.weekday() == weekday).then(|| date.year())
            }
        };
        year.is_some_and(|year| (self.first_year..=self.last_year).contains(&year) && !self.except.contains(&year))
    }
}

impl Weekend {
    /// The day of the given month that is kept on `date`: the date itself or a day of the weekend next to it.
    fn kept_on(self, month: i8, day: i8, date: Date) -> Option<Date> {
        let on_day = |candidate: &Date| candidate.month() == month && candidate.day() == day;
        if on_day(&date) {
            return Some(date);
        }
        let yesterday = || date.yesterday().ok();
        let two_days_ago = || date.yesterday().and_then(Date::yesterday).ok();
        let moved = match (self, date.weekday()) {
            (Self::Nearest, Weekday::Friday) => [date.tomorrow().ok(), None],
            (Self::SundayToMonday | Self::Nearest, Weekday::Monday) => [yesterday(), None],
            (Self::ToMonday, Weekday::Monday) => [yesterday(), two_days_ago()],
            (Self::TwoDaysLater, Weekday::Monday | Weekday::Tuesday) => [two_days_ago(), None],
            _ => [None, None],
        };
        moved.into_iter().flatten().find(on_day)
    }
}

/// Days from Easter Sunday of its year to a date; before it when negative.
fn after_easter(date: Date) -> Option<i32> {
    // No holiday that moves with Easter lies outside these months.
    if !(3..=6).contains(&date.month()) {
        return None;
    }
    let easter = easter_sunday(date.year())?;
    Some(i32::from(date.day_of_year()).saturating_sub(i32::from(easter.day_of_year())))
}
