//! The line on every confidential record that says who can see it, by name, computed from the rules.

use espalier_access::{Action, Kind, Relation, State};
use espalier_kernel::Id;
use espalier_store::{Fault, Tx};
use espalier_web::{Viewer, VisibleTo};

use crate::person::{PersonLine, Role};
use crate::queries;

/// Who can read a record of `kind` in `state` that is about `subject`. Names people for relations that anybody
/// may know (manager, line, HR partner); a reader whose relation is a secret of its own is never named to a third
/// party.
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
