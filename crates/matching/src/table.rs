//! Small tables of whole numbers: one header line, commas, nothing quoted.

use std::io::BufRead;

/// What is wrong with a file, and where. Nothing was taken from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct BadLine {
    /// The file's name.
    pub file: String,
    /// The line, counted from 1; the header is line 1.
    pub line: usize,
    /// A whole sentence.
    pub message: String,
}

/// A file read line by line, of which some columns are wanted.
pub(crate) struct Table<R> {
    file: &'static str,
    from: R,
    text: Vec<u8>,
    line: usize,
    /// Where each column of the file goes, in the order of the file.
    places: Vec<Option<usize>>,
    names: &'static [&'static str],
}

impl<R: BufRead> Table<R> {
    /// Reads the header and finds the columns by their names, in whatever order they stand.
    pub fn open(file: &'static str, from: R, names: &'static [&'static str]) -> Result<Self, BadLine> {
        let mut table = Self { file, from, text: Vec::new(), line: 0, places: Vec::new(), names };
        if !table.fetch()? {
            return Err(table.wrong_at(1, "The file is empty; it begins with a line of column names."));
        }
        let header = String::from_utf8_lossy(&table.text).into_owned();
        let header = header.trim_start_matches('\u{feff}');
        for name in header.split(',') {
            let place = names.iter().position(|wanted| *wanted == name.trim());
            if place.is_some() && table.places.contains(&place) {
                return Err(table.wrong(format!("The column “{}” stands there twice.", name.trim())));
            }
            table.places.push(place);
        }
        for (place, name) in names.iter().enumerate() {
            if !table.places.contains(&Some(place)) {
                return Err(table.wrong(format!("The column “{name}” is missing.")));
            }
        }
        Ok(table)
    }

    /// The numbers of the next line that holds anything, in the order in which the columns were asked for.
    pub fn next<const N: usize>(&mut self) -> Result<Option<[i64; N]>, BadLine> {
        loop {
            if !self.fetch()? {
                return Ok(None);
            }
            if !self.text.is_empty() {
                return self.numbers().map(Some);
            }
        }
    }

    /// Something is wrong with the line read last.
    pub fn wrong(&self, message: impl Into<String>) -> BadLine {
        self.wrong_at(self.line, message)
    }

    /// Something is wrong with a line read earlier.
    pub fn wrong_at(&self, line: usize, message: impl Into<String>) -> BadLine {
        BadLine { file: self.file.to_owned(), line, message: message.into() }
    }

    /// The line read last, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    fn fetch(&mut self) -> Result<bool, BadLine> {
        self.text.clear();
        self.line += 1;
        // Nothing here is longer than a few dozen bytes; a file without line ends is not read into memory whole.
        let read = std::io::Read::take(&mut self.from, LONGEST_LINE).read_until(b'\n', &mut self.text);
        match read {
            Err(error) => Err(self.wrong(format!("The line could not be read: {error}."))),
            Ok(0) => Ok(false),
            Ok(_) if self.text.len() as u64 >= LONGEST_LINE => {
                Err(self.wrong("The line is longer than any line of numbers."))
            }
            Ok(_) => {
                while self.text.last().is_some_and(u8::is_ascii_whitespace) {
                    self.text.pop();
                }
                Ok(true)
            }
        }
    }

    fn numbers<const N: usize>(&self) -> Result<[i64; N], BadLine> {
        let mut numbers = [0; N];
        let mut cells = 0;
        for cell in self.text.split(|byte| *byte == b',') {
            match self.places.get(cells) {
                None => return Err(self.wrong(format!("There are more than {} cells.", self.places.len()))),
                Some(None) => {}
                Some(&Some(place)) => numbers[place] = self.number(cell, place)?,
            }
            cells += 1;
        }
        if cells < self.places.len() {
            return Err(self.wrong(format!("There are {cells} cells instead of {}.", self.places.len())));
        }
        Ok(numbers)
    }

    fn number(&self, cell: &[u8], place: usize) -> Result<i64, BadLine> {
        // Almost every cell is a few digits.
        if (1..=9).contains(&cell.len()) && cell.iter().all(u8::is_ascii_digit) {
            return Ok(cell.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')));
        }
        let text = String::from_utf8_lossy(cell);
        text.trim().parse().map_err(|error: std::num::ParseIntError| {
            let name = self.names[place];
            let shown: String = text.trim().chars().take(30).collect();
            match error.kind() {
                std::num::IntErrorKind::PosOverflow | std::num::IntErrorKind::NegOverflow => {
                    self.wrong(format!("“{shown}” in the column “{name}” is too large a number."))
                }
                std::num::IntErrorKind::Empty => self.wrong(format!("The column “{name}” is empty.")),
                _ => self.wrong(format!("“{shown}” in the column “{name}” is not a whole number.")),
            }
        })
    }
}

const LONGEST_LINE: u64 = 4096;
