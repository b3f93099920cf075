//! The users who have an identity that a row gives to somebody, and guests who are known by nothing but an identity.

use super::{Hidden, Reporter, SurveyError, Wanted, read_named};
use crate::domain::{Addresses, Columns, Directory, IdentityKey, UserKey, UserState, guest_issuers};
use crate::graph::{DirectoryReader, IdentityHolders};

/// Reads everybody who has one of the wanted identities, and guests whom no address has found. The issuer of a guest's identity is the
/// organization the guest is of, that of a local account the tenant's default domain.
pub(super) async fn read_identities(
    reader: &DirectoryReader,
    wanted: &Wanted,
    columns: &Columns,
    reporter: &Reporter,
    directory: &mut Directory,
) -> Result<Vec<Hidden>, SurveyError> {
    let mut keys: Vec<IdentityKey> = wanted.identities.iter().cloned().collect();
    let unmet = Addresses::nobodys(&wanted.addresses, directory);
    if !unmet.is_empty() {
        let tenant = reader.organization().await?;
        let own = tenant.as_ref().and_then(|tenant| tenant.default_domain.clone());
        directory.set_verified_domains(tenant.map(|tenant| tenant.verified_domains));
        for address in unmet {
            let small = address.to_lowercase();
            for issuer in guest_issuers(address, own.as_deref()) {
                keys.push(IdentityKey::new(issuer, address));
                // Addresses have no case, and an identity may: it is asked for as it is mostly kept as well.
                if small != *address {
                    keys.push(IdentityKey::new(issuer, &small));
                }
            }
        }
    }
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let IdentityHolders { users, unknown } = reader.holders_of_identities(&keys).await?;
    directory.set_unknown_identities(unknown);
    let more: Vec<UserKey> = users
        .into_iter()
        .filter(|id| directory.user(id).is_none())
        .map(UserKey::Id)
        .collect();
    read_named(reader, &more, columns, reporter, directory).await
}

/// Whether a user has one of the wanted identities.
pub(super) fn has_identity(user: &UserState, columns: &Columns, wanted: &Wanted) -> bool {
    if wanted.identities.is_empty() {
        return false;
    }
    let value = user.value(columns, "identities");
    value.is_some_and(|value| IdentityKey::all_of(value).any(|key| wanted.identities.contains(&key)))
}
