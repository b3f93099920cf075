//! Guests: rows whose columns say an invitation. <https://learn.microsoft.com/graph/api/invitation-post>
//!
//! A row names its guest by the address alone: the name the guest gets is the service's to make. Whoever is there already is
//! found by that address, and the row is then an edit like any other. An invitation may send a mail, and a mail cannot be called
//! back, so nobody is invited without being told so (`--allow invite`), nor twice.

mod addresses;

use std::collections::{HashMap, HashSet};

use ring::digest;
use serde::{Deserialize, Serialize};

use thin_vec::thin_vec;

use super::domains::is_of_tenant;
use super::edit::Edit;
use super::key_value::some_of;
use super::{
    Change, CheckedRow, Directory, Extent, Finding, PersonFacts, Plan, There, UserChanges, UserId, UserState,
    Value, shorten,
};
use crate::catalogue::{self, PatchPlace, WriteRule};
pub use addresses::Addresses;
use addresses::{as_what, held_by, is_own_member};

/// What of an invitation a column says. None of them is an attribute of the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvitationPart {
    /// The address to invite.
    Address,
    /// Where the guest goes after accepting.
    Redirect,
    /// Whether Microsoft sends a mail.
    SendMail,
    /// What the mail says.
    Message,
}

/// What goes into the request beside the attributes of the guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub redirect: String,
    pub send_mail: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What a row says of an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationCells {
    pub(super) address: String,
    pub(super) redirect: Option<String>,
    pub(super) send_mail: bool,
    pub(super) message: Option<String>,
}

/// How guests are invited, where they may be.
#[derive(Debug, Clone, Copy)]
pub struct Inviting<'c> {
    /// Where a guest goes whose row does not say it (`--invite-redirect`).
    pub redirect: Option<&'c str>,
}

/// The identity of a guest who is still to be invited, like [`super::newcomer_id`]: only this tool uses it.
pub fn invitee_id(address: &str) -> UserId {
    let text = format!("invitee\n{}", address.to_lowercase());
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    let mut bytes = [0; 16];
    for (byte, from) in bytes.iter_mut().zip(digest.as_ref()) {
        *byte = *from;
    }
    bytes[6] = (bytes[6] & 0x0F) | 0x80;
    bytes[8] = (bytes[8] & 0x3F) | 0x80;
    UserId::from_bytes(bytes)
}

/// What the userPrincipalName of a guest with this address begins with: `anna_fabrikam.com#EXT#@`.
/// <https://learn.microsoft.com/entra/external-id/user-properties>
pub fn guest_name_start(address: &str) -> String {
    format!("{}#EXT#@", address.replace('@', "_"))
}

/// Whether the request that invites a guest carries this attribute; all others are written when the guest is there.
pub(super) fn goes_with_invitation(change: &Change) -> bool {
    matches!(change.attribute.name, "mail" | "displayName")
        && matches!(change.attribute.write, WriteRule::MainPatch(PatchPlace::Property))
}

/// The rows that name a guest by address.
#[derive(Debug, Default)]
pub(super) struct Guests {
    /// Whom a row is about, by its index.
    pub rows: HashMap<usize, UserId>,
    /// The guests who are to be invited, as they will begin: with nothing.
    pub users: Vec<UserState>,
    invited: HashMap<UserId, Invited>,
    /// Rows of guests who are there already, and as what.
    pub there: HashMap<usize, There>,
}

#[derive(Debug)]
struct Invited {
    index: usize,
    address: String,
    invitation: Invitation,
}

impl Guests {
    /// Finds them. What keeps a row from being an invitation is added to it.
    pub fn find(rows: &mut [CheckedRow], directory: &Directory, inviting: Option<Inviting<'_>>) -> Guests {
        let mut guests = Guests::default();
        let mut of_address: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, row) in rows.iter().enumerate() {
            if let Some(cells) = row.invitation().filter(|_| !row.is_held()) {
                of_address
                    .entry(cells.address.to_lowercase())
                    .or_default()
                    .push(index);
            }
        }
        if of_address.is_empty() {
            return guests;
        }
        for indexes in of_address.values().filter(|indexes| indexes.len() > 1) {
            for index in indexes {
                if let Some(row) = rows.get_mut(*index) {
                    add(row, twice());
                }
            }
        }
        let mut holders: HashMap<String, Vec<&UserState>> = HashMap::new();
        for user in directory.all() {
            let (addresses, name) = held_by(user, directory.columns());
            for text in addresses.into_iter().chain([name]) {
                let known = holders.entry(text).or_default();
                if known.iter().all(|other| other.id != user.id) {
                    known.push(user);
                }
            }
        }
        for (index, row) in rows.iter_mut().enumerate() {
            let Some(cells) = row.invitation().filter(|_| !row.is_held()).cloned() else {
                continue;
            };
            let keys = [
                cells.address.to_lowercase(),
                guest_name_start(&cells.address).to_lowercase(),
            ];
            let mut found: Vec<&UserState> = Vec::new();
            for user in keys.iter().filter_map(|key| holders.get(key)).flatten() {
                if found.iter().all(|known| known.id != user.id) {
                    found.push(user);
                }
            }
            found.sort_by(|a, b| a.upn.cmp(&b.upn));
            match found.as_slice() {
                [user] if is_own_member(user, directory) && !row.cells().is_empty() => {
                    add(row, of_member(&cells.address, user));
                }
                [user] => {
                    guests.rows.insert(index, user.id);
                    guests.there.insert(index, as_what(user, directory));
                }
                [] => match guests.invite(index, row, cells, directory, inviting) {
                    Ok(()) => {}
                    Err(finding) => add(row, *finding),
                },
                several => add(row, ambiguous(&cells.address, several)),
            }
        }
        guests
    }

    /// Takes in a guest who is not there.
    fn invite(
        &mut self,
        index: usize,
        row: &CheckedRow,
        cells: InvitationCells,
        directory: &Directory,
        inviting: Option<Inviting<'_>>,
    ) -> Result<(), Box<Finding>> {
        let error = |rule, message: String, help: String| {
            Err(Box::new(Finding::error(rule, Extent::Row, message, help)))
        };
        let address = shorten(&cells.address);
        if row.has_action() {
            return error(
                "unknown-user",
                format!(
                    "nobody here has the address `{address}`, and a row with an `_action` invites nobody"
                ),
                "correct the address, or delete the row if the user is gone".to_owned(),
            );
        }
        let Some(inviting) = inviting else {
            return error(
                "invitation-not-allowed",
                format!("nobody here has the address `{address}`, and guests are not invited unless that is allowed"),
                "`--allow invite` invites those who are not there; correct the address if somebody who is there is meant"
                    .to_owned(),
            );
        };
        let domain = cells.address.rsplit('@').next().unwrap_or_default();
        if is_of_tenant(&cells.address, directory) == Some(true) {
            return error(
                "invitation-of-own-domain",
                format!("`{address}` is of `{domain}`, a verified domain of this tenant, and nobody of it can be a guest"),
                "correct the address; a user of this tenant is made by `--allow create`, with a userPrincipalName"
                    .to_owned(),
            );
        }
        // Whoever is there is not invited, and here nobody could tell.
        let mut unknown = directory.unknown_identities().iter();
        if unknown.any(|key| key.assigned.eq_ignore_ascii_case(&cells.address)) {
            return error(
                "guest-not-known",
                format!("the service did not tell whether somebody has `{address}` as an identity, and nobody is invited in doubt"),
                "try again later; if it stays so, look in the portal who has the address, and name that guest by `id`".to_owned(),
            );
        }
        let Some(redirect) = cells.redirect.or_else(|| inviting.redirect.map(str::to_owned)) else {
            return error(
                "invitation-incomplete",
                format!(
                    "`{address}` cannot be invited: the row does not say where the guest goes after accepting"
                ),
                "fill `inviteRedirectURL`, or name one address for all rows: `--invite-redirect https://…`"
                    .to_owned(),
            );
        };
        let other_mail = row.cells().iter().find(|cell| {
            cell.attribute.name == "mail"
                && !matches!(&cell.edit, Edit::Set(Value::Text(mail)) if mail.eq_ignore_ascii_case(&cells.address))
        });
        if other_mail.is_some() {
            return error(
                "invitation-incomplete",
                format!("`{address}` is to be invited, but the column `mail` says another address"),
                "leave the cell `mail` empty: a guest gets the address it was invited by".to_owned(),
            );
        }
        if row.cells().iter().any(|cell| cell.attribute.name == "identities") {
            return error(
                "invitation-incomplete",
                format!(
                    "`{address}` is to be invited, and the service itself makes the `identities` of a guest"
                ),
                "leave the cell `identities` empty; it can be edited when the guest is there".to_owned(),
            );
        }
        if row.findings().iter().any(Finding::is_error) {
            return error(
                "invitation-incomplete",
                format!("`{address}` is not invited, because cells of the row have errors"),
                "correct them first: a guest is invited with all of the row or not at all".to_owned(),
            );
        }
        let id = invitee_id(&cells.address);
        self.rows.insert(index, id);
        self.users.push(UserState {
            id,
            upn: cells.address.clone(),
            synced: None,
            restricted: false,
            agent: false,
            values: thin_vec![Value::Empty; directory.columns().len()],
            unread: Default::default(),
        });
        self.invited.insert(
            id,
            Invited {
                index,
                address: cells.address,
                invitation: Invitation {
                    redirect,
                    send_mail: cells.send_mail,
                    message: cells.message,
                },
            },
        );
        Ok(())
    }

    /// Makes the invitations part of the plan, whose rows stand in it already, and says who is there. Nobody `held` is invited.
    pub fn complete(self, plan: &mut Plan, held: &HashSet<UserId>) {
        for (index, there) in self.there {
            if let Some(row) = plan.rows.get_mut(index) {
                row.remarks.push(match there {
                    There::Guest => format!("{} is there already, so nobody is invited", row.label()),
                    There::Member => {
                        format!(
                            "{} has this address and is no guest, so nobody is invited",
                            row.label()
                        )
                    }
                });
                row.there = Some(there);
            }
        }
        let Some(mail) = catalogue::by_name("mail") else {
            return;
        };
        let known = plan.users.len();
        for (id, invited) in self.invited.into_iter().filter(|(id, _)| !held.contains(id)) {
            let Some(row) = plan.rows.get_mut(invited.index) else {
                continue;
            };
            let change = Change {
                attribute: mail,
                before: Value::Empty,
                after: Value::Text(invited.address.clone()),
            };
            if !row.writes.iter().any(|name| name == "mail") {
                row.writes.insert(0, "mail".into());
            }
            let user = match plan.users.iter_mut().find(|user| user.user == id) {
                Some(user) => user,
                None => {
                    plan.users.push(UserChanges {
                        user: id,
                        upn: invited.address,
                        person: PersonFacts::default(),
                        row: row.row,
                        changes: Vec::new(),
                        companions: Default::default(),
                        is_new: true,
                        invitation: None,
                    });
                    let Some(user) = plan.users.last_mut() else {
                        continue;
                    };
                    user
                }
            };
            user.changes.retain(|known| known.attribute != mail);
            user.changes.insert(0, change);
            user.is_new = true;
            user.person = PersonFacts::to_be(&user.changes);
            user.invitation = Some(Box::new(invited.invitation));
        }
        // They stand in the order of their rows as long as nobody was added.
        if plan.users.len() > known {
            plan.users.sort_by_key(|user| user.row);
        }
    }
}

fn add(row: &mut CheckedRow, finding: Finding) {
    let place = row.place();
    row.add_finding(finding.at(place));
}

fn twice() -> Finding {
    Finding::error(
        "invited-twice",
        Extent::Row,
        "another row has the same address, and a guest is invited once",
        "put everything about the guest into one row, and delete the other",
    )
}

/// The address of a guest does not say that somebody of the tenant itself is to be edited.
fn of_member(address: &str, user: &UserState) -> Finding {
    Finding::error(
        "address-of-member",
        Extent::Row,
        format!(
            "`{}` is an address of `{}`, who is no guest, so the row neither invites nor edits anybody",
            shorten(address),
            shorten(&user.upn)
        ),
        "correct the address; if that member is to be edited, put the `id` or the `userPrincipalName` into the row, in place of the address",
    )
}

fn ambiguous(address: &str, users: &[&UserState]) -> Finding {
    Finding::error(
        "ambiguous-key",
        Extent::Row,
        format!(
            "{} users have the address `{}`: {}",
            users.len(),
            shorten(address),
            some_of(users)
        ),
        "put the `id` or the `userPrincipalName` of the one who is meant into the row, in place of the address",
    )
}
