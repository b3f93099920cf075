//! Invented people.
use super::{directory::Directory, tenant::Tenant};
/// x
pub fn generate(tenant: Tenant, _users: usize, _seed: u64) -> Directory {
    Directory::new(tenant)
}
