//! A table while its tags go by.

use super::blocks::{Cell, Table};

/// An open table.
#[derive(Default)]
pub struct Open {
    pub line: usize,
    pub table: Table,
    pub row: Vec<Cell>,
    /// The cell being read, with the columns and rows it spans.
    pub cell: Option<(Cell, usize, usize)>,
    /// Cells that reach down into the next rows: column, rows left, the cell.
    pub spans: Vec<(usize, usize, Cell)>,
}

impl Open {
    pub fn fill_spans(&mut self) {
        loop {
            let column = self.row.len();
            match self.spans.iter_mut().find(|(at, left, _)| *at == column && *left > 0) {
                Some((_, left, cell)) => {
                    *left -= 1;
                    let cell = cell.clone();
                    self.row.push(cell);
                }
                None => return,
            }
        }
    }

    /// Ends the cell being read; a cell that spans is repeated and marked.
    pub fn end_cell(&mut self) {
        let Some((cell, columns, rows)) = self.cell.take() else { return };
        self.fill_spans();
        let column = self.row.len();
        for at in 0..columns {
            let spanned = Cell { is_spanned: at > 0, ..cell.clone() };
            self.row.push(spanned.clone());
            if rows > 1 {
                self.spans.push((column + at, rows - 1, Cell { is_spanned: true, ..spanned }));
            }
        }
    }
}
