//! Explanations say what is so: held against every matching there is, and in words.

mod support;

use espalier_matching::explain::{
    Difference, WhyNot, WhyPair, blocking, one_more_mentor, one_more_place, shortages, why_not, why_pair,
};
use espalier_matching::{Instance, Offer, Pair, Rules, solve};
use proptest::prelude::*;
use support::{Texts, every, small, worth};

/// Bo and Cy both want Ada, who takes one; Ed takes two and fits Cy a little. Di knows nobody.
#[expect(clippy::unwrap_used, reason = "the files are written here")]
fn cast() -> Instance {
    Texts {
        mentees: "mentee,demand\n0,1\n1,1\n2,1\n".into(),
        mentors: "mentor,capacity,load1,load2,load3,load4,load5\n0,1,0,0,0,0,0\n1,2,0,100,200,300,400\n"
            .into(),
        edges: "mentee,mentor,weight\n0,0,900\n1,0,950\n1,1,300\n".into(),
        ..Texts::default()
    }
    .read()
    .unwrap()
}

#[test]
fn a_pair_is_explained_by_who_comes_next() {
    let (instance, rules) = (cast(), Rules::default());
    let matching = solve(&instance, &rules).unwrap();
    let [bo, cy] = [Pair { mentee: 0, mentor: 0 }, Pair { mentee: 1, mentor: 1 }];
    assert_eq!(matching.pairs, [bo, cy]);
    assert_eq!(
        why_pair(&instance, &rules, &matching, bo).unwrap(),
        Some(WhyPair::Best { fit: 900, next: None })
    );
    let Some(WhyPair::Best { fit: 300, next: Some((0, behind)) }) =
        why_pair(&instance, &rules, &matching, cy).unwrap()
    else {
        panic!("Cy could go to Ada")
    };
    assert!(behind >= 0, "at these prices Ada leaves Cy no more than Ed");
    assert_eq!(why_pair(&instance, &rules, &matching, Pair { mentee: 2, mentor: 0 }).unwrap(), None);
}

#[test]
fn why_not_somebody_says_who_would_lose_what() {
    let (instance, rules) = (cast(), Rules::default());
    let matching = solve(&instance, &rules).unwrap();
    let WhyNot::Regret(regret) = why_not(&instance, &rules, &matching, 1, 0).unwrap() else {
        panic!("Cy could be with Ada")
    };
    assert_eq!(regret.cost, Difference { matched: -1, strong: 0, points: -250 });
    assert_eq!(
        regret.words(&instance, Pair { mentee: 1, mentor: 0 }),
        "With mentee 1 at mentor 0 there would be 1 fewer mentee with a mentor, and 1 other person would change mentors."
    );
    assert_eq!(why_not(&instance, &rules, &matching, 0, 0).unwrap(), WhyNot::TheyAre);
    assert!(matches!(why_not(&instance, &rules, &matching, 2, 0).unwrap(), WhyNot::Cannot(_)));
}

#[test]
fn a_shortage_names_everybody_who_competes_and_how_many_go_without() {
    let mut texts = Texts {
        mentees: "mentee,demand\n0,1\n1,1\n2,1\n3,1\n".into(),
        mentors:
            "mentor,capacity,load1,load2,load3,load4,load5\n0,1,0,0,0,0,0\n1,1,0,0,0,0,0\n2,3,0,0,0,0,0\n"
                .into(),
        edges: "mentee,mentor,weight\n0,0,9\n1,0,9\n1,1,1\n2,1,9\n3,2,5\n".into(),
        ..Texts::default()
    };
    let found = shortages(&texts.read().unwrap()).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].mentees[..], &found[0].mentors[..]), (&[0, 1, 2][..], &[0, 1][..]));
    assert_eq!(found[0].words(), "These 3 mentees share 2 places with 2 mentors; 1 of them cannot have one.");
    texts.edges = "mentee,mentor,weight\n0,0,9\n1,1,1\n2,2,9\n3,2,5\n".into();
    assert!(shortages(&texts.read().unwrap()).unwrap().is_empty());
    assert_eq!(shortages(&cast()).unwrap()[0].words(), "This mentee has nobody to go to.");
}

#[test]
fn one_more_mentor_is_worth_who_they_could_help() {
    let (instance, rules) = (cast(), Rules::default());
    let matching = solve(&instance, &rules).unwrap();
    let offer = Offer { capacity: 1, load: [10, 20, 30, 40, 50] };
    let gain = one_more_mentor(&instance, &rules, &matching, offer, &[(2, 500)]).unwrap();
    assert_eq!((gain.matched, gain.points), (1, 490));
    assert_eq!(gain.words(), "1 more mentee with a mentor");
    let gain = one_more_mentor(&instance, &rules, &matching, offer, &[(1, 700)]).unwrap();
    assert_eq!(gain.words(), "390 more points of fit");
    assert_eq!(one_more_place(&instance, &rules, &matching, 0).unwrap().words(), "650 more points of fit");
    assert_eq!(one_more_place(&instance, &rules, &matching, 1).unwrap().words(), "no difference");
}

#[test]
fn two_who_would_rather_have_each_other_are_named() {
    let (instance, rules) = (cast(), Rules::default());
    let matching = solve(&instance, &rules).unwrap();
    let found = blocking(&instance, &matching);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].pair, found[0].gain), (Pair { mentee: 1, mentor: 0 }, 650));
    assert_eq!(found[0].instead_of, Some(0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn regret_is_what_the_best_matching_with_the_pair_lacks((texts, rules) in small()) {
        let instance = texts.read().unwrap();
        let matching = solve(&instance, &rules).unwrap();
        let all = every(&instance);
        let best = worth(&instance, &rules, &matching.pairs);
        for mentee in instance.all_mentees() {
            for mentor in instance.all_mentors() {
                let pair = Pair { mentee, mentor };
                let with = all.iter().filter(|pairs| pairs.contains(&pair));
                let with = with.map(|pairs| worth(&instance, &rules, pairs)).max();
                match why_not(&instance, &rules, &matching, mentee, mentor).unwrap() {
                    WhyNot::TheyAre => prop_assert_eq!(with, Some(best)),
                    WhyNot::Cannot(_) => prop_assert_eq!(with, None),
                    WhyNot::Regret(regret) => {
                        let pinned: Vec<_> = regret.displaced.iter().flat_map(|one| one.to.clone()).collect();
                        prop_assert!(pinned.contains(&mentor));
                        let with = with.unwrap();
                        let cost = (regret.cost.matched, regret.cost.strong, regret.cost.points);
                        prop_assert_eq!(cost, (with.0 - best.0, with.1 - best.1, with.2 - best.2));
                    }
                }
            }
        }
    }

    #[test]
    fn a_shortage_is_a_complete_reason((texts, _) in small()) {
        let instance = texts.read().unwrap();
        let rules = Rules::default();
        let most = every(&instance).iter().map(|pairs| worth(&instance, &rules, pairs).0).max().unwrap();
        let without: usize = shortages(&instance).unwrap().iter().map(|one| one.without()).sum();
        prop_assert_eq!(usize::try_from(most).unwrap() + without, instance.mentee_count());
    }
}
