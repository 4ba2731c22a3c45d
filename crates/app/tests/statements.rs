//! One text for both engines: each statement is prepared on both, also those that come from the rules.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on says so by ending")]

mod common;

use espalier_app::house;
use espalier_web::Lookups;

#[tokio::test]
async fn every_statement_is_understood_by_every_engine() {
    let policy = house::policy().unwrap();
    let lookups = Lookups::new(&policy);
    for (engine, store, _folder) in common::stores().await {
        store.migrate(&house::migrations()).await.unwrap();
        let composed = espalier_growth::talk::cycle_pages::composed(&policy)
            .into_iter()
            .chain(espalier_growth::talk::overview::composed(&policy));
        let kept: Vec<_> = house::keeping(&policy).statements().collect();
        for statement in
            house::statements().into_iter().chain(lookups.statements()).chain(composed).chain(kept)
        {
            // A failed preparation ends a transaction on PostgreSQL, so each has its own.
            let mut tx = store.read().await.unwrap();
            if let Err(fault) = tx.prepare(&statement).await {
                let cause = std::error::Error::source(&fault).map(ToString::to_string).unwrap_or_default();
                panic!("{engine} does not understand {}: {cause}\n{}", statement.name, statement.sql);
            }
        }
    }
}

#[tokio::test]
async fn the_schema_is_the_same_the_second_time() {
    for (engine, store, _folder) in common::stores().await {
        let steps = house::migrations();
        assert_eq!(store.migrate(&steps).await.unwrap(), steps.len(), "{engine}");
        assert_eq!(store.migrate(&steps).await.unwrap(), 0, "{engine}");
        let older = &steps[..steps.len() - 1];
        let refusal = store.migrate(older).await.unwrap_err().to_string();
        assert!(refusal.contains("does not know"), "{engine}: {refusal}");
    }
}
