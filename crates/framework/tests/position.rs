//! Where people stand, told with the sample: Ada mentors Bo, Cy manages Bo.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use espalier_framework::{
    Framework, NodeId, Rule, RuleKind, StatementId,
    position::{Answers, Claim, PointClaim, State, View, coverage, level_reached},
    sample,
};

fn id(text: &str) -> NodeId {
    NodeId::new(text).unwrap()
}

fn say(answers: &mut Answers, statement: &str, state: State, supported: bool) {
    answers.statements.insert(StatementId::new(statement).unwrap(), Claim { state, supported });
}

/// Bo meets everything asked of an Agile Coach.
fn bo(framework: &Framework) -> Answers {
    let mut answers = Answers::default();
    for level in ["associate", "coach"] {
        for statement in framework.everything_at(level) {
            say(&mut answers, statement.id.as_str(), State::Meeting, true);
        }
    }
    answers
}

fn reached(framework: &Framework, answers: &Answers, view: View, pillar: &str) -> Option<String> {
    let standing = level_reached(framework, "coach", answers, view);
    standing.pillars.iter().find(|p| p.pillar == Some(id(pillar)))?.reached.as_ref().map(ToString::to_string)
}

#[test]
fn a_person_holds_the_level_whose_must_statements_are_met_in_every_pillar() {
    let sample = sample();
    let answers = bo(&sample);
    let standing = level_reached(&sample, "coach", &answers, View::Agreed);
    assert_eq!(standing.holds, Some(id("coach")));
    for pillar in ["behavior", "craft", "impact"] {
        assert_eq!(reached(&sample, &answers, View::Agreed, pillar).as_deref(), Some("coach"), "{pillar}");
    }
}

#[test]
fn nothing_makes_up_for_a_missing_must_statement() {
    let sample = sample();
    let mut answers = bo(&sample);
    say(&mut answers, "sco1", State::Developing, true);
    for id in ["sco2", "sco3", "sco4", "las1", "las2", "las3", "las4"] {
        say(&mut answers, id, State::Exceeding, true);
    }
    let standing = level_reached(&sample, "coach", &answers, View::Agreed);
    assert_eq!(standing.holds, None);
    let impact = standing.pillars.iter().find(|p| p.pillar == Some(id("impact"))).unwrap();
    assert_eq!(impact.next, Some(id("associate")));
    assert_eq!(
        impact.sentence(&sample),
        "No level yet; 1 statement short of Associate Agile Coach in Impact."
    );
}

#[test]
fn a_statement_that_is_no_must_does_not_hold_anybody_back() {
    let sample = sample();
    let mut answers = bo(&sample);
    say(&mut answers, "thi3", State::NotYet, true);
    assert_eq!(reached(&sample, &answers, View::Agreed, "behavior").as_deref(), Some("coach"));
}

#[test]
fn unsupported_claims_count_in_my_view_only_and_are_flagged() {
    let sample = sample();
    let mut answers = bo(&sample);
    say(&mut answers, "las2", State::Meeting, false);
    assert_eq!(reached(&sample, &answers, View::Mine, "impact").as_deref(), Some("coach"));
    assert_eq!(reached(&sample, &answers, View::Agreed, "impact").as_deref(), Some("associate"));
    let standing = level_reached(&sample, "coach", &answers, View::Mine);
    assert_eq!(standing.unsupported, [StatementId::new("las2").unwrap()]);
}

#[test]
fn a_senior_coach_needs_one_craft_area_at_specialist() {
    let sample = sample();
    let mut answers = bo(&sample);
    let craft = |answers: &Answers| {
        let standing = level_reached(&sample, "coach", answers, View::Agreed);
        standing.pillars.into_iter().find(|p| p.pillar == Some(id("craft"))).unwrap()
    };
    let before = craft(&answers);
    assert_eq!(before.reached, Some(id("coach")));
    assert_eq!(before.short.rules, [id("senior-one")]);
    // fac5 counts only for conveners, so Bo, who chose no archetype, does not need it.
    for id in ["fac3", "fac4", "fac6"] {
        say(&mut answers, id, State::Meeting, true);
    }
    let after = craft(&answers);
    assert_eq!(after.reached, Some(id("senior")));
    // At Staff all four areas must be strong: two statements short in each of the three others.
    assert_eq!(after.short.statements.len(), 6);
    assert_eq!(
        after.sentence(&sample),
        "Holds Senior Agile Coach; 6 statements short of Staff Agile Coach in Craft."
    );
    answers.archetypes.insert(id("convener"));
    assert_eq!(craft(&answers).reached, Some(id("coach")));
}

#[test]
fn a_point_can_be_claimed_as_a_whole_and_counts_with_its_lower_end() {
    let sample = sample();
    let mut answers = bo(&sample);
    let claim = |low: &str, high: &str| PointClaim { low: id(low), high: id(high), supported: true };
    answers.points.insert(id("coaching"), claim("strong", "specialist"));
    assert_eq!(reached(&sample, &answers, View::Agreed, "craft").as_deref(), Some("coach"));
    answers.points.insert(id("coaching"), claim("specialist", "specialist"));
    assert_eq!(reached(&sample, &answers, View::Agreed, "craft").as_deref(), Some("senior"));
    answers.points.insert(id("teaching"), claim("learning", "baseline"));
    let standing = level_reached(&sample, "coach", &answers, View::Agreed);
    let craft = standing.pillars.iter().find(|p| p.pillar == Some(id("craft"))).unwrap();
    assert_eq!(craft.reached, None);
    assert_eq!(craft.short.points[0].has, Some(id("learning")));
}

#[test]
fn rules_with_points_and_answers_decide_as_they_say() {
    let mut sample = sample();
    sample.rules = vec![Rule {
        id: id("points"),
        level: Some(id("senior")),
        kind: RuleKind::TotalPoints,
        of: "craft/*".parse().unwrap(),
        min: Some(10.0),
        ..Rule::default()
    }];
    let mut answers = bo(&sample);
    assert_eq!(reached(&sample, &answers, View::Agreed, "craft").as_deref(), Some("coach"));
    let specialist = PointClaim { low: id("specialist"), high: id("specialist"), supported: true };
    answers.points.insert(id("coaching"), specialist);
    assert_eq!(reached(&sample, &answers, View::Agreed, "craft").as_deref(), Some("senior"));

    sample.rules = vec![Rule {
        id: id("band"),
        level: Some(id("senior")),
        kind: RuleKind::WeightedBand,
        of: "craft/*".parse().unwrap(),
        min: Some(3.0),
        weights: [(id("coaching"), 0.5), (id("teaching"), 0.5)].into(),
        ..Rule::default()
    }];
    assert_eq!(reached(&sample, &answers, View::Agreed, "craft").as_deref(), Some("senior"));

    sample.rules = vec![Rule {
        id: id("tolerance"),
        level: Some(id("coach")),
        kind: RuleKind::Answers,
        of: "impact/*".parse().unwrap(),
        k: Some(1),
        ..Rule::default()
    }];
    say(&mut answers, "las2", State::Developing, true);
    assert_eq!(reached(&sample, &answers, View::Agreed, "impact").as_deref(), Some("coach"));
    say(&mut answers, "sco2", State::Developing, true);
    assert_eq!(reached(&sample, &answers, View::Agreed, "impact").as_deref(), Some("associate"));
    say(&mut answers, "sco2", State::NotYet, true);
    say(&mut answers, "las2", State::Meeting, true);
    assert_eq!(reached(&sample, &answers, View::Agreed, "impact").as_deref(), Some("associate"));
}

#[test]
fn coverage_is_what_was_rated_of_what_applies() {
    let sample = sample();
    let mut answers = Answers::default();
    let none = coverage(&sample, "coach", &answers);
    assert_eq!(none.rated, 0);
    assert!(none.applicable > 20);
    say(&mut answers, "sco2", State::NotYet, false);
    say(&mut answers, "las2", State::NotObserved, false);
    assert_eq!(coverage(&sample, "coach", &answers).rated, 1);
}
