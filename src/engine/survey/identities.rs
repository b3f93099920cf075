//! The users who have an identity that a row gives to somebody, and guests who are known by nothing but an identity.

use super::{Hidden, Reporter, SurveyError, Wanted, read_named};
use crate::domain::{Addresses, Columns, Directory, IdentityKey, UserKey, UserState};
use crate::graph::DirectoryReader;

/// Who issues the identity of a guest who signs in with a code that is mailed.
/// <https://learn.microsoft.com/entra/external-id/user-properties>
const BY_MAIL: &str = "mail";

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
        let own = reader
            .organization()
            .await?
            .and_then(|tenant| tenant.default_domain);
        for address in unmet {
            let domain = address.rsplit('@').next().unwrap_or_default();
            let issuers = [domain, BY_MAIL].into_iter().chain(own.as_deref());
            keys.extend(issuers.map(|issuer| IdentityKey::new(issuer, address)));
        }
    }
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let holders = reader.holders_of_identities(&keys).await?;
    let more: Vec<UserKey> = holders
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
