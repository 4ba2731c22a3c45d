use espalier_kernel::words;

/// A file as rows of cells, each with the line it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What stands over the columns.
    pub head: Vec<String>,
    /// Line and cells.
    pub rows: Vec<(u64, Vec<String>)>,
}

/// Why a file is no sheet at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetFault {
    /// Not UTF-8.
    #[error(
        "line {line} has a byte that is not UTF-8 text; save the file as “CSV UTF-8”, or convert it from the \
         encoding it was saved in"
    )]
    Encoding {
        /// The line, from 1.
        line: usize,
    },
    /// Two bytes for each letter.
    #[error("this file is saved as UTF-16; save it as “CSV UTF-8”")]
    Wide,
    /// A spreadsheet file instead of a text file.
    #[error("this is a spreadsheet file; in your spreadsheet program, save it as “CSV UTF-8”")]
    Spreadsheet,
    /// Nothing in it.
    #[error("the file has no rows")]
    Empty,
    /// A row the reader of comma-separated values could not make out.
    #[error("line {line} could not be read as comma-separated values: {why}")]
    Broken {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// No column holds e-mail addresses or names.
    #[error("no column is recognised as “{0}”; people are told apart by e-mail address and need a name")]
    NoColumn(&'static str),
}

words! {
    /// What a column holds.
    pub enum Field {
        /// The full name.
        Name = "name",
        /// The e-mail address, by which people are told apart.
        Email = "email",
        /// The manager's e-mail address.
        Manager = "manager",
        /// The team, with the teams around it: `Engineering / Platform`.
        Team = "team",
        /// What they do.
        JobTitle = "job_title",
        /// How to speak of them.
        Pronouns = "pronouns",
        /// Where they are.
        Location = "location",
        /// IANA name: `Europe/Stockholm`.
        TimeZone = "time_zone",
        /// `09:00-17:00`.
        WorkingHours = "working_hours",
        /// With commas between.
        Languages = "languages",
        /// First day.
        StartedOn = "started_on",
        /// First day on which they are no longer here.
        LeftOn = "left_on",
        /// `member` or `guest`.
        Kind = "kind",
        /// The framework their level belongs to.
        Framework = "framework",
        /// The track in it.
        Track = "track",
        /// The level in it.
        Level = "level",
        /// Since when they hold it.
        LevelSince = "level_since",
    }
}

impl Field {
    /// What pages call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Email => "E-mail",
            Self::Manager => "Manager’s e-mail",
            Self::Team => "Team",
            Self::JobTitle => "Job title",
            Self::Pronouns => "Pronouns",
            Self::Location => "Location",
            Self::TimeZone => "Time zone",
            Self::WorkingHours => "Working hours",
            Self::Languages => "Languages",
            Self::StartedOn => "Started on",
            Self::LeftOn => "Left on",
            Self::Kind => "Member or guest",
            Self::Framework => "Framework",
            Self::Track => "Track",
            Self::Level => "Level",
            Self::LevelSince => "Level since",
        }
    }

    /// Other heads under which people keep the same thing.
    const fn also(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["full name", "display name", "employee", "person", "employee name"],
            Self::Email => &["e-mail", "mail", "email address", "e-mail address", "work email", "username"],
            Self::Manager => &[
                "manager email",
                "manager e-mail",
                "manager's email",
                "reports to",
                "supervisor",
                "line manager",
            ],
            Self::Team => &["department", "org unit", "organisation", "organization", "squad", "unit"],
            Self::JobTitle => &["title", "role", "position", "job"],
            Self::Pronouns => &["pronoun"],
            Self::Location => &["office", "city", "site"],
            Self::TimeZone => &["timezone", "tz"],
            Self::WorkingHours => &["hours"],
            Self::Languages => &["language"],
            Self::StartedOn => &["start date", "started", "hire date", "hired", "joined", "start"],
            Self::LeftOn => &["end date", "left", "leave date", "termination date", "last day", "end"],
            Self::Kind => &["type", "employment type"],
            Self::Framework => &["career framework"],
            Self::Track => &["ladder", "career track"],
            Self::Level => &["grade", "career level"],
            Self::LevelSince => &["since", "level since when", "in level since"],
        }
    }

    fn of_head(head: &str) -> Option<Self> {
        let head = head.trim().to_lowercase().replace('_', " ");
        Self::ALL
            .iter()
            .copied()
            .find(|field| field.word().replace('_', " ") == head || field.also().contains(&head.as_str()))
    }
}

/// What each column holds; `None` for a column that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping(pub Vec<Option<Field>>);

impl Mapping {
    /// Guesses from what stands over the columns; each field is taken once.
    #[must_use]
    pub fn guess(head: &[String]) -> Self {
        let mut taken = Vec::new();
        Self(
            head.iter()
                .map(|head| {
                    let field = Field::of_head(head).filter(|field| !taken.contains(field));
                    taken.extend(field);
                    field
                })
                .collect(),
        )
    }

    /// The column of a field.
    #[must_use]
    pub fn column(&self, field: Field) -> Option<usize> {
        self.0.iter().position(|&held| held == Some(field))
    }

    /// Checks that people can be told apart and named.
    ///
    /// # Errors
    ///
    /// When the e-mail or name column is missing.
    pub fn check(&self) -> Result<(), SheetFault> {
        for field in [Field::Email, Field::Name] {
            if self.column(field).is_none() {
                return Err(SheetFault::NoColumn(field.title()));
            }
        }
        Ok(())
    }
}

/// A row that cannot be taken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The line in the file.
    pub line: u64,
    /// A whole sentence: what is wrong, where, what to do.
    pub reason: String,
}

impl Sheet {
    /// Reads comma-, semicolon- or tab-separated text in UTF-8.
    ///
    /// # Errors
    ///
    /// When the file is of another kind or encoding, empty, or broken.
    pub fn read(bytes: &[u8]) -> Result<Self, SheetFault> {
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(SheetFault::Wide);
        }
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(SheetFault::Spreadsheet);
        }
        let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| SheetFault::Encoding {
            line: 1 + bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count(),
        })?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(text))
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| SheetFault::Broken {
                line: error.position().map_or(0, csv::Position::line),
                why: error.to_string(),
            })?;
            let line = record.position().map_or(0, csv::Position::line);
            let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push((line, cells));
            }
        }
        if rows.len() < 2 {
            return Err(SheetFault::Empty);
        }
        let (_, head) = rows.remove(0);
        Ok(Self { head, rows })
    }
}

/// The separator that stands most often in the first line.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|&mark| (first.bytes().filter(|&byte| byte == mark).count(), mark == b','))
        .unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_tabs_and_a_byte_order_mark_are_all_read() {
        for text in ["name,email\nAda,a@x", "\u{feff}name;email\nAda;a@x", "name\temail\nAda\ta@x"] {
            let sheet = Sheet::read(text.as_bytes()).unwrap();
            assert_eq!(sheet.head, ["name", "email"]);
            assert_eq!(sheet.rows, [(2, vec!["Ada".to_owned(), "a@x".to_owned()])]);
        }
    }

    #[test]
    fn a_file_of_another_kind_says_what_to_do() {
        let said = |bytes: &[u8]| Sheet::read(bytes).unwrap_err();
        assert_eq!(said(b"name,email\nJos\xe9,j@x\n"), SheetFault::Encoding { line: 2 });
        assert_eq!(said(&[0xff, 0xfe, b'n', 0]), SheetFault::Wide);
        assert_eq!(said(b"PK\x03\x04rest"), SheetFault::Spreadsheet);
        assert_eq!(said(b"name,email\n"), SheetFault::Empty);
        assert_eq!(said(b""), SheetFault::Empty);
    }

    #[test]
    fn columns_are_recognised_under_the_names_people_give_them() {
        let head =
            ["Full Name", "Work Email", "Reports to", "Department", "Shoe size", "Email"].map(str::to_owned);
        assert_eq!(
            Mapping::guess(&head).0,
            [Some(Field::Name), Some(Field::Email), Some(Field::Manager), Some(Field::Team), None, None]
        );
        let missing = Mapping::guess(&["name".to_owned()]).check();
        assert_eq!(missing, Err(SheetFault::NoColumn("E-mail")));
    }

    #[test]
    fn a_row_knows_its_line_even_after_a_cell_of_several_lines() {
        let sheet = Sheet::read(b"name,email\n\"Ada\nMarsh\",a@x\nBo,b@x\n").unwrap();
        assert_eq!(sheet.rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4]);
    }
}
