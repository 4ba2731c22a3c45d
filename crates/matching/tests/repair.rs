//! A mended matching is as good as one found anew.

mod support;

use espalier_matching::{Mended, Repair, Rules, moves, solve};
use proptest::prelude::*;
use support::families::{Family, family};
use support::{small, worth};

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn repair_equals_solving_again(
        (texts, rules) in small(),
        changes in prop::collection::vec((any::<bool>(), 0..4_u32, 0..4_u8), 1..6),
    ) {
        let instance = texts.read().unwrap();
        let mut repair = Repair::begin(&instance, &rules).unwrap();
        for (is_mentor, who, how_many) in changes {
            let before = repair.matching().pairs;
            let Mended { moved, certified } = if is_mentor {
                repair.set_capacity(who % u32::try_from(instance.mentor_count()).unwrap(), how_many)
            } else {
                repair.set_demand(who % u32::try_from(instance.mentee_count()).unwrap(), how_many % 3)
            };
            prop_assert!(certified, "{:?}", repair);
            prop_assert!(repair.prove().is_ok(), "{:?}", repair.prove());

            let after = repair.matching().pairs;
            let again = solve(repair.instance(), &rules).unwrap();
            let now = repair.instance();
            prop_assert_eq!(worth(now, &rules, &after), worth(now, &rules, &again.pairs));
            let changed = moves(now, &before, &after);
            prop_assert!(changed.iter().all(|one| moved.contains(&one.mentee)));
        }
    }
}

#[test]
fn mentors_leave_and_come_back_and_the_matching_stays_the_best() {
    for kind in [Family::Uniform, Family::Common, Family::Ties, Family::Fields] {
        let instance = family(kind, 250, 90, 5).read().unwrap();
        let rules = Rules::default();
        let mut repair = Repair::begin(&instance, &rules).unwrap();
        for mentor in [3, 14, 15, 9, 26, 5, 35] {
            assert!(repair.set_capacity(mentor, 0).certified, "{kind:?}");
            repair.prove().unwrap();
        }
        for mentee in [1, 4, 9, 16] {
            assert!(repair.set_demand(mentee, 0).certified, "{kind:?}");
        }
        for mentor in [3, 14, 15, 9, 26, 5, 35] {
            assert!(repair.set_capacity(mentor, instance.offer(mentor).capacity).certified, "{kind:?}");
        }
        for mentee in [1, 4, 9, 16] {
            assert!(repair.set_demand(mentee, instance.demand(mentee)).certified, "{kind:?}");
        }
        let (mended, found) =
            (repair.prove().unwrap(), solve(&instance, &rules).unwrap().prove(&instance, &rules));
        assert_eq!(
            (mended.matched, mended.net_fit),
            found.map(|found| (found.matched, found.net_fit)).unwrap()
        );
    }
}

#[test]
fn a_mentor_with_slots_worth_having_takes_fewer() {
    let texts = support::Texts {
        mentees: "mentee,demand\n0,1\n1,2\n2,1\n3,2\n".into(),
        mentors: "mentor,capacity,load1,load2,load3,load4,load5\n0,3,1,2,3,4,6\n1,0,-3,-1,1,1,4\n2,1,-3,-1,-1,2,4\n"
            .into(),
        edges: "mentee,mentor,weight\n0,0,7\n0,2,7\n1,0,4\n1,1,2\n1,2,3\n2,0,6\n2,1,1\n".into(),
        ..support::Texts::default()
    };
    let rules = Rules { mode: espalier_matching::Mode::Score { reserve: 2 }, floor: Some(1), stay: 1 };
    let instance = texts.read().unwrap();
    let mut repair = Repair::begin(&instance, &rules).unwrap();
    assert!(repair.set_capacity(0, 1).certified);
    let again = solve(repair.instance(), &rules).unwrap();
    let now = repair.instance();
    assert_eq!(worth(now, &rules, &repair.matching().pairs), worth(now, &rules, &again.pairs));
}
