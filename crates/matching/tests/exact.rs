//! The solver against every matching there is, and against what other solvers found.

mod support;

use espalier_matching::{Pair, ticket};
use proptest::prelude::*;
use support::{every, small, worth};

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_matching_is_better_than_the_one_found((texts, rules) in small()) {
        let instance = texts.read().unwrap();
        let matching = espalier_matching::solve(&instance, &rules).unwrap();
        let best = every(&instance).iter().map(|pairs| worth(&instance, &rules, pairs)).max().unwrap();
        prop_assert_eq!(worth(&instance, &rules, &matching.pairs), best);
        let proof = matching.prove(&instance, &rules);
        prop_assert!(proof.is_ok(), "{:?} {:?}", proof, matching);
    }

    #[test]
    fn among_equals_the_draw_decides((texts, rules) in small(), seed in 0..9_u64) {
        let instance = texts.read().unwrap();
        let found = espalier_matching::solve(&instance, &rules).unwrap();
        let drawn = espalier_matching::draw(&instance, &rules, &found, seed).unwrap();
        prop_assert!(drawn.prove(&instance, &rules).is_ok(), "{:?} {:?}", drawn.prove(&instance, &rules), drawn);

        let tickets = |pairs: &[Pair]| -> i64 {
            let free = pairs.iter().filter(|pair| !instance.is_pinned(**pair));
            free.map(|pair| ticket(seed, instance.mentee_id(pair.mentee), instance.mentor_id(pair.mentor))).sum()
        };
        let all = every(&instance);
        let best = all.iter().map(|pairs| worth(&instance, &rules, pairs)).max().unwrap();
        let equals = all.iter().filter(|pairs| worth(&instance, &rules, pairs) == best);
        prop_assert_eq!(tickets(&drawn.pairs), equals.map(|pairs| tickets(pairs)).max().unwrap());
    }

    #[test]
    fn the_certificate_reads_the_same_from_the_files((texts, rules) in small()) {
        let instance = texts.read().unwrap();
        let matching = espalier_matching::solve(&instance, &rules).unwrap();
        let (case, people) = texts.read_apart();
        let mut pairs = "mentee,mentor\n".to_owned();
        for pair in &matching.pairs {
            pairs += &format!("{},{}\n", pair.mentee, pair.mentor);
        }
        let mut prices = "mentor,price\n".to_owned();
        for (mentor, price) in matching.prices.iter().enumerate() {
            prices += &format!("{mentor},{price}\n");
        }
        let claim =
            espalier_matching::certificate::read_claim(&people, pairs.as_bytes(), prices.as_bytes()).unwrap();
        let proof = case.prove(&rules.objective(), &claim.pairs, &claim.prices).unwrap();
        prop_assert_eq!(Ok(proof), matching.prove(&instance, &rules));
        prop_assert_eq!(proof.value, proof.bound);
    }
}
