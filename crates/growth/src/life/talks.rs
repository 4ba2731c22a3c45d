//! Talks of invented people, and the self-assessments before them.

use espalier_framework::Statement;
use espalier_governance::matrix::title;
use espalier_governance::queries::VersionId;
use espalier_kernel::{Id, Moment};
use espalier_people::demo::life::{Invented, pick};
use espalier_people::person::PersonId;

use super::words::{LEAD_NOTES, OWN_NOTES, TALK_NOTES};
use super::{Life, Round, WHOLE, one_of};
use crate::actions::asked;
use crate::assessment::{Answer, AssessmentId};
use crate::talk::{ItemKind, Outcome, Part, Side, TalkId, TalkState};

/// What a talk hangs on.
#[derive(Clone, Copy)]
struct Hung<'a> {
    id: TalkId,
    round: Round,
    one: &'a Invented,
    lead: PersonId,
    begun: Moment,
}

impl Life<'_> {
    /// Whether somebody has a talk in a round; it is written.
    pub(super) fn round(&mut self, one: &Invented, round: Round) -> bool {
        if !one.is_here(round.begun_on) || one.started_on.plus_days(60) > round.begun_on {
            return false;
        }
        // Nobody plans a talk with somebody who is gone.
        if !round.is_over && one.left_on.is_some() {
            return false;
        }
        let begun = self.at(round.begun_on);
        let id = TalkId::new(self.mint.id(begun));
        let lead = one.lead_on(round.due_on);
        let held = self.held(one, round.begun_on);
        let state = state(one, round, held.is_some() && lead.is_some());
        let (version, framework, name, level, level_name, statements) = match held {
            None => (None, "", "", "", String::new(), Vec::new()),
            Some(((framework, version), level)) => (
                Some(version),
                framework.id.as_str(),
                framework.name.as_str(),
                level,
                framework.level(level).map(title).unwrap_or_default(),
                ids(&asked(framework, level)),
            ),
        };
        let (framework, name) = (framework.to_owned(), name.to_owned());
        let was_opened = matches!(state, TalkState::Open | TalkState::Signed);
        let pace = round.pace();
        let days = |days: i64| Some(begun.plus_seconds(days * pace));
        let opened_at = days(20).filter(|_| was_opened);
        let signed_at = days(34).filter(|_| state == TalkState::Signed);
        let ended_at = match state {
            TalkState::CalledOff => one.left_on.map(|left| self.at(left)).or(days(30)),
            _ => signed_at,
        };
        let holder = lead.filter(|_| was_opened);
        let none: Option<Moment> = None;
        self.sheets.talks.add([
            &id,
            &Some(round.id),
            &one.id,
            &holder,
            &holder,
            &false,
            &version,
            &framework,
            &name,
            &level,
            &level_name,
            &ItemKind::Statement,
            &state,
            &round.due_on,
            &none,
            &begun,
            &opened_at,
            &signed_at,
            &signed_at,
            &ended_at,
        ]);
        if let Some(version) = version {
            let kept = (framework, name, level_name);
            self.assess(one, round, (version, kept, level), &statements);
            if let Some(lead) = lead.filter(|_| one.number < WHOLE) {
                self.talk(Hung { id, round, one, lead, begun }, state, &statements);
            }
        }
        true
    }

    fn assess(
        &mut self,
        one: &Invented,
        round: Round,
        (version, (framework, name, level_name), level): (VersionId, (String, String, String), &str),
        statements: &[String],
    ) {
        let is_whole = one.number < WHOLE;
        if pick(one.number, 200 + round.place, 10) >= if is_whole { 7 } else { 2 } {
            return;
        }
        let started = self.at(round.begun_on.plus_days(8));
        let finished = Some(started.plus_seconds(3_600));
        let id = AssessmentId::new(self.mint.id(started));
        let track = one.level_on(round.begun_on).map(|held| held.track).unwrap_or_default();
        self.sheets.assessments.add([
            &id,
            &one.id,
            &version,
            &framework,
            &name,
            &track,
            &level,
            &level_name,
            &true,
            &"archived",
            &started,
            &started,
            &finished,
        ]);
        let most = if is_whole { usize::MAX } else { 3 };
        for (place, statement) in statements.iter().enumerate().take(most) {
            let Some(state) = seen(Side::Person, one.number, round, place) else { continue };
            let note = note(&OWN_NOTES, one.number, place);
            self.sheets.answers.add([&id, statement, &state, &note, &1_i64, &started]);
        }
    }

    /// What the two prepared, agreed and wrote down.
    fn talk(&mut self, hung: Hung<'_>, state: TalkState, statements: &[String]) {
        let Hung { id, round, one, lead, begun } = hung;
        let number = one.number;
        let was_opened = matches!(state, TalkState::Open | TalkState::Signed);
        let sides = match pick(number, 220 + round.place, 4) {
            _ if was_opened => &[Side::Person, Side::Holder][..],
            0 if state == TalkState::Planned => &[Side::Person][..],
            1 if state == TalkState::Planned && !round.is_over => &[Side::Holder][..],
            _ => &[],
        };
        let pace = round.pace();
        let sealed = Some(begun.plus_seconds(14 * pace));
        for &side in sides {
            let (author, notes): (Id, _) = match side {
                Side::Person => (one.id.id(), &OWN_NOTES),
                Side::Holder => (lead.id(), &LEAD_NOTES),
            };
            let at = begun.plus_seconds(10 * pace);
            self.sheets.preparations.add([&id, &author, &side, &at, &sealed]);
            for (place, statement) in statements.iter().enumerate() {
                let Some(state) = seen(side, number, round, place) else { continue };
                let note = note(notes, number + side as usize, place);
                self.sheets.prepared.add([&id, &author, statement, &state, &note, &1_i64, &at]);
            }
        }
        if !was_opened {
            return;
        }
        let at = begun.plus_seconds(30 * pace);
        let most = if state == TalkState::Signed { usize::MAX } else { statements.len() / 3 };
        for (place, statement) in statements.iter().enumerate().take(most) {
            let (Some(own), Some(other)) =
                (seen(Side::Person, number, round, place), seen(Side::Holder, number, round, place))
            else {
                continue;
            };
            let (outcome, agreed, mine, yours) = if own != other && (number + place).is_multiple_of(7) {
                let mine = "I did this where you could not see it.";
                (Outcome::Differ, Answer::NotObserved, mine, "I believe it, and have not seen it myself.")
            } else {
                (Outcome::Agreed, other, "", "")
            };
            self.sheets.items.add([&id, statement, &outcome, &agreed, &mine, &yours, &1_i64, &at]);
        }
        let words = one_of(&TALK_NOTES, number, 240 + round.place);
        self.sheets.notes.add([&id, &Part::Notes, &words, &1_i64, &at]);
        if state == TalkState::Signed {
            self.agree_on_a_step(one, lead, (id, round), statements);
        }
    }
}

fn ids(statements: &[&Statement]) -> Vec<String> {
    statements.iter().map(|one| one.id.to_string()).collect()
}

/// How far a talk came. Earlier ones are mostly signed; of the round under way, some.
fn state(one: &Invented, round: Round, can_open: bool) -> TalkState {
    let draw = pick(one.number, 210 + round.place, 100);
    let left_before = one.left_on.is_some_and(|left| left <= round.due_on);
    match draw {
        _ if left_before => TalkState::CalledOff,
        _ if !can_open => TalkState::Planned,
        0..38 => TalkState::Signed,
        38..90 if round.is_over => TalkState::Signed,
        38..60 => TalkState::Open,
        90..94 if round.is_over => TalkState::CalledOff,
        94..96 if round.is_over => TalkState::Open,
        _ => TalkState::Planned,
    }
}

/// What a side saw of a point: mostly the same as the other, at some points a step apart, at some nothing.
fn seen(side: Side, number: usize, round: Round, place: usize) -> Option<Answer> {
    let question = 300 + place as u64 * 8;
    // People grow: what was not yet there in the first round mostly is in the last.
    let grown = if round.place > 1 { 10 } else { 0 };
    let shift = match pick(number, question + round.place, 12) {
        0 if side == Side::Person => return None,
        1 if side == Side::Holder => return None,
        2 if side == Side::Holder => 30,
        3 if side == Side::Person => 30,
        _ => 0,
    };
    Some(match pick(number, question, 100) + grown + shift {
        0..12 => Answer::NotYet,
        12..35 => Answer::Developing,
        35..100 => Answer::Meeting,
        _ => Answer::Exceeding,
    })
}

fn note(these: &[&'static str], number: usize, place: usize) -> &'static str {
    if pick(number, 900 + place as u64, 6) == 0 { one_of(these, number, 950 + place as u64) } else { "" }
}
