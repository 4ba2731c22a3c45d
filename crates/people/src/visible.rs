//! The line on every confidential record that says who can see it, by name, computed from the rules.

use espalier_access::{Action, Kind, Relation, State};
use espalier_kernel::Id;
use espalier_store::{Fault, Tx};
use espalier_web::{About, Viewer, VisibleTo, day_in_words};

use crate::person::{PersonLine, Role};
use crate::{queries, shares};

/// Who can read a record of `kind` in `state`. Names people for relations that anybody may know (manager, line, HR
/// partner) and those that the room itself knows, in `also`; whom somebody shares with is named to them alone.
///
/// # Errors
///
/// When the database fails.
pub async fn visible_to(
    tx: &mut Tx,
    viewer: &Viewer,
    kind: &'static Kind,
    state: State,
    subject: Id,
    subject_name: &str,
) -> Result<VisibleTo, Fault> {
    visible_also(tx, viewer, kind, state, subject.into(), subject_name, &[]).await
}

/// The same for one record, which may be shared and have readers that only its room knows.
///
/// # Errors
///
/// When the database fails.
pub async fn visible_also(
    tx: &mut Tx,
    viewer: &Viewer,
    kind: &'static Kind,
    state: State,
    about: About,
    subject_name: &str,
    also: &[(Relation, Id, String)],
) -> Result<VisibleTo, Fault> {
    let subject = about.subject;
    let is_own = subject == viewer.person;
    let mut reasons: Vec<(String, String)> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut groups: Vec<&str> = Vec::new();
    let rules: Vec<_> = viewer.policy().readers(kind, Action::Read, state).collect();
    for rule in rules {
        match rule.when {
            [Relation::Oneself] => {
                let name = if is_own { "You".to_owned() } else { subject_name.to_owned() };
                let because = if is_own { rule.because.to_owned() } else { "it is about them".to_owned() };
                names.insert(0, name.clone());
                reasons.insert(0, (name, because));
            }
            [Relation::Manager] => {
                if let Some(manager) = manager(tx, viewer, subject).await? {
                    let name = called(viewer, manager.id.id(), &manager.name);
                    names.push(name.clone());
                    reasons.push((name, rule.because.to_owned()));
                }
            }
            [Relation::Chain] => {
                let above: Vec<PersonLine> = tx.all(&queries::LINE_UP, &[&subject, &viewer.today]).await?;
                let above: Vec<String> =
                    above.iter().skip(1).map(|person| called(viewer, person.id.id(), &person.name)).collect();
                if !above.is_empty() {
                    groups.push("the reporting line above");
                    reasons.push((above.join(", "), rule.because.to_owned()));
                }
            }
            [Relation::HrPartner] => {
                let partners = queries::holders(tx, Role::Hr, subject, viewer.today).await?;
                let partners: Vec<String> = partners
                    .iter()
                    .filter(|(id, _)| id.id() != subject)
                    .map(|(id, name)| called(viewer, id.id(), name))
                    .collect();
                if !partners.is_empty() {
                    groups.push("HR partners");
                    reasons.push((partners.join(", "), rule.because.to_owned()));
                }
            }
            [Relation::Member] => {
                groups.push("everybody here");
                reasons.push(("Everybody in the organisation".to_owned(), rule.because.to_owned()));
            }
            [Relation::Administrator] => {
                groups.push("administrators");
                reasons.push(("Administrators".to_owned(), rule.because.to_owned()));
            }
            [Relation::Grantee] if is_own => {
                let shares = match about.record {
                    Some(record) => shares::of_record(tx, viewer, record).await?,
                    None => Vec::new(),
                };
                for share in shares {
                    names.push(share.name.clone());
                    reasons.push((
                        share.name,
                        format!(
                            "{}, until {}",
                            rule.because,
                            day_in_words(share.until_on.plus_days(-1), viewer.today)
                        ),
                    ));
                }
            }
            [relation] => {
                for (_, id, name) in also.iter().filter(|(known, _, _)| known == relation) {
                    let name = called(viewer, *id, name);
                    if !names.contains(&name) {
                        names.push(name.clone());
                    }
                    reasons.push((name, rule.because.to_owned()));
                }
            }
            _ => {}
        }
    }
    // Whoever reads looks for themselves first.
    names.sort_by_key(|name| name != "You");
    names.extend(groups.into_iter().map(str::to_owned));
    let summary = match names.as_slice() {
        [] => "Nobody".to_owned(),
        [only] if only == "You" => "Only you".to_owned(),
        [only] => only.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    };
    let read_log = (is_own && kind.class.reads_are_logged()).then(|| "/me/read-log".to_owned());
    Ok(VisibleTo { summary, reasons, read_log })
}

async fn manager(tx: &mut Tx, viewer: &Viewer, subject: Id) -> Result<Option<PersonLine>, Fault> {
    tx.first(&queries::MANAGER, &[&subject, &viewer.today]).await
}

fn called(viewer: &Viewer, id: Id, name: &str) -> String {
    if id == viewer.person { "You".to_owned() } else { name.to_owned() }
}
