//! What framework owners do: take in a draft, publish it, drop it.

use espalier_access::Action;
use espalier_access::State;
use espalier_framework::{Finding, Framework, Severity, Status, to_json};
use espalier_kernel::{Id, Mint, Moment, folded};
use espalier_store::{Fault, Tx};
use espalier_web::{Viewer, WebError};

use espalier_people::trail;

use crate::access::{FRAMEWORK, FrameworkRecord, subject_of};
use crate::queries::{self, VersionId, VersionLine};

/// A framework comes in as a draft, with what its import had to say.
///
/// # Errors
///
/// [`WebError::NotFound`] for those who do not look after it.
pub async fn take_in(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    framework: &Framework,
    report: &[Finding],
) -> Result<VersionId, WebError> {
    let subject = subject_of(framework.id.as_str());
    viewer.permit::<FrameworkRecord>(tx, Action::Write, subject, State::Draft).await?;
    let id = add_draft(tx, mint, framework, report, viewer.now, viewer.person).await?;
    trail::note(tx, mint, viewer, "import", &FRAMEWORK, subject).await?;
    Ok(id)
}

async fn add_draft(
    tx: &mut Tx,
    mint: &Mint,
    framework: &Framework,
    report: &[Finding],
    now: Moment,
    by: Id,
) -> Result<VersionId, Fault> {
    let name = framework.name.as_str();
    tx.run(&queries::ADD_FRAMEWORK, &[&framework.id.as_str(), &name, &folded(name)]).await?;
    let id = VersionId::new(mint.id(now));
    let report = serde_json::to_string(report).unwrap_or_else(|_| "[]".to_owned());
    tx.run(
        &queries::ADD_DRAFT,
        &[
            &id,
            &framework.id.as_str(),
            &framework.version,
            &framework.digest(),
            &to_json(framework),
            &report,
            &now,
            &by,
        ],
    )
    .await?;
    Ok(id)
}

/// A draft becomes a version that never changes again, and the one people read.
///
/// # Errors
///
/// A refusal when the draft has errors or its version was published before.
pub async fn publish(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    id: VersionId,
) -> Result<VersionLine, WebError> {
    let line: VersionLine = tx.first(&queries::BY_ID, &[&id]).await?.ok_or(WebError::NotFound)?;
    viewer.permit::<FrameworkRecord>(tx, Action::Decide, line.subject(), line.access_state()).await?;
    tx.lock(&format!("framework {}", line.framework)).await?;
    let (document,): (String,) = tx.first(&queries::DOCUMENT, &[&id]).await?.ok_or(WebError::NotFound)?;
    let framework = espalier_framework::from_json("document", &document).map_err(WebError::fault)?;
    let errors = crate::incoming::findings(&framework)
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    if errors > 0 {
        return Err(WebError::Refused(format!(
            "The draft has {}; mend the files and import them again.",
            espalier_web::count_of(errors, "error", "errors")
        )));
    }
    if tx.first::<(VersionId,)>(&queries::TAKEN, &[&line.framework, &line.version]).await?.is_some() {
        return Err(WebError::Refused(format!(
            "Version {} was published before and never changes. Give the draft another version number.",
            line.version
        )));
    }
    put_in_force(tx, &line, framework.name.as_str(), viewer.now, viewer.person).await?;
    trail::note(tx, mint, viewer, "publish", &FRAMEWORK, line.subject()).await?;
    Ok(line)
}

async fn put_in_force(
    tx: &mut Tx,
    line: &VersionLine,
    name: &str,
    now: Moment,
    by: Id,
) -> Result<(), WebError> {
    if tx.run(&queries::PUBLISH, &[&line.id, &now, &by]).await? == 0 {
        return Err(WebError::Refused("This version is published already.".to_owned()));
    }
    tx.run(&queries::RETIRE, &[&line.framework, &line.id]).await?;
    tx.run(&queries::SET_CURRENT, &[&line.framework, &line.id, &name, &folded(name)]).await?;
    Ok(())
}

/// A draft nobody wants goes.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is no such draft for this viewer.
pub async fn drop_draft(tx: &mut Tx, viewer: &Viewer, mint: &Mint, id: VersionId) -> Result<(), WebError> {
    let line: VersionLine = tx.first(&queries::BY_ID, &[&id]).await?.ok_or(WebError::NotFound)?;
    viewer.permit::<FrameworkRecord>(tx, Action::Write, line.subject(), line.access_state()).await?;
    if tx.run(&queries::DROP_DRAFT, &[&id]).await? == 0 {
        return Err(WebError::Refused("A published version stays for good.".to_owned()));
    }
    trail::note(tx, mint, viewer, "drop-draft", &FRAMEWORK, line.subject()).await?;
    Ok(())
}

/// Puts a framework in force without a viewer: the built-in sample of a new installation.
///
/// # Errors
///
/// When the database fails.
pub async fn install(
    tx: &mut Tx,
    mint: &Mint,
    framework: &Framework,
    now: Moment,
) -> Result<VersionId, WebError> {
    let framework = Framework { status: Status::Published, ..framework.clone() };
    let nobody = Id::from_bits(0);
    let id = add_draft(tx, mint, &framework, &[], now, nobody).await?;
    let line: VersionLine = tx.first(&queries::BY_ID, &[&id]).await?.ok_or(WebError::NotFound)?;
    put_in_force(tx, &line, framework.name.as_str(), now, nobody).await?;
    Ok(id)
}
