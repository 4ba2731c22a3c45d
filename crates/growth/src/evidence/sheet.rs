//! Evidence as a file: what a table says, row by row, and what of it can be taken. A file with errors changes nothing;
//! the same file twice changes nothing the second time. No database.

use std::collections::HashSet;

use espalier_kernel::Date;
use espalier_people::import::{BadRow, Sheet};

use super::{MOST_STATEMENTS, Written};

/// The most rows of one file.
pub const MOST_ROWS: usize = 5_000;

/// The heads of the file that is written, in order. The last is not read back.
pub const HEAD: [&str; 7] = ["date", "situation", "action", "effect", "link", "statements", "confirmed"];

/// Other heads under which people keep the same things, in the order of [`HEAD`].
const ALSO: [&[&str]; 6] = [
    &["day", "happened on", "when"],
    &["context"],
    &["what happened", "what i did", "deed", "evidence", "achievement"],
    &["result", "outcome", "impact"],
    &["url", "artefact", "artifact"],
    &["statement", "supports"],
];

/// A row that can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it says.
    pub written: Written,
    /// The statements it supports.
    pub statements: Vec<String>,
}

/// What would become of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is new.
    pub new: Vec<Row>,
    /// How many rows are in the log already.
    pub known: usize,
    /// What cannot be taken.
    pub bad: Vec<BadRow>,
}

/// How a piece is told from others: by its day and all its words.
#[must_use]
pub fn key(written: &Written) -> (Date, String) {
    (written.happened_on, format!("{}\n{}", written.words(), written.link.trim()))
}

/// Looks at a file.
///
/// # Errors
///
/// When it has no column that says what somebody did, or too many rows.
pub fn plan(
    sheet: &Sheet,
    today: Date,
    log: &HashSet<(Date, String)>,
    is_statement: impl Fn(&str) -> bool,
) -> Result<Plan, String> {
    let columns = columns(&sheet.head);
    if columns[0].is_none() || columns[2].is_none() {
        return Err("The file needs a column “date” and a column “action”.".to_owned());
    }
    if sheet.rows.len() > MOST_ROWS {
        return Err("The file has more than 5,000 rows. Take it in parts.".to_owned());
    }
    let mut plan = Plan::default();
    let mut seen = HashSet::new();
    for (line, cells) in &sheet.rows {
        match row(&columns, cells, today, &is_statement) {
            Err(reason) => plan.bad.push(BadRow { line: *line, reason }),
            Ok(row) => {
                let key = key(&row.written);
                if log.contains(&key) || !seen.insert(key) {
                    plan.known += 1;
                } else {
                    plan.new.push(row);
                }
            }
        }
    }
    Ok(plan)
}

fn columns(head: &[String]) -> [Option<usize>; 6] {
    std::array::from_fn(|place| {
        head.iter().position(|head| {
            let head = head.trim().to_lowercase().replace('_', " ");
            head == HEAD[place] || ALSO[place].contains(&head.as_str())
        })
    })
}

fn row(
    columns: &[Option<usize>; 6],
    cells: &[String],
    today: Date,
    is_statement: &impl Fn(&str) -> bool,
) -> Result<Row, String> {
    let mut read: [String; 6] = Default::default();
    for (place, column) in columns.iter().enumerate() {
        let cell = column.and_then(|column| cells.get(column)).map_or("", String::as_str);
        read[place] = plain(cell).ok_or_else(|| {
            format!(
                "The cell “{}” begins like a formula of a spreadsheet ({}). Begin it with a letter, or with ' to keep it.",
                HEAD[place],
                cell.chars().next().unwrap_or_default()
            )
        })?;
    }
    let [day, situation, deed, effect, link, statements] = read;
    if day.contains('\0') || deed.contains('\0') || situation.contains('\0') || effect.contains('\0') {
        return Err("There is a character in it that cannot be kept (NUL).".to_owned());
    }
    let happened_on = day.parse::<Date>().map_err(|fault| format!("{fault}."))?;
    let written = Written { happened_on, situation, deed, effect, link };
    if let Some((field, sentence)) = written.wrong(today).first() {
        let place = match *field {
            "happened_on" => 0,
            "situation" => 1,
            "deed" => 2,
            "effect" => 3,
            _ => 4,
        };
        return Err(format!("“{}”: {sentence}", HEAD[place]));
    }
    let mut ids: Vec<String> = statements
        .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > MOST_STATEMENTS {
        return Err("One piece of evidence supports at most 20 statements.".to_owned());
    }
    if let Some(strange) = ids.iter().find(|id| !is_statement(id)) {
        return Err(format!("There is no statement “{strange}” in your framework."));
    }
    Ok(Row { written, statements: ids })
}

const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell without the mark that keeps a spreadsheet from computing it; nothing for a cell that would be computed.
fn plain(cell: &str) -> Option<String> {
    if cell.starts_with(FORMULA) {
        return None;
    }
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA) => Some(rest.to_owned()),
        _ => Some(cell.to_owned()),
    }
}

/// A cell that no spreadsheet computes.
#[must_use]
pub fn safe(cell: &str) -> String {
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
}

/// A log as a file.
///
/// # Panics
///
/// Never: writing to memory does not fail.
#[must_use]
pub fn written<'a>(rows: impl Iterator<Item = (&'a Written, String, &'static str)>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEAD).expect("memory takes a row");
    for (one, statements, confirmed) in rows {
        let cells = [
            one.happened_on.to_string(),
            safe(&one.situation),
            safe(&one.deed),
            safe(&one.effect),
            safe(&one.link),
            statements,
            confirmed.to_owned(),
        ];
        writer.write_record(cells).expect("memory takes a row");
    }
    writer.into_inner().expect("memory takes the last row")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(text: &str) -> Plan {
        let sheet = Sheet::read(text.as_bytes()).unwrap();
        plan(&sheet, "2026-03-02".parse().unwrap(), &HashSet::new(), |id| id.starts_with('s')).unwrap()
    }

    #[test]
    fn every_bad_row_is_named_with_its_line_and_its_reason() {
        let plan = look(
            "Date,Action,Link,Statements\n\
             2026-01-10,I led the retro.,https://x.example,s1 s2\n\
             10.1.2026,I led it,,\n\
             2026-03-03,I will lead it,,\n\
             2026-01-10,,,\n\
             2026-01-10,\"=HYPERLINK(\"\"x\"\")\",,\n\
             2026-01-10,I led it,javascript:x,\n\
             2026-01-10,I led it,,q9\n",
        );
        let bad: Vec<(u64, &str)> = plan.bad.iter().map(|bad| (bad.line, bad.reason.as_str())).collect();
        assert_eq!(plan.new.len(), 1);
        assert_eq!(plan.new[0].statements, ["s1", "s2"]);
        assert_eq!(bad.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8]);
        for ((_, reason), words) in bad.iter().zip([
            "is not a date",
            "has not come yet",
            "Write what you did",
            "begins like a formula",
            "begins with https://",
            "no statement “q9”",
        ]) {
            assert!(reason.contains(words), "{reason}");
        }
    }

    #[test]
    fn what_is_written_reads_back_and_is_known_then() {
        let one = Written {
            happened_on: "2026-01-10".parse().unwrap(),
            situation: "Two teams, \"one\" plan".to_owned(),
            deed: "=1+1 is what I said\nand then -2".to_owned(),
            effect: "+3 people".to_owned(),
            link: "https://x.example/?a=1,2".to_owned(),
        };
        let file = written([(&one, "s1 s2".to_owned(), "confirmed")].into_iter());
        let text = String::from_utf8(file.clone()).unwrap();
        assert!(text.contains("'=1+1") && text.contains("'+3"), "{text}");
        let sheet = Sheet::read(&file).unwrap();
        let today = "2026-03-02".parse().unwrap();
        let fresh = plan(&sheet, today, &HashSet::new(), |_| true).unwrap();
        assert_eq!(fresh.new, [Row { written: one.clone(), statements: vec!["s1".into(), "s2".into()] }]);
        let again = plan(&sheet, today, &HashSet::from([key(&one)]), |_| true).unwrap();
        assert_eq!((again.new.len(), again.known, again.bad.len()), (0, 1, 0));
    }

    #[test]
    fn a_file_without_days_or_deeds_is_no_log() {
        let sheet = Sheet::read(b"name,email\nAda,a@x\n").unwrap();
        let refused = plan(&sheet, "2026-03-02".parse().unwrap(), &HashSet::new(), |_| true);
        assert!(refused.unwrap_err().contains("needs a column"));
    }
}
