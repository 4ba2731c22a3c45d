//! Persons, teams and what follows from their dates. No database here.

use espalier_kernel::{Date, id, words};
use espalier_store::{Fault, FromRow, Row};

id! {
    /// A person: somebody who works here, worked here, or comes as a guest.
    pub struct PersonId;
}
id! {
    /// A team.
    pub struct TeamId;
}

words! {
    /// Whether somebody belongs to the organisation.
    pub enum PersonKind {
        /// Works here.
        Member = "member",
        /// Comes from outside: a coach, a rater.
        Guest = "guest",
    }
}

words! {
    /// What somebody is trusted with beyond their own work.
    pub enum Role {
        /// Runs the installation; reads no content because of it.
        Administrator = "administrator",
        /// HR partner of a team and all below it, or of everybody.
        Hr = "hr",
        /// Looks after a framework, or all of them.
        FrameworkOwner = "framework-owner",
        /// Checks the audit log.
        Auditor = "auditor",
    }
}

impl Role {
    /// What pages call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Hr => "HR partner",
            Self::FrameworkOwner => "Framework owner",
            Self::Auditor => "Auditor",
        }
    }
}

/// A person as a page shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Their name, in any script.
    pub name: String,
    /// Member or guest.
    pub kind: PersonKind,
    /// Their e-mail address.
    pub email: String,
    /// How to speak of them.
    pub pronouns: String,
    /// What they do.
    pub job_title: String,
    /// Their team.
    pub team: Option<TeamId>,
    /// Its name.
    pub team_name: Option<String>,
    /// Where they are.
    pub location: String,
    /// Their time zone, by its IANA name.
    pub time_zone: String,
    /// `09:00-17:00`.
    pub working_hours: String,
    /// Languages, separated by commas.
    pub languages: String,
    /// First day.
    pub started_on: Option<Date>,
    /// First day on which they are no longer here.
    pub left_on: Option<Date>,
    /// Raised with each change, so that two people changing it at once do not undo each other.
    pub version: i64,
}

impl Person {
    /// Whether they have left.
    #[must_use]
    pub fn has_left(&self, today: Date) -> bool {
        self.left_on.is_some_and(|left| left <= today)
    }
}

impl FromRow for Person {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            name: row.take()?,
            kind: row.take()?,
            email: row.take()?,
            pronouns: row.take()?,
            job_title: row.take()?,
            team: row.take()?,
            team_name: row.take()?,
            location: row.take()?,
            time_zone: row.take()?,
            working_hours: row.take()?,
            languages: row.take()?,
            started_on: row.take()?,
            left_on: row.take()?,
            version: row.take()?,
        })
    }
}

/// A person as a line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    /// Their id.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Where they stand in the order of names.
    pub sort_key: String,
    /// What they do.
    pub job_title: String,
    /// The name of their team.
    pub team_name: Option<String>,
    /// Where they are.
    pub location: String,
}

impl FromRow for PersonLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            name: row.take()?,
            sort_key: row.take()?,
            job_title: row.take()?,
            team_name: row.take()?,
            location: row.take()?,
        })
    }
}

/// A team as a line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamLine {
    /// Its id.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// The ids from the root to here.
    pub path: String,
}

impl FromRow for TeamLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self { id: row.take()?, name: row.take()?, path: row.take()? })
    }
}

/// A level somebody holds or held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelEntry {
    /// The framework, by its own id.
    pub framework: String,
    /// The track in it.
    pub track: String,
    /// The level in it.
    pub level: String,
    /// Since when.
    pub since_on: Date,
}

impl FromRow for LevelEntry {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self { framework: row.take()?, track: row.take()?, level: row.take()?, since_on: row.take()? })
    }
}

/// The level held on a day, from a history sorted with the newest first.
#[must_use]
pub fn level_on(history: &[LevelEntry], day: Date) -> Option<&LevelEntry> {
    history.iter().find(|entry| entry.since_on <= day)
}

/// The two letters that stand for a name where there is little room.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(level: &str, since: &str) -> LevelEntry {
        LevelEntry {
            framework: "coaching".to_owned(),
            track: "coach".to_owned(),
            level: level.to_owned(),
            since_on: since.parse().unwrap(),
        }
    }

    #[test]
    fn the_level_of_a_day_is_the_newest_that_had_begun() {
        let history = [entry("senior", "2026-04-01"), entry("coach", "2024-01-01")];
        let level = |day: &str| level_on(&history, day.parse().unwrap()).map(|entry| entry.level.as_str());
        assert_eq!(level("2026-03-31"), Some("coach"));
        assert_eq!(level("2026-04-01"), Some("senior"));
        assert_eq!(level("2023-12-31"), None);
    }

    #[test]
    fn initials_work_in_any_script() {
        assert_eq!(initials("Ada Marsh"), "AM");
        assert_eq!(initials("山田 太郎"), "山太");
        assert_eq!(initials("Prince"), "P");
        assert_eq!(initials(""), "");
    }
}
