//! The solver against every matching there is, and against what other solvers found.

mod support;

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
