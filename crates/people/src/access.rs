//! The kinds of records about people, the rules about them, and how relations between people are looked up.

use espalier_access::{Action, Class, Effect, Kind, Relation, RelationSql, Rule, State, records};
use espalier_kernel::Id;

/// What belongs to the organisation as a whole is "about" this id.
pub const ORGANISATION: Id = Id::from_bits(0);

/// Who somebody is at work: name, team, how to reach them.
pub static PROFILE: Kind =
    Kind { name: "profile", title: "profile", class: Class::C1, states: &[State::Open, State::Ended] };
/// The level and track of a person, and since when.
pub static LEVEL: Kind =
    Kind { name: "level", title: "level and its history", class: Class::C2, states: &[State::Open] };
/// When somebody is away, and who covers.
pub static LEAVE: Kind = Kind { name: "leave", title: "leave", class: Class::C2, states: &[State::Open] };
/// Sign-ins, tokens, whether the account is open.
pub static ACCOUNT: Kind =
    Kind { name: "account", title: "account", class: Class::C2, states: &[State::Open] };
/// Who read what is mine.
pub static READ_LOG: Kind =
    Kind { name: "read-log", title: "read log", class: Class::C2, states: &[State::Open] };
/// The list of people, teams and roles as a whole.
pub static PEOPLE: Kind = Kind {
    name: "organisation",
    title: "the organisation's people",
    class: Class::C1,
    states: &[State::Open],
};
/// What was done, without content.
pub static AUDIT: Kind = Kind { name: "audit", title: "audit log", class: Class::C1, states: &[State::Open] };

records! {
    /// Proof about a profile.
    Profile = PROFILE;
    /// Proof about a level.
    Level = LEVEL;
    /// Proof about leave.
    Leave = LEAVE;
    /// Proof about an account.
    Account = ACCOUNT;
    /// Proof about a read log.
    ReadLog = READ_LOG;
    /// Proof about the organisation's people.
    People = PEOPLE;
    /// Proof about the audit log.
    Audit = AUDIT;
}

/// The kinds of this room.
pub static KINDS: &[&Kind] = &[&PROFILE, &LEVEL, &LEAVE, &ACCOUNT, &READ_LOG, &PEOPLE, &AUDIT];

const SEE: &[Action] = &[Action::Discover, Action::Read];
const KEEP: &[Action] = &[Action::Discover, Action::Read, Action::Write];

const fn allow(
    id: &'static str,
    kind: &'static Kind,
    actions: &'static [Action],
    when: &'static [Relation],
    because: &'static str,
) -> Rule {
    Rule { id, kind, actions, when, states: &[], effect: Effect::Allow, because }
}

/// The rules of this room.
pub static RULES: &[&Rule] = &[
    &allow("profile-own", &PROFILE, KEEP, &[Relation::Oneself], "it is about you"),
    &Rule {
        states: &[State::Open],
        ..allow("profile-member", &PROFILE, SEE, &[Relation::Member], "colleagues can find each other")
    },
    &allow(
        "profile-hr",
        &PROFILE,
        KEEP,
        &[Relation::HrPartner],
        "HR partner for this part of the organisation",
    ),
    &allow("profile-admin", &PROFILE, KEEP, &[Relation::Administrator], "keeps the accounts"),
    &allow("level-own", &LEVEL, SEE, &[Relation::Oneself], "it is about you"),
    &allow("level-manager", &LEVEL, SEE, &[Relation::Manager], "direct manager"),
    &allow("level-chain", &LEVEL, SEE, &[Relation::Chain], "further up the reporting line"),
    &allow("level-hr", &LEVEL, KEEP, &[Relation::HrPartner], "HR partner for this part of the organisation"),
    &allow("leave-own", &LEAVE, KEEP, &[Relation::Oneself], "it is about you"),
    &allow("leave-manager", &LEAVE, SEE, &[Relation::Manager], "direct manager"),
    &allow("leave-hr", &LEAVE, KEEP, &[Relation::HrPartner], "HR partner for this part of the organisation"),
    &allow("account-own", &ACCOUNT, KEEP, &[Relation::Oneself], "it is your account"),
    &allow(
        "account-admin",
        &ACCOUNT,
        &[Action::Discover, Action::Decide],
        &[Relation::Administrator],
        "invites people and closes accounts",
    ),
    &allow("read-log-own", &READ_LOG, SEE, &[Relation::Oneself], "it is about you"),
    &allow("people-admin", &PEOPLE, KEEP, &[Relation::Administrator], "keeps the accounts"),
    &allow("audit-own", &AUDIT, SEE, &[Relation::Oneself], "it is about you"),
    &allow("audit-auditor", &AUDIT, SEE, &[Relation::Auditor], "checks the audit log"),
];

macro_rules! role {
    ($role:literal) => {
        concat!(
            "exists (select 1 from role_grant g where g.person = {viewer} and g.role = '",
            $role,
            "' and g.standing = 'confirmed' and g.from_on <= {today} and (g.until_on is null or g.until_on > {today}))"
        )
    };
}

/// How relations between people are looked up. `{subject}` is a person, except for a framework's owner;
/// `{record}` is the one record that is asked about.
pub static SQL: &[&RelationSql] = &[
    &RelationSql { relation: Relation::Oneself, holds: "{viewer} = {subject}" },
    &RelationSql {
        relation: Relation::Manager,
        holds: "exists (select 1 from reporting_line l where l.person = {subject} and l.manager = {viewer} \
                and l.from_on <= {today} and (l.until_on is null or l.until_on > {today}))",
    },
    &RelationSql {
        relation: Relation::Chain,
        holds: "exists (with recursive up (id, depth) as ( \
                select l.manager, 1 from reporting_line l where l.person = {subject} \
                and l.from_on <= {today} and (l.until_on is null or l.until_on > {today}) \
                union select l.manager, up.depth + 1 from up join reporting_line l on l.person = up.id \
                where up.depth < 40 and l.from_on <= {today} and (l.until_on is null or l.until_on > {today})) \
                select 1 from up where up.id = {viewer} and up.depth >= 2)",
    },
    // Void for oneself and for one's own superiors: separation of duties. What concerns a whole team or everybody is
    // in scope when all of it is.
    &RelationSql {
        relation: Relation::HrPartner,
        holds: "exists (select 1 from role_grant g join person s on s.id = {subject} \
                left join team t on t.id = s.team left join team scope on scope.id = g.scope \
                where g.person = {viewer} and g.role = 'hr' and g.standing = 'confirmed' \
                and g.from_on <= {today} and (g.until_on is null or g.until_on > {today}) \
                and (g.scope is null or substr(t.path, 1, length(scope.path)) = scope.path) \
                and s.id <> {viewer} and not exists (with recursive above (id, depth) as ( \
                select l.manager, 1 from reporting_line l where l.person = {viewer} \
                and l.from_on <= {today} and (l.until_on is null or l.until_on > {today}) \
                union select l.manager, above.depth + 1 from above join reporting_line l on l.person = above.id \
                where above.depth < 40 and l.from_on <= {today} and (l.until_on is null or l.until_on > {today})) \
                select 1 from above where above.id = s.id)) \
                or exists (select 1 from role_grant g left join team scope on scope.id = g.scope \
                left join team u on u.id = {subject} where g.person = {viewer} and g.role = 'hr' \
                and g.standing = 'confirmed' and g.from_on <= {today} and (g.until_on is null or g.until_on > {today}) \
                and ((g.scope is null and (u.id is not null or {subject} = '00000000000000000000000000')) \
                or substr(u.path, 1, length(scope.path)) = scope.path))",
    },
    &RelationSql {
        relation: Relation::Grantee,
        holds: "exists (select 1 from share h where h.record = {record} and h.grantee = {viewer} \
                and h.owner = {subject} and h.from_on <= {today} and h.until_on > {today} and h.ended_at is null)",
    },
    &RelationSql { relation: Relation::Administrator, holds: role!("administrator") },
    &RelationSql { relation: Relation::Auditor, holds: role!("auditor") },
    &RelationSql {
        relation: Relation::FrameworkOwner,
        holds: "exists (select 1 from role_grant g where g.person = {viewer} and g.role = 'framework-owner' \
                and g.standing = 'confirmed' and g.from_on <= {today} \
                and (g.until_on is null or g.until_on > {today}) and (g.scope is null or g.scope = {subject}))",
    },
    &RelationSql {
        relation: Relation::Member,
        holds: "exists (select 1 from person m where m.id = {viewer} and m.kind = 'member')",
    },
    &RelationSql {
        relation: Relation::Guest,
        holds: "exists (select 1 from person m where m.id = {viewer} and m.kind = 'guest')",
    },
    &RelationSql {
        relation: Relation::Suspended,
        holds: "exists (select 1 from person m left join account a on a.person = m.id where m.id = {viewer} \
                and (m.left_on <= {today} or a.state = 'suspended'))",
    },
];
