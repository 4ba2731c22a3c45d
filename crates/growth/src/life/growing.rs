//! Steps, goals and feedback of invented people.

use espalier_kernel::{Id, Moment};
use espalier_people::demo::life::{Invented, pick};
use espalier_people::person::PersonId;

use super::words::{ACTIONS, FEEDBACK, GOALS, RATINGS, STEPS};
use super::{Life, Round, WHOLE, one_of};
use crate::feedback::{FeedbackId, FeedbackState};
use crate::goal::{GoalId, GoalState};
use crate::plan::{CheckpointId, DeedId, Outcome, StepId, StepState};
use crate::talk::TalkId;

impl Life<'_> {
    /// Every second talk that was signed ends in a step.
    pub(super) fn agree_on_a_step(
        &mut self,
        one: &Invented,
        lead: PersonId,
        (talk, round): (TalkId, Round),
        statements: &[String],
    ) {
        let number = one.number;
        if !round.is_over || pick(number, 400 + round.place, 2) == 0 {
            return;
        }
        let Some(((framework, version), _)) = self.held(one, round.begun_on) else { return };
        let framework = framework.id.to_string();
        let place = pick(number, 410 + round.place, statements.len() as u64);
        let Some(to) = statements.get(usize::try_from(place).unwrap_or_default()) else { return };
        let begun_on = round.due_on.plus_days(3);
        let begun = self.at(begun_on);
        let id = StepId::new(self.mint.id(begun));
        let [why, much_less, less, expected, more, much_more, evidence, first, stop] =
            one_of(&STEPS, number, 420 + round.place);
        // A step of the last round is still being worked on; earlier ones are over.
        let is_over = round.place < 2;
        let outcome = is_over.then(|| match pick(number, 430, 5) {
            0 => Outcome::Dropped,
            1 => Outcome::Changed,
            _ => Outcome::Reached,
        });
        let (state, said) = match outcome {
            None => (StepState::Begun, ""),
            Some(Outcome::Reached) => (StepState::Ended, "It goes without thinking about it by now."),
            Some(_) => (StepState::Ended, "Something else mattered more this half-year."),
        };
        let support = self.colleague(one, 440).map(|other| other.id);
        let first_on = Some(begun_on.plus_days(6));
        let first_done: Option<Moment> = Some(self.at(begun_on.plus_days(5)));
        let ended: Option<Moment> = is_over.then(|| self.at(begun_on.plus_days(150)));
        let changed = ended.unwrap_or(begun);
        self.sheets.steps.add([
            &id,
            &one.id,
            &Some(talk),
            &framework,
            &version,
            to,
            to,
            &why,
            &much_less,
            &less,
            &expected,
            &more,
            &much_more,
            &support,
            &evidence,
            &first,
            &first_on,
            &first_done,
            &stop,
            &state,
            &outcome,
            &said,
            &2_i64,
            &begun,
            &changed,
            &Some(begun),
            &ended,
        ]);
        for which in 0..2 {
            let (kind, words) = one_of(&ACTIONS, number, 450 + which);
            let done: Option<Moment> = (which == 0).then(|| self.at(begun_on.plus_days(20)));
            self.sheets.deeds.add([&DeedId::new(self.mint.id(begun)), &id, &kind, &words, &begun, &done]);
        }
        let held_on = begun_on.plus_days(60);
        let held: Option<Moment> = (held_on < self.now.date()).then(|| self.at(held_on));
        let (seen, none) =
            (if held.is_some() { "Half of the way, and in good spirits." } else { "" }, None::<Moment>);
        self.sheets.checkpoints.add([
            &CheckpointId::new(self.mint.id(begun)),
            &id,
            &held_on,
            &seen,
            &held,
            &none,
        ]);
        for (rater, days, reached) in [(one.id, 0, -1), (lead, 30, -1), (one.id, 75, 0), (lead, 100, 0)] {
            let day = begun_on.plus_days(days);
            if day >= self.now.date() {
                continue;
            }
            let reached: i64 = reached + i64::from(days > 50 && outcome == Some(Outcome::Reached));
            let words = one_of(&RATINGS, number, 460 + u64::from(days.unsigned_abs()));
            self.sheets.ratings.add([&id, &rater, &day, &reached, &words, &self.at(day)]);
        }
    }

    /// Goals, and what colleagues tell them.
    pub(super) fn grow(&mut self, one: &Invented) {
        if one.number >= WHOLE {
            return;
        }
        if one.number % 4 == 1 && one.is_here(self.now.date()) {
            self.goal(one);
        }
        for which in 0..2 {
            if pick(one.number, 500 + which, 3) == 0 {
                self.feedback(one, 510 + 10 * which);
            }
        }
    }

    fn goal(&mut self, one: &Invented) {
        let today = self.now.date();
        let begun_on = today.plus_days(-120).max(one.started_on);
        let begun = self.at(begun_on);
        let id = GoalId::new(self.mint.id(begun));
        let [title, why, measure, from, to] = one_of(&GOALS, one.number, 470);
        let (nothing, none, by_on) = (None::<String>, None::<Moment>, today.plus_days(90));
        self.sheets.goals.add([
            &id,
            &one.id,
            &title,
            &why,
            &measure,
            &from,
            &to,
            &by_on,
            &GoalState::Open,
            &nothing,
            &"",
            &1_i64,
            &begun,
            &begun,
            &none,
        ]);
        let (first, last): (i64, i64) = (from.parse().unwrap_or_default(), to.parse().unwrap_or_default());
        for step in 0..3 {
            let day = today.plus_days(-100 + 40 * step).max(begun_on);
            let value = (first + (last - first) * i64::from(step) / 4).to_string();
            if day < today && day >= begun_on.plus_days(step) {
                self.sheets.values.add([&id, &day, &value, &"", &self.at(day)]);
            }
        }
    }

    fn feedback(&mut self, one: &Invented, question: u64) {
        let days = i32::try_from(pick(one.number, question, 400)).unwrap_or_default();
        let day = self.now.date().plus_days(-2 - days);
        let Some(other) = self.colleague(one, question + 1) else { return };
        if !one.is_here(day) || !other.is_here(day) {
            return;
        }
        let (giver, receiver): (Id, Id) = (one.id.id(), other.id.id());
        let at = self.at(day);
        let id = FeedbackId::new(self.mint.id(at));
        let [situation, behaviour, effect] = one_of(&FEEDBACK, one.number, question + 2);
        let read: Option<Moment> = (days > 10).then(|| at.plus_seconds(86_400));
        let (nothing, none) = (None::<String>, None::<Moment>);
        self.sheets.feedback.add([
            &id,
            &giver,
            &receiver,
            &"",
            &"",
            &nothing,
            &none,
            &situation,
            &behaviour,
            &effect,
            &FeedbackState::Given,
            &1_i64,
            &at,
            &at,
            &Some(at),
            &read,
            &none,
        ]);
    }
}
