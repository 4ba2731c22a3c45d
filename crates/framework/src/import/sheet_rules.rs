//! What sheets know beside their words: answers people give, formulas that judge them, the order of levels.

use super::{mapping::Header, sheets::Sheets, workbook::Sheet};
use crate::{
    ids::NodeId,
    model::{Point, Rule, RuleKind, Scale, ScaleKind, Selector},
    words::folded,
};

impl Sheets<'_> {
    /// Columns in which the same few short words stand again and again are answers, not statements.
    pub(super) fn answer_columns(
        &mut self,
        sheet: &Sheet,
        header: &Header,
        levels: &[(usize, NodeId)],
    ) -> Vec<usize> {
        let width = sheet.rows.iter().map(Vec::len).max().unwrap_or(0);
        let computed: Vec<usize> = sheet.formulas.iter().map(|(row, _, _)| *row).collect();
        let mut out = Vec::new();
        for column in 0..width {
            if levels.iter().any(|(at, _)| *at == column) || header.columns.values().any(|at| *at == column) {
                continue;
            }
            let cells: Vec<&str> = (sheet.rows.iter().enumerate().skip(header.row + 1))
                .filter(|(at, _)| !computed.contains(at))
                .filter_map(|(_, row)| row.get(column).map(|cell| cell.trim()))
                .filter(|cell| !cell.is_empty())
                .collect();
            let mut distinct = cells.clone();
            distinct.sort_unstable();
            distinct.dedup();
            let repeats = cells.len() >= 2 && distinct.len() * 2 <= cells.len() && distinct.len() <= 6;
            if repeats && distinct.iter().all(|word| word.chars().count() <= 24) {
                out.push(column);
                for word in distinct {
                    self.answer(word);
                }
            }
        }
        out
    }

    fn answer(&mut self, word: &str) {
        if !self.answers.iter().any(|known| known == word) {
            self.answers.push(word.to_owned());
        }
    }

    /// Formulas that count answers are rules: so many of this word at most.
    pub(super) fn rules(&mut self, sheet: &Sheet, levels: &[(usize, NodeId)], competency: Option<&NodeId>) {
        for (row, column, formula) in &sheet.formulas {
            let counts = counted(formula);
            let level = levels.iter().filter(|(at, _)| at <= column).max_by_key(|(at, _)| *at);
            let (Some((_, level)), Some(competency), false) = (level, competency, counts.is_empty()) else {
                self.b.note(
                    &sheet.file,
                    row + 1,
                    format!("A formula in \"{}\" is not understood: ={formula}", sheet.name),
                );
                continue;
            };
            for (word, _) in &counts {
                self.answer(word);
            }
            let id = self.b.fresh("rule", &format!("{competency}-{level}"), "");
            let k = counts.iter().map(|(_, most)| *most).max();
            self.b.framework.rules.push(Rule {
                id,
                level: Some(level.clone()),
                kind: RuleKind::Answers,
                of: Selector::Competency(competency.clone()),
                k,
                text: format!("={formula}"),
                ..Rule::default()
            });
        }
    }

    pub(super) fn scale_of_answers(&mut self) {
        if self.answers.is_empty() {
            return;
        }
        let points = std::mem::take(&mut self.answers);
        let points = points.iter().map(|word| Point {
            id: NodeId::from_title(word),
            name: word.clone(),
            ..Point::default()
        });
        let id = self.b.fresh("scale", "answer", "");
        let kind = ScaleKind::Assessment;
        self.b.framework.scales.push(Scale {
            id,
            name: "Answer".into(),
            kind,
            points: points.collect(),
            ..Scale::default()
        });
        self.b.note(
            "(source)",
            None,
            "The words people answer with became a scale; add the points that nobody has used yet.",
        );
    }

    /// Levels stand in the order the mapping names, else as they appear; an alphabetical order is no order.
    pub(super) fn level_ranks(&mut self) {
        let order: Vec<String> = self.mapping.levels.iter().map(|name| folded(name)).collect();
        let tracks: Vec<(NodeId, String)> =
            self.b.framework.tracks.iter().map(|track| (track.id.clone(), track.name.clone())).collect();
        let mut unknown = Vec::new();
        for (track, name) in tracks {
            let names: Vec<String> = (self.b.framework.levels.iter())
                .filter(|level| level.track.as_ref() == Some(&track))
                .map(|level| folded(&level.name))
                .collect();
            let alphabetical = names.len() > 2 && names.windows(2).all(|pair| pair[0] <= pair[1]);
            let numbered = names.iter().all(|name| name.chars().any(|c| c.is_ascii_digit()));
            if alphabetical && !numbered && order.is_empty() {
                unknown.push(name);
                continue;
            }
            let levels =
                self.b.framework.levels.iter_mut().filter(|level| level.track.as_ref() == Some(&track));
            for (level, place) in levels.zip(1..) {
                let named = order.iter().position(|name| *name == folded(&level.name));
                level.rank = match named {
                    Some(at) => i64::try_from(at).ok().map(|at| at + 1),
                    None if order.is_empty() => Some(place),
                    None => None,
                };
            }
        }
        if !unknown.is_empty() {
            let message = format!(
                "The levels stand in alphabetical order, so their real order is not known (in {} of the tracks, first \"{}\"); \
                 name it with \"levels\" in a mapping.",
                unknown.len(),
                unknown[0]
            );
            self.b.warn("(source)", None, message);
        }
    }
}

/// The words a formula counts and how many of each it allows: `COUNTIF(C4:C12, "Somewhat"), 1`.
fn counted(formula: &str) -> Vec<(String, u32)> {
    let mut out = Vec::new();
    let mut rest = formula;
    while let Some(at) = rest.find("COUNTIF(") {
        rest = &rest[at + 8..];
        let Some((inside, after)) = rest.split_once(')') else { break };
        let word = inside.split('"').nth(1).map(str::to_owned);
        let digits: String = after
            .trim_start_matches([',', ' ', '<', '=', '>'])
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        if let (Some(word), Ok(most)) = (word, digits.parse()) {
            out.push((word, most));
        }
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_that_counts_answers_is_a_rule() {
        let formula = "IF(AND(EQ(COUNTIF(C4:C12, \"Nope\"), 0), LTE(COUNTIF(C4:C12, \"Somewhat\"), 1)), \"Yes\", \"No\")";
        assert_eq!(counted(formula), [("Nope".to_owned(), 0), ("Somewhat".to_owned(), 1)]);
        assert_eq!(counted("COUNTIF(A1:A3,\"Partly\")<=2"), [("Partly".to_owned(), 2)]);
    }
}
