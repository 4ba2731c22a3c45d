use std::future::Future;
use std::pin::Pin;

use espalier_access::{Action, Kind, Policy, Relation};
use espalier_store::{Fault, Tx};

/// One thing the house keeps about people, with its reason: a line of the register of purposes.
#[derive(Debug)]
pub struct Purpose {
    /// Its word in settings and in addresses.
    pub key: &'static str,
    /// What people call it: "evidence log".
    pub title: &'static str,
    /// The kinds of the access rules that it answers for.
    pub kinds: &'static [&'static Kind],
    /// Who may read it, where no kind says so; empty where the rules do.
    pub readers: &'static str,
    /// What it is kept for, as a sentence.
    pub purpose: &'static str,
    /// On which ground.
    pub basis: Basis,
    /// For how long.
    pub keep: Keep,
    /// The tables it lives in; for erasure, children before their parents.
    pub tables: &'static [Table],
}

impl Purpose {
    /// Who may read it, as the access rules have it: kind by kind where there are several.
    #[must_use]
    pub fn readers(&self, policy: &Policy) -> Vec<String> {
        if !self.readers.is_empty() {
            return vec![self.readers.to_owned()];
        }
        let of = |kind: &'static Kind| {
            let rules = kind.states.iter().flat_map(|&state| policy.readers(kind, Action::Read, state));
            let mut relations: Vec<Relation> = rules.flat_map(|rule| rule.when.iter().copied()).collect();
            relations.sort_unstable();
            relations.dedup();
            relations.into_iter().map(in_words).collect::<Vec<_>>()
        };
        match self.kinds {
            [one] => of(one).into_iter().map(str::to_owned).collect(),
            several => {
                several.iter().map(|kind| format!("{}: {}", kind.title, of(kind).join(", "))).collect()
            }
        }
    }
}

/// A reader as the register names them.
const fn in_words(relation: Relation) -> &'static str {
    match relation {
        Relation::Oneself => "the person",
        Relation::Manager => "their manager",
        Relation::Chain => "those further up the line",
        Relation::HrPartner => "their HR partner",
        Relation::FrameworkOwner => "framework owners",
        Relation::Administrator => "administrators",
        Relation::Auditor => "auditors",
        Relation::Grantee => "whom the person shares it with",
        Relation::Holder => "who holds the talk",
        Relation::Mentor => "their mentor",
        Relation::Coach => "their coach",
        Relation::Member => "every colleague",
        Relation::Guest => "guests",
        Relation::Suspended => "nobody",
    }
}

/// On which ground something is kept (GDPR, article 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Needed to work together (1b).
    Contract,
    /// The organisation's interest, weighed against the person's (1f).
    Interest,
    /// The person chose to write or to share it, and may take it back (1a).
    Choice,
    /// Asked for by law, and by the care for other people's data (1c).
    Duty,
}

impl Basis {
    /// As the register says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Contract => "needed to work together (GDPR 6.1 b)",
            Self::Interest => "the organisation’s legitimate interest (GDPR 6.1 f)",
            Self::Choice => "the person chose to keep it here (GDPR 6.1 a)",
            Self::Duty => "care for everybody’s data, as the law asks (GDPR 6.1 c)",
        }
    }
}

/// How long something is kept.
#[derive(Debug)]
pub enum Keep {
    /// As long as something else.
    With(&'static str),
    /// A time that nobody changes, kept by other means.
    Fixed(&'static str),
    /// Days that nobody changes, in words and as a number, and what goes then.
    Days(&'static str, i32, &'static [Sweep]),
    /// Months that an administrator may change within bounds.
    Months {
        /// Unless somebody chose otherwise.
        months: i64,
        /// At least.
        least: i64,
        /// At most.
        most: i64,
        /// Counted from when: "after the last day at work".
        since: &'static str,
        /// What goes then.
        sweeps: &'static [Sweep],
    },
}

/// Runs a part of an expiry by itself: the day before which things go, and how many at most.
pub type Run =
    for<'a> fn(&'a mut Tx, &'a str, i64) -> Pin<Box<dyn Future<Output = Result<u64, Fault>> + Send + 'a>>;

/// What goes when its time is over.
#[derive(Debug)]
pub enum Sweep {
    /// Rows of a table: its name, its key, and the condition, in which `{before}` is the first day that is kept.
    Rows(&'static str, &'static [&'static str], &'static str),
    /// Something with a step of its own.
    Run(Run),
    /// Persons, erased whole as if they had asked: the query that finds their ids.
    Erase(&'static str),
}

/// A table that says something about people.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The columns of its key.
    pub key: &'static [&'static str],
    /// How it gets into somebody's book.
    pub chapters: &'static [Chapter],
    /// Columns that may point to a person without the row being in their book, and why.
    pub left_out: &'static [(&'static str, &'static str)],
    /// What becomes of it when somebody is erased.
    pub erasure: &'static [Part],
}

/// A chapter of the book. In its texts `{person}` is whose book it is, `{today}` the day.
#[derive(Debug)]
pub struct Chapter {
    /// Its heading; chapters of one heading stand together.
    pub title: &'static str,
    /// The word in the JSON.
    pub word: &'static str,
    /// The kind by whose rules it is narrowed.
    pub kind: &'static Kind,
    /// The table with its alias, and what is joined to it.
    pub from: &'static str,
    /// Which rows.
    pub rows: &'static str,
    /// Whose they are, as the rules ask.
    pub subject: &'static str,
    /// Which record, as the rules ask; `''` where they ask for none.
    pub record: &'static str,
    /// Its state in the words of the rules.
    pub state: &'static str,
    /// In which order.
    pub order: &'static str,
    /// What is told of each.
    pub columns: &'static [Column],
}

/// One thing told of a row.
#[derive(Debug)]
pub struct Column {
    /// The word in the JSON.
    pub word: &'static str,
    /// The label on the page; empty where it needs none.
    pub label: &'static str,
    /// The expression.
    pub sql: &'static str,
    /// How it is shown.
    pub form: Form,
}

impl Column {
    /// A column shown as it is.
    #[must_use]
    pub const fn new(word: &'static str, label: &'static str, sql: &'static str, form: Form) -> Self {
        Self { word, label, sql, form }
    }
}

/// How a value of the book is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// What it belongs to: rows with the same stand under one heading.
    Heading,
    /// A name or another short text.
    Short,
    /// What somebody wrote.
    Words,
    /// A word of the house: `not_yet`.
    Word,
    /// A day.
    Day,
    /// A moment.
    Moment,
    /// A number.
    Number,
    /// Yes, or nothing.
    Yes,
    /// A statement or competency of the version in the same row.
    Statement,
    /// The version of a framework; only in the JSON.
    Version,
    /// Only in the JSON.
    Hidden,
}

/// What becomes of some rows when somebody is erased.
#[derive(Debug)]
pub struct Part {
    /// What becomes of them.
    pub fate: Fate,
    /// Which rows: a condition in which `{person}` is the person, `{now}` the moment and `{today}` the day.
    pub rows: &'static str,
    /// What they are, and where they stay, why.
    pub words: &'static str,
}

/// What becomes of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// They go.
    Goes,
    /// They stay with other values: what stands after `set`.
    Becomes(&'static str),
    /// They stay as they are.
    Stays,
}
