//! Taking a version from the library: only what the viewer may read.

use std::sync::Arc;

use espalier_access::{Action, State};
use espalier_framework::{Framework, from_json};
use espalier_store::{Fault, Tx};
use espalier_web::{Viewer, WebError};

use crate::access::{FrameworkRecord, subject_of};
use crate::queries::{self, VersionId, VersionLine};
use crate::shelf::{self, Edition};

/// A version in the viewer's hands.
#[derive(Debug, Clone)]
pub struct Copy {
    /// Which one.
    pub line: VersionLine,
    /// Its words.
    pub edition: Arc<Edition>,
}

impl Copy {
    /// The words.
    #[must_use]
    pub fn framework(&self) -> &Framework {
        &self.edition.framework
    }
}

/// The frameworks in force, for whoever may read frameworks at all.
///
/// # Errors
///
/// [`WebError::NotFound`] for those who may not.
pub async fn all(tx: &mut Tx, viewer: &Viewer) -> Result<Vec<VersionLine>, WebError> {
    viewer.permit::<FrameworkRecord>(tx, Action::Discover, subject_of(""), State::Open).await?;
    Ok(tx.all(&queries::LIBRARY, &[]).await?)
}

/// A version: the one in force, or the one asked for, in a language.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is none that this viewer may read.
pub async fn take(
    tx: &mut Tx,
    viewer: &Viewer,
    framework: &str,
    version: Option<VersionId>,
    locale: Option<&str>,
) -> Result<Copy, WebError> {
    let line: Option<VersionLine> = match version {
        None => tx.first(&queries::CURRENT, &[&framework]).await?,
        Some(id) => tx.first(&queries::BY_ID, &[&id]).await?,
    };
    let line = line.filter(|line| line.framework == framework).ok_or(WebError::NotFound)?;
    viewer.permit::<FrameworkRecord>(tx, Action::Read, line.subject(), line.access_state()).await?;
    let edition = edition(tx, &line, locale).await?;
    Ok(Copy { line, edition })
}

/// The version that another took the place of; for a draft, the one in force.
///
/// # Errors
///
/// When the database fails.
pub async fn line_before(tx: &mut Tx, line: &VersionLine) -> Result<Option<VersionLine>, Fault> {
    match line.published_at {
        Some(at) => tx.first(&queries::BEFORE, &[&line.framework, &line.id, &at]).await,
        None => tx.first(&queries::CURRENT, &[&line.framework]).await,
    }
}

/// The same with its words, where the viewer may read it.
///
/// # Errors
///
/// When the database fails.
pub async fn before(tx: &mut Tx, viewer: &Viewer, line: &VersionLine) -> Result<Option<Copy>, WebError> {
    let Some(before) = line_before(tx, line).await? else { return Ok(None) };
    match take(tx, viewer, &before.framework, Some(before.id), None).await {
        Ok(copy) => Ok(Some(copy)),
        Err(WebError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A version by its id alone, for rooms whose own records already name it (an assessment pins its version).
///
/// # Errors
///
/// When the database fails or the version is gone.
pub async fn pinned(tx: &mut Tx, id: VersionId) -> Result<Copy, WebError> {
    let line: VersionLine = tx.first(&queries::BY_ID, &[&id]).await?.ok_or(WebError::NotFound)?;
    let edition = edition(tx, &line, None).await?;
    Ok(Copy { line, edition })
}

/// All frameworks in force, for what the house does by itself.
///
/// # Errors
///
/// When the database fails.
pub async fn in_force(tx: &mut Tx) -> Result<Vec<Copy>, Fault> {
    let mut copies = Vec::new();
    for line in tx.all::<VersionLine>(&queries::LIBRARY, &[]).await? {
        let edition = edition(tx, &line, None).await?;
        copies.push(Copy { line, edition });
    }
    Ok(copies)
}

async fn edition(tx: &mut Tx, line: &VersionLine, locale: Option<&str>) -> Result<Arc<Edition>, Fault> {
    let key = locale.unwrap_or_default();
    if let Some(edition) = shelf::find(&line.digest, key) {
        return Ok(edition);
    }
    let (document,): (String,) = tx
        .first(&queries::DOCUMENT, &[&line.id])
        .await?
        .ok_or_else(|| Fault::missing("the text of a framework version"))?;
    let framework = from_json("document", &document)
        .map_err(|_| Fault::missing("a framework version that can be read"))?;
    let locale =
        locale.filter(|locale| framework.locales().contains(locale)).unwrap_or(&framework.locale).to_owned();
    Ok(shelf::put(&line.digest, key, &framework, &locale))
}
