//! The phases that listings, progress and summaries are grouped by.

use std::fmt;

/// A label of a resource type. The order is the one of listings; what happens first is decided
/// by the dependencies alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// What needs no AWS: random values, files, keys, waiting.
    Utility,
    Network,
    Security,
    Data,
    Compute,
    Delivery,
    Monitoring,
}

impl Phase {
    pub const ALL: [Phase; 7] = [
        Phase::Utility,
        Phase::Network,
        Phase::Security,
        Phase::Data,
        Phase::Compute,
        Phase::Delivery,
        Phase::Monitoring,
    ];

    pub fn from_name(name: &str) -> Option<Phase> {
        Phase::ALL.into_iter().find(|phase| phase.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Phase::Utility => "utility",
            Phase::Network => "network",
            Phase::Security => "security",
            Phase::Data => "data",
            Phase::Compute => "compute",
            Phase::Delivery => "delivery",
            Phase::Monitoring => "monitoring",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
