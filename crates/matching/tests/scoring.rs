//! Edges come from hard rules and points, and leaving most pairs out changes nothing.

use espalier_matching::scoring::{
    AreaWish, Ask, Candidates, Criterion, Give, HardRule, Hours, Line, Person, Wanted, Weighting,
};
use proptest::prelude::*;

/// Ada leads Bo, who leads Cy; Di stands apart.
fn lines() -> Vec<Line> {
    Line::of_all(&[None, Some(0), Some(1), None])
}

fn bo() -> Ask {
    let of =
        Person { person: 1, line: lines()[1], hours: Hours::new(16, 16), languages: 1, area: 7, group: None };
    Ask { of, wanted: vec![Wanted { skill: 3, level: 1 }], ..Ask::default() }
}

fn di() -> Give {
    let of =
        Person { person: 3, line: lines()[3], hours: Hours::new(18, 16), languages: 1, area: 7, group: None };
    Give { of, skills: vec![(3, 3)], is_open: true }
}

#[test]
fn each_hard_rule_says_why_two_people_are_no_pair() {
    let judge = |ask: &Ask, give: &Give| Weighting::default().judge(ask, give, 0).map(|points| points.fit());
    assert_eq!(judge(&bo(), &di()), Ok(3200 + 1500 * 14 / 16));
    let with = |change: fn(&mut Give)| {
        let mut give = di();
        change(&mut give);
        judge(&bo(), &give)
    };
    assert_eq!(with(|give| give.of.person = 1), Err(HardRule::Oneself));
    assert_eq!(with(|give| give.is_open = false), Err(HardRule::NotOffering));
    assert_eq!(with(|give| give.of.line = lines()[0]), Err(HardRule::ReportingLine));
    assert_eq!(with(|give| give.of.line = lines()[2]), Err(HardRule::ReportingLine));
    assert_eq!(with(|give| give.of.languages = 2), Err(HardRule::Language));
    assert_eq!(with(|give| give.of.hours = Hours::new(27, 16)), Err(HardRule::Hours));
    assert_eq!(with(|give| give.skills = vec![(3, 1), (4, 5)]), Err(HardRule::Skill));
    let blocked = Ask { blocked: vec![0], ..bo() };
    assert_eq!(judge(&blocked, &di()), Err(HardRule::Blocked));
    assert_eq!(HardRule::Blocked.words(), "This pair is excluded.");
}

#[test]
fn points_say_what_speaks_for_a_pair() {
    let ask = Ask { area: AreaWish::Same, named: vec![0], ..bo() };
    let points = Weighting::default().judge(&ask, &di(), 0).unwrap();
    let reasons: Vec<Criterion> = points.reasons().into_iter().map(|(criterion, _)| criterion).collect();
    assert_eq!(reasons, [Criterion::Skills, Criterion::Named, Criterion::Hours, Criterion::Area]);
    let all = Weighting::default();
    let most: i32 = all.skills.iter().sum::<i32>() + all.hours + all.area + all.group + all.named;
    assert!(most <= 10_000 && all.named * 5 <= most, "wishes are a fifth at most");
}

#[test]
fn hours_go_around_midnight() {
    assert_eq!(Hours::new(44, 8).shared(Hours::new(0, 4)), 4);
    assert_eq!(Hours::new(0, 99).shared(Hours::new(0, 48)), 48);
}

fn person() -> impl Strategy<Value = Person> {
    (0..6_u32, 0..48_u32, 1..4_u64, 0..2_u32, prop::option::of(0..2_u8)).prop_map(
        |(person, from, languages, area, group)| Person {
            person,
            line: Line::of_all(&[None, Some(0), Some(1), None, Some(3), Some(3)])[person as usize],
            hours: Hours::new(from, 16),
            languages,
            area,
            group,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_best_candidates_are_those_that_looking_at_everybody_finds(
        of in person(),
        wanted in prop::collection::vec((0..4_u16, 0..5_u8), 0..4),
        same_group: bool,
        gives in prop::collection::vec((person(), prop::collection::btree_map(0..4_u16, 1..6_u8, 0..3), any::<bool>()), 0..40),
        blocked in prop::collection::btree_set(0..40_u32, 0..3),
        most in 1..6_usize,
    ) {
        let wanted = wanted.into_iter().map(|(skill, level)| Wanted { skill, level }).collect();
        let ask = Ask {
            of, wanted, same_group, area: AreaWish::Other, named: vec![2], blocked: blocked.into_iter().collect(),
        };
        let gives: Vec<Give> = gives
            .into_iter()
            .map(|(of, skills, is_open)| Give { of, skills: skills.into_iter().collect(), is_open })
            .collect();
        let candidates = Candidates::new(&gives, Weighting::default());
        let mut all: Vec<(i32, u32)> = (0..u32::try_from(gives.len()).unwrap())
            .filter_map(|mentor| Some((-candidates.judge(&ask, mentor).ok()?.fit(), mentor)))
            .collect();
        all.sort_unstable();
        all.truncate(most);
        all.sort_unstable_by_key(|(_, mentor)| *mentor);
        let best = candidates.best(&ask, most);
        prop_assert_eq!(best.iter().map(|edge| (-edge.fit, edge.mentor)).collect::<Vec<_>>(), all);
    }
}
