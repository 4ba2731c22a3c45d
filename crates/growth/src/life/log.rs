//! What invented people did, and what somebody confirmed.

use espalier_people::demo::life::{Invented, pick};

use super::words::DEEDS;
use super::{Life, WHOLE};
use crate::actions::asked;
use crate::evidence::claims::pillar_of;
use crate::evidence::{CorroborationId, EvidenceId, OPEN_DAYS, Reply};

/// How many pieces each of them keeps, and how many days lie between two.
const PIECES: i32 = 22;
const APART: i32 = 25;

impl Life<'_> {
    pub(super) fn log(&mut self, one: &Invented) {
        for piece in 0..PIECES {
            let question = 100 + u64::from(piece.unsigned_abs());
            let apart = i32::try_from(pick(one.number, question, 20)).unwrap_or_default();
            let day = self.now.date().plus_days(-3 - piece * APART - apart);
            if !one.is_here(day) {
                continue;
            }
            let at = self.at(day);
            let id = EvidenceId::new(self.mint.id(at));
            let place = (one.number * 7 + piece.unsigned_abs() as usize) % DEEDS.len();
            let [situation, deed, effect] = DEEDS[place];
            let link = if place % 5 == 1 { "https://wiki.demo.example/notes" } else { "" };
            self.sheets
                .evidence
                .add([&id, &one.id, &day, &situation, &deed, &effect, &link, &1_i64, &at, &at]);
            if one.number >= WHOLE {
                continue;
            }
            self.claim(one, id, day, question);
            if piece % 4 == 1 {
                self.confirm(one, (id, day), ([situation, deed, effect], link), question);
            }
        }
    }

    fn claim(&mut self, one: &Invented, id: EvidenceId, day: espalier_kernel::Date, question: u64) {
        let Some(((framework, version), level)) = self.held(one, day) else { return };
        let statements = asked(framework, level);
        let mut rows = Vec::new();
        for step in 0..1 + question % 2 {
            let place = pick(one.number, question + 50 * (step + 1), statements.len() as u64);
            let Some(statement) = statements.get(usize::try_from(place).unwrap_or_default()) else {
                continue;
            };
            let row = (
                framework.id.to_string(),
                version,
                statement.id.to_string(),
                pillar_of(framework, statement),
            );
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        for (framework, version, statement, pillar) in rows {
            self.sheets.claims.add([&id, &one.id, &framework, &version, &statement, &pillar, &day]);
        }
    }

    /// A colleague was asked, and mostly says that it was so.
    fn confirm(
        &mut self,
        one: &Invented,
        (evidence, on): (EvidenceId, espalier_kernel::Date),
        (words, link): ([&str; 3], &str),
        question: u64,
    ) {
        let Some(colleague) = self.colleague(one, question).map(|other| other.id) else { return };
        let at = self.at(on);
        let id = CorroborationId::new(self.mint.id(at));
        let words = words.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
        let (reply, said) = match pick(one.number, question + 1, 8) {
            0 => (Reply::Amended, "It was the two of us, and the idea was yours."),
            1 => (Reply::Declined, ""),
            2 => (Reply::Asked, ""),
            _ => (Reply::Confirmed, ""),
        };
        let answered = (reply != Reply::Asked).then(|| at.plus_seconds(2 * 86_400));
        let expires = at.plus_seconds(OPEN_DAYS * 86_400);
        let none: Option<String> = None;
        self.sheets.corroborations.add([
            &id,
            &evidence,
            &none,
            &"",
            &"",
            &Some(colleague),
            &1_i64,
            &on,
            &words,
            &link,
            &reply,
            &said,
            &at,
            &expires,
            &answered,
        ]);
    }
}
