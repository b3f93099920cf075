//! Which Global Administrators can sign in.

use std::collections::HashSet;

use super::call_error::CallError;
use super::lookup::Lookup;
use super::reader::DirectoryReader;
use crate::catalogue;
use crate::domain::{Columns, UserKey, Value};

impl DirectoryReader {
    /// Looks which Global Administrators can sign in; the others count for nothing when the last one is looked for.
    ///
    /// # Errors
    /// [`CallError`], after all attempts.
    pub async fn know_administrators(&self) -> Result<(), CallError> {
        let book = self.role_book();
        let keys: Vec<UserKey> = book
            .iter()
            .flat_map(|book| &book.global_administrators)
            .map(|user| UserKey::Id(*user))
            .collect();
        let Some(enabled) = catalogue::by_name("accountEnabled") else {
            return Ok(());
        };
        let columns: Columns = vec![enabled].into();
        let mut disabled = HashSet::new();
        for found in self.users_by_key(&keys, &columns).await? {
            if let Lookup::Found(user) = found
                && user.values.first() == Some(&Value::Boolean(false))
            {
                disabled.insert(user.id);
            }
        }
        self.session.roles.with(|seen| seen.leave_out(disabled));
        Ok(())
    }
}
