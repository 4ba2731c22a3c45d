//! Somebody proves once more who they are, before something that cannot be undone.

use axum::http::request::Parts;
use espalier_people::account;
use espalier_people::hashing::{self, Claim};
use espalier_web::{Kit, Viewer, WebError, client_address};

/// Compares the password, without holding the database meanwhile. Says in a sentence what is wrong, if anything. The
/// people of the demo have no passwords, and there none is asked for.
///
/// # Errors
///
/// [`WebError::TooMany`] after too many wrong ones.
pub async fn is_wrong(
    kit: &Kit,
    viewer: &Viewer,
    parts: &Parts,
    password: String,
) -> Result<Option<&'static str>, WebError> {
    let (key, address) =
        (account::proof_key(viewer.person), client_address(parts, &kit.settings.proxies).to_string());
    let mut tx = kit.store.write().await?;
    let kept: Option<(Option<String>,)> = tx.first(&account::PASSWORD, &[&viewer.person]).await?;
    let kept = kept.and_then(|(kept,)| kept);
    if kept.is_none() {
        return Ok((!kit.settings.demo).then_some("Choose a password under Account and sign-ins first."));
    }
    let claim = Claim { key: &key, address: &address };
    if let Some(attempt) = hashing::prove(kit, tx, claim, password, kept).await? {
        let mut tx = kit.store.write().await?;
        attempt.take_back(&mut tx).await?;
        tx.commit().await?;
        return Ok(None);
    }
    Ok(Some("This is not your password."))
}

/// Whether the page asks for a password at all.
///
/// # Errors
///
/// When the database fails.
pub async fn is_needed(tx: &mut espalier_store::Tx, kit: &Kit, viewer: &Viewer) -> Result<bool, WebError> {
    let kept: Option<(Option<String>,)> = tx.first(&account::PASSWORD, &[&viewer.person]).await?;
    Ok(!kit.settings.demo || kept.is_some_and(|(kept,)| kept.is_some()))
}
