//! Cells that ask for what the directory holds already.

/// How many they are. A plan that comes from its file does not know, and is the same plan.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::domain) struct AlreadyThere(pub Option<u64>);

impl AlreadyThere {
    /// One more.
    pub fn count(&mut self) {
        self.0 = self.0.map(|count| count + 1);
    }
}

impl PartialEq for AlreadyThere {
    fn eq(&self, _: &AlreadyThere) -> bool {
        true
    }
}

impl Eq for AlreadyThere {}
