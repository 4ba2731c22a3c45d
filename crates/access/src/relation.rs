use std::fmt;

/// How the viewer stands to the person or thing a record is about. Roles are relations: with a state, a scope
/// and a time, never a global flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Relation {
    /// It is about the viewer.
    Oneself,
    /// The viewer is the direct manager now.
    Manager,
    /// The viewer stands two or more steps up the reporting line.
    Chain,
    /// The viewer is an HR partner whose scope holds the person.
    HrPartner,
    /// The viewer looks after this framework, or after all of them.
    FrameworkOwner,
    /// The viewer runs the installation.
    Administrator,
    /// The viewer may check the audit log.
    Auditor,
    /// The owner shares this very thing with the viewer, and the share has not run out.
    Grantee,
    /// The viewer holds this very talk with the person, or the one in which this step was agreed: as their manager, or
    /// because they were chosen.
    Holder,
    /// The viewer mentors the person.
    Mentor,
    /// The viewer coaches the person.
    Coach,
    /// The viewer is an active person of the organisation.
    Member,
    /// The viewer is an external person with a guest account.
    Guest,
    /// The viewer's account is suspended, or they have left.
    Suspended,
}

impl Relation {
    /// All of them, in the order of the matrix.
    pub const ALL: [Self; 14] = [
        Self::Oneself,
        Self::Manager,
        Self::Chain,
        Self::HrPartner,
        Self::FrameworkOwner,
        Self::Administrator,
        Self::Auditor,
        Self::Grantee,
        Self::Holder,
        Self::Mentor,
        Self::Coach,
        Self::Member,
        Self::Guest,
        Self::Suspended,
    ];

    /// The word in the matrix.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Oneself => "self",
            Self::Manager => "manager",
            Self::Chain => "chain",
            Self::HrPartner => "hr",
            Self::FrameworkOwner => "owner",
            Self::Administrator => "admin",
            Self::Auditor => "auditor",
            Self::Grantee => "grantee",
            Self::Holder => "holder",
            Self::Mentor => "mentor",
            Self::Coach => "coach",
            Self::Member => "member",
            Self::Guest => "guest",
            Self::Suspended => "suspended",
        }
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// Where a relation stands in its own life. Only a confirmed one confers anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Asked, not answered.
    Invited,
    /// Answered yes, not confirmed by the other side.
    Accepted,
    /// In force.
    Confirmed,
    /// Paused.
    Suspended,
    /// Over.
    Ended,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Invited, Self::Accepted, Self::Confirmed, Self::Suspended, Self::Ended];

    /// Whether the relation counts.
    #[must_use]
    pub const fn confers(self) -> bool {
        match self {
            Self::Confirmed => true,
            Self::Invited | Self::Accepted | Self::Suspended | Self::Ended => false,
        }
    }
}

/// The set of relations in which the viewer stands to one subject.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Relations(u32);

impl Relations {
    /// A stranger.
    pub const NONE: Self = Self(0);

    /// The relations of a list that are in force.
    #[must_use]
    pub fn in_force(relations: impl IntoIterator<Item = (Relation, Standing)>) -> Self {
        relations
            .into_iter()
            .filter(|(_, standing)| standing.confers())
            .map(|(relation, _)| relation)
            .collect()
    }

    /// This set and one more relation.
    #[must_use]
    pub const fn with(self, relation: Relation) -> Self {
        Self(self.0 | relation.bit())
    }

    /// This set less one relation.
    #[must_use]
    pub const fn without(self, relation: Relation) -> Self {
        Self(self.0 & !relation.bit())
    }

    /// Whether a relation is among them.
    #[must_use]
    pub const fn has(self, relation: Relation) -> bool {
        self.0 & relation.bit() != 0
    }

    /// The relations, in the order of the matrix.
    pub fn iter(self) -> impl Iterator<Item = Relation> {
        Relation::ALL.into_iter().filter(move |&relation| self.has(relation))
    }

    /// Every subset of the given relations: the finite domain of a decision.
    pub fn subsets(of: &[Relation]) -> impl Iterator<Item = Self> {
        (0..1_u32 << of.len()).map(|mask| {
            of.iter()
                .enumerate()
                .filter(|(place, _)| mask >> place & 1 == 1)
                .map(|(_, &relation)| relation)
                .collect()
        })
    }
}

impl FromIterator<Relation> for Relations {
    fn from_iter<T: IntoIterator<Item = Relation>>(relations: T) -> Self {
        relations.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Relations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_confirmed_relation_counts() {
        for relation in Relation::ALL {
            for standing in Standing::ALL {
                let relations = Relations::in_force([(relation, standing)]);
                assert_eq!(
                    relations.has(relation),
                    standing == Standing::Confirmed,
                    "{relation:?} {standing:?}"
                );
            }
        }
    }

    #[test]
    fn each_relation_has_a_bit_of_its_own() {
        let all: Relations = Relation::ALL.into_iter().collect();
        assert_eq!(all.iter().count(), Relation::ALL.len());
        for relation in Relation::ALL {
            assert_eq!(all.without(relation).iter().count(), Relation::ALL.len() - 1);
        }
    }

    #[test]
    fn subsets_are_all_there_and_all_different() {
        let of = [Relation::Oneself, Relation::Manager, Relation::Suspended];
        let subsets: std::collections::HashSet<Relations> = Relations::subsets(&of).collect();
        assert_eq!(subsets.len(), 8);
    }
}
