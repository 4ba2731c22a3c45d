//! Who may see notices: whoever they are for. Administrators see that something could not be sent, and to whom.

use espalier_access::{Action, Class, Effect, Kind, Relation, Rule, State, records};
use espalier_kernel::Id;

/// What belongs to the house as a whole is "about" this id.
pub const HOUSE: Id = Id::from_bits(0);

/// What somebody is told, how they want to be told, and their calendar.
pub static NOTICE: Kind = Kind { name: "notice", title: "notices", class: Class::C2, states: &[State::Open] };
/// What could not be sent: its kind, when, to whom and the answer of the other side.
pub static DELIVERY: Kind = Kind {
    name: "delivery",
    title: "messages that were not taken",
    class: Class::C1,
    states: &[State::Open],
};

records! {
    /// Proof about notices.
    Notice = NOTICE;
    /// Proof about deliveries.
    Delivery = DELIVERY;
}

/// The kinds of this room.
pub static KINDS: &[&Kind] = &[&NOTICE, &DELIVERY];

/// The rules of this room.
pub static RULES: &[&Rule] = &[
    &Rule {
        id: "notice-own",
        kind: &NOTICE,
        actions: &[Action::Discover, Action::Read, Action::Write],
        when: &[Relation::Oneself],
        states: &[],
        effect: Effect::Allow,
        because: "it is for you",
    },
    &Rule {
        id: "delivery-admin",
        kind: &DELIVERY,
        actions: &[Action::Discover, Action::Read, Action::Decide],
        when: &[Relation::Administrator],
        states: &[],
        effect: Effect::Allow,
        because: "sees to it that messages arrive",
    },
];
