//! Whom rows want back by the name they had.

use super::{Hidden, SurveyError, Wanted};
use crate::domain::{Directory, UpnKey, UserKey};
use crate::graph::DirectoryReader;

/// Reads the deleted users who had the wanted names; who may not be read is told as one who is not shown.
pub(super) async fn read_former(
    reader: &DirectoryReader,
    wanted: &Wanted,
    directory: &mut Directory,
) -> Result<Vec<Hidden>, SurveyError> {
    let mut names: Vec<UpnKey> = wanted.former.iter().cloned().collect();
    names.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    let mut hidden = Vec::new();
    let found = reader.deleted_by_name(&names, &wanted.columns).await?;
    for (name, lookup) in names.into_iter().zip(found) {
        match lookup {
            Ok(users) => users.into_iter().for_each(|user| directory.insert_former(user)),
            Err(error) => hidden.push(Hidden {
                key: UserKey::Upn(name),
                hint: error.hint(),
                message: error.to_string(),
            }),
        }
    }
    Ok(hidden)
}
