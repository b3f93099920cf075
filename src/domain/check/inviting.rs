//! The cells that say an invitation.

use super::CheckedRow;
use crate::catalogue;
use crate::domain::invitation::InvitationCells;
use crate::domain::kinds::email;
use crate::domain::{
    CellTexts, ColumnRole, Extent, Finding, InvitationPart, SheetColumn, is_blank, is_web_address, shorten,
};

/// The text of the cell that says this part; `None` where there is nothing to see.
pub(in crate::domain) fn cell<'r>(
    cells: &'r CellTexts,
    columns: &[SheetColumn],
    part: InvitationPart,
) -> Option<(usize, &'r str)> {
    let index = columns
        .iter()
        .position(|column| column.role == ColumnRole::Invitation(part))?;
    let text = cells.get(index).filter(|text| !is_blank(text))?;
    Some((index, text.trim()))
}

impl CheckedRow {
    /// Takes in what the row says of an invitation. What is not beyond doubt holds back the whole row.
    pub(super) fn read_invitation(&mut self, columns: &[SheetColumn]) {
        let raw = self.raw.cells.clone();
        let Some((index, address)) = cell(&raw, columns, InvitationPart::Address) else {
            return;
        };
        let mut problems: Vec<(usize, String, &str)> = Vec::new();
        if self.id.is_some() || self.has_upn() || self.key().is_some() || self.has_base {
            problems.push((
                index,
                "the row names a user and says an invitation; it can only be one of the two".to_owned(),
                "empty the address if that user is meant; else empty what names the user",
            ));
        }
        let mail = catalogue::by_name("mail").and_then(|mail| email(mail, address).ok());
        if mail.is_none() {
            problems.push((
                index,
                format!("`{}` is no address that can be invited", shorten(address)),
                "write one plain address, like anna@fabrikam.com",
            ));
        }
        let redirect = cell(&raw, columns, InvitationPart::Redirect);
        if let Some((index, text)) = redirect.filter(|(_, text)| !is_web_address(text)) {
            problems.push((
                index,
                format!("`{}` is no address a guest can be sent to", shorten(text)),
                "write a whole web address that begins with https://",
            ));
        }
        let send_mail = match cell(&raw, columns, InvitationPart::SendMail) {
            None => Some(false),
            Some((_, text)) if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("yes") => {
                Some(true)
            }
            Some((_, text)) if text.eq_ignore_ascii_case("false") || text.eq_ignore_ascii_case("no") => {
                Some(false)
            }
            Some((index, text)) => {
                problems.push((
                    index,
                    format!("`{}` does not say whether a mail is to be sent", shorten(text)),
                    "write true or false; an empty cell sends none",
                ));
                None
            }
        };
        let message = cell(&raw, columns, InvitationPart::Message);
        if let Some((index, _)) = message.filter(|_| send_mail == Some(false)) {
            let finding = Finding::warning(
                "invitation-without-mail",
                Extent::Row,
                "the row has a message, but no mail is sent that could say it",
                "write true into `sendEmail`, or nothing to do: the guest is told by somebody else",
            )
            .at(self.raw.place().at(index));
            self.more_mut().findings.push(finding);
        }
        for (index, message, help) in problems {
            let header = columns.get(index).map_or("", |column| &column.header);
            let found = raw.get(index).unwrap_or_default();
            let finding = Finding::error("not-an-invitation", Extent::Row, message, help)
                .at(self.raw.place().at(index))
                .column(header)
                .found(found);
            self.more_mut().findings.push(finding);
        }
        self.more_mut().invitation = Some(Box::new(InvitationCells {
            address: mail.unwrap_or_default(),
            redirect: redirect.map(|(_, text)| text.to_owned()),
            send_mail: send_mail.unwrap_or(false),
            message: message.map(|(_, text)| text.to_owned()),
        }));
    }

    /// What the row says of an invitation.
    pub(in crate::domain) fn invitation(&self) -> Option<&InvitationCells> {
        self.more().invitation.as_deref()
    }

    /// The address by which the row names a guest.
    pub fn guest_address(&self) -> Option<&str> {
        let cells = self.invitation().filter(|_| !self.is_held());
        cells.map(|cells| cells.address.as_str())
    }
}
