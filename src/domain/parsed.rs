//! The keys of a row: which user it names, and which snapshot it came from.

use super::header_row::second_header;
use super::{
    ColumnRole, Extent, Finding, InvitationPart, KeyValue, RawRow, SheetColumn, SnapshotId, UpnKey, UserId,
    shorten,
};
use crate::catalogue::Attribute;

/// What is known of a row before its base: which user it names and which snapshot it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedRow {
    pub(super) raw: RawRow,
    pub(super) id: Option<UserId>,
    pub(super) upn: Option<UpnKey>,
    /// The value in the column that `--key` names.
    pub(super) key: Option<KeyValue>,
    pub(super) snapshot: Option<SnapshotId>,
    /// The address of a guest by which the row names its user.
    pub(super) address: Option<String>,
    pub(super) findings: Vec<Finding>,
}

impl ParsedRow {
    /// Reads the keys of a row. Every problem is a finding; the row goes on, so that all of them are found.
    pub fn read(raw: RawRow, columns: &[SheetColumn]) -> ParsedRow {
        ParsedRow::read_by(raw, columns, None)
    }

    /// The same where a column of its own may say whom the row is about (`--key`).
    pub fn read_by(raw: RawRow, columns: &[SheetColumn], key: Option<&'static Attribute>) -> ParsedRow {
        let mut row = ParsedRow {
            raw,
            id: None,
            upn: None,
            key: None,
            snapshot: None,
            address: None,
            findings: Vec::new(),
        };
        if let Some(finding) = second_header(&row.raw, columns) {
            row.findings.push(finding);
            return row;
        }
        for (index, column) in columns.iter().enumerate() {
            let is_key = match column.role {
                ColumnRole::Attribute(attribute) => {
                    matches!(attribute.name, "id" | "userPrincipalName") || Some(attribute) == key
                }
                ColumnRole::Snapshot | ColumnRole::Invitation(_) => true,
                ColumnRole::Action | ColumnRole::Other => false,
            };
            if !is_key {
                continue;
            }
            let place = row.raw.place().at(index);
            let text = row
                .raw
                .cells
                .get(index)
                .map(|cell| cell.trim())
                .unwrap_or_default();
            match column.role {
                ColumnRole::Attribute(attribute) if attribute.name == "id" && !text.is_empty() => {
                    row.id = UserId::parse(text);
                    if row.id.is_none() {
                        row.findings.push(
                            Finding::error(
                                "not-an-id",
                                Extent::Row,
                                "this is not an object id (36 characters, like `0a1b2c3d-0000-4000-8000-00000000000f`)",
                                "put the exported id back, or empty the cell so that the userPrincipalName finds the user",
                            )
                            .at(place)
                            .column(&column.header)
                            .found(text),
                        );
                    }
                }
                ColumnRole::Attribute(attribute)
                    if attribute.name == "userPrincipalName" && !text.is_empty() =>
                {
                    row.upn = Some(UpnKey::new(text));
                }
                ColumnRole::Attribute(attribute) if Some(attribute) == key => {
                    row.key = KeyValue::new(attribute, text);
                }
                ColumnRole::Snapshot if !text.is_empty() => {
                    row.snapshot = SnapshotId::parse(text);
                    if row.snapshot.is_none() {
                        row.findings.push(
                            Finding::error(
                                "not-a-snapshot",
                                Extent::Row,
                                "this is not the name of a snapshot (like `snap-20261123-150312-9f3a`)",
                                "put the exported text back; it tells dirsheet what the cells were before",
                            )
                            .at(place)
                            .column(&column.header)
                            .found(text),
                        );
                    }
                }
                ColumnRole::Invitation(InvitationPart::Address) if !text.is_empty() => {
                    row.address = Some(text.to_owned());
                }
                ColumnRole::Attribute(_)
                | ColumnRole::Snapshot
                | ColumnRole::Action
                | ColumnRole::Invitation(_)
                | ColumnRole::Other => {}
            }
        }
        let names_nobody =
            row.id.is_none() && row.upn.is_none() && row.key.is_none() && row.address.is_none();
        if names_nobody && row.findings.is_empty() {
            let message = match key {
                None => "the row names no user: `id` and `userPrincipalName` are both empty".to_owned(),
                Some(key) => format!(
                    "the row names no user: its key `{}` is empty, and no `id` or `userPrincipalName` names one",
                    key.name
                ),
            };
            row.findings.push(
                Finding::error(
                    "no-key",
                    Extent::Row,
                    message,
                    "fill one of them, or delete the row",
                )
                .at(row.raw.place()),
            );
        }
        row
    }

    /// The object id in the row.
    pub fn id(&self) -> Option<UserId> {
        self.id
    }

    /// The userPrincipalName in the row.
    pub fn upn(&self) -> Option<&UpnKey> {
        self.upn.as_ref()
    }

    /// The value of the key column in the row.
    pub fn key(&self) -> Option<&KeyValue> {
        self.key.as_ref()
    }

    /// The snapshot the row says it came from.
    pub fn snapshot(&self) -> Option<&SnapshotId> {
        self.snapshot.as_ref()
    }

    /// How the row names its user, for messages.
    pub(super) fn label(&self) -> String {
        match (&self.upn, self.id, &self.key) {
            (Some(upn), _, _) => shorten(upn.as_str()),
            (None, Some(id), _) => id.to_string(),
            (None, None, Some(key)) => format!("{} {}", key.attribute().name, shorten(key.text())),
            (None, None, None) => self.address.as_deref().map(shorten).unwrap_or_default(),
        }
    }
}
