//! Every kind of difficulty, in sizes that brute force cannot reach: each answer carries its own proof.

mod support;

use espalier_matching::{Mode, Rules, draw, solve};
use support::families::{Family, family};

const FAMILIES: [Family; 4] = [Family::Uniform, Family::Common, Family::Ties, Family::Fields];

#[test]
fn every_family_is_solved_and_proved_whatever_the_rules() {
    let rules = [
        Rules::default(),
        Rules { floor: Some(3000), ..Rules::default() },
        Rules { mode: Mode::Score { reserve: 500 }, ..Rules::default() },
    ];
    for kind in FAMILIES {
        for (mentees, mentors) in [(300, 60), (300, 110), (300, 160)] {
            let instance = family(kind, mentees, mentors, 1).read().unwrap();
            for rules in &rules {
                let found = solve(&instance, rules).unwrap();
                let proof = found.prove(&instance, rules);
                assert!(proof.is_ok(), "{kind:?} {mentees} x {mentors} {rules:?}: {proof:?}");
                let drawn = draw(&instance, rules, &found, 7).unwrap();
                assert_eq!(drawn.prove(&instance, rules), proof, "{kind:?} {mentees} x {mentors} {rules:?}");
            }
        }
    }
}

#[test]
fn the_order_of_the_files_changes_nothing() {
    let texts = family(Family::Ties, 200, 80, 3);
    let mut turned = texts.clone();
    for text in [&mut turned.mentees, &mut turned.mentors, &mut turned.edges] {
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].reverse();
        *text = lines.join("\n");
    }
    let (one, other) = (texts.read().unwrap(), turned.read().unwrap());
    assert_eq!(one, other);
    let rules = Rules::default();
    let drawn = |instance| draw(instance, &rules, &solve(instance, &rules).unwrap(), 1).unwrap();
    assert_eq!(drawn(&one), drawn(&other));
}
