//! Sheets as rows of texts: CSV in any of its dialects, and XLSX unpacked within limits.

use crate::{
    files::{Files, ending, stem},
    report::{Finding, Unreadable},
};
use calamine::{Data, Reader as _, Xlsx};
use std::io::{Cursor, Read as _};

/// One sheet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    pub file: String,
    pub name: String,
    pub rows: Vec<Vec<String>>,
    /// The line of the file on which each row begins; rows themselves where there are no lines.
    pub lines: Vec<usize>,
    /// Row, column and formula.
    pub formulas: Vec<(usize, usize, String)>,
}

/// What an XLSX may unfold to, whatever it claims.
const UNFOLDED: u64 = 64 * 1024 * 1024;
const ROWS: usize = 50_000;
const COLUMNS: usize = 500;
const CELLS: usize = 2_000_000;

/// Reads all sheets of a file.
pub fn sheets(files: &Files, path: &str) -> Result<Vec<Sheet>, Unreadable> {
    match ending(path).as_str() {
        "xlsx" | "xlsm" => xlsx(path, files.bytes(path).unwrap_or_default()),
        _ => Ok(vec![csv(path, files.text(path)?)?]),
    }
}

fn csv(path: &str, text: &str) -> Result<Sheet, Unreadable> {
    let head = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t', b'|']
        .into_iter()
        .max_by_key(|mark| (head.bytes().filter(|byte| byte == mark).count(), *mark == b','))
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().and_then(|at| usize::try_from(at.line()).ok());
            Finding::error(path, line, format!("This is not a CSV file: {error}."))
        })?;
        let line = record.position().and_then(|at| usize::try_from(at.line()).ok()).unwrap_or(rows.len() + 1);
        if rows.len() >= ROWS || record.len() > COLUMNS {
            return Err(Finding::error(
                path,
                line,
                format!("More than {ROWS} rows or {COLUMNS} columns are refused."),
            )
            .into());
        }
        rows.push(record.iter().map(str::to_owned).collect());
        lines.push(line);
    }
    Ok(Sheet { file: path.to_owned(), name: stem(path).to_owned(), rows, lines, formulas: Vec::new() })
}

fn xlsx(path: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Unreadable> {
    unfold(path, bytes)?;
    let bad = |error: String| {
        Finding::error(path, None, format!("This is not an XLSX file that can be read: {error}."))
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| bad(error.to_string()))?;
    let mut out = Vec::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).map_err(|error| bad(error.to_string()))?;
        let (top, left) = range.start().map_or((0, 0), |(row, column)| (row as usize, column as usize));
        let mut rows = vec![Vec::new(); top];
        for row in range.rows() {
            let mut cells = vec![String::new(); left];
            // Styled but empty cells reach far beyond the words; they are not carried along.
            let end = row.iter().rposition(|cell| !matches!(cell, Data::Empty)).map_or(0, |last| last + 1);
            cells.extend(row[..end].iter().map(text));
            rows.push(cells);
        }
        let words = rows.iter().rposition(|row| row.iter().any(|cell| !cell.is_empty()));
        rows.truncate(words.map_or(0, |last| last + 1));
        let mut formulas = Vec::new();
        if let Ok(range) = book.worksheet_formula(&name)
            && let Some((top, left)) = range.start()
        {
            for (row, column, formula) in range.used_cells().filter(|(_, _, formula)| !formula.is_empty()) {
                formulas.push((row + top as usize, column + left as usize, formula.clone()));
            }
        }
        out.push(Sheet { file: path.to_owned(), name, lines: (1..=rows.len()).collect(), rows, formulas });
    }
    Ok(out)
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::Float(number) => number.to_string(),
        other => other.to_string(),
    }
}

/// Unpacks everything once with a limit before anything trusts it: sizes written in an archive can lie, and one
/// cell far out would make a sheet of billions.
fn unfold(path: &str, bytes: &[u8]) -> Result<(), Unreadable> {
    let bad = |message: String| Unreadable::from(Finding::error(path, None, message));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| bad(format!("This is not an XLSX file: {error}.")))?;
    if archive.len() > 2_000 {
        return Err(bad("This archive has far too many parts for a sheet.".into()));
    }
    let mut total: u64 = 0;
    for at in 0..archive.len() {
        let entry =
            archive.by_index(at).map_err(|error| bad(format!("This archive is damaged: {error}.")))?;
        let is_sheet = entry.name().is_ok_and(|name| name.contains("worksheets/"));
        let mut content = Vec::new();
        let left = UNFOLDED - total;
        entry
            .take(left + 1)
            .read_to_end(&mut content)
            .map_err(|error| bad(format!("This archive is damaged: {error}.")))?;
        total += content.len() as u64;
        if total > UNFOLDED {
            return Err(bad(format!("This archive unfolds to more than {UNFOLDED} bytes; it is refused.")));
        }
        if is_sheet && !fits(&content) {
            return Err(bad(format!(
                "A sheet reaches beyond {ROWS} rows or {COLUMNS} columns; it is refused."
            )));
        }
    }
    Ok(())
}

/// Whether every cell of a sheet lies within the limits.
fn fits(content: &[u8]) -> bool {
    let (mut rows, mut columns) = (1, 1);
    for tag in content.split(|byte| *byte == b'<').filter(|tag| tag.starts_with(b"c ")) {
        let Some(at) = tag.windows(4).position(|window| window == b" r=\"") else { continue };
        let address = tag[at + 4..].split(|byte| *byte == b'"').next().unwrap_or_default();
        let letters = address.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let column = address[..letters].iter().fold(0_usize, |sum, byte| {
            sum.saturating_mul(26).saturating_add(usize::from(byte.to_ascii_uppercase() - b'A') + 1)
        });
        let digits = address[letters..].iter().take_while(|byte| byte.is_ascii_digit());
        let row =
            digits.fold(0_usize, |sum, byte| sum.saturating_mul(10).saturating_add(usize::from(byte - b'0')));
        rows = rows.max(row);
        columns = columns.max(column);
    }
    rows <= ROWS && columns <= COLUMNS && rows.saturating_mul(columns) <= CELLS
}
