//! An earlier export that was given as a file: its rows, packed, and where in it somebody is.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use super::super::intake::{Chunk, read_chunks};
use super::by_key::{KeyIndex, no_key_in_base};
use super::{BaseError, not_in_base, of_base};
use crate::domain::{
    Base, BaseRow, CellTexts, CellTextsBuilder, Extent, Finding, ParsedRow, ROWS_PER_PACK, UpnKey, UserId,
    shorten,
};
use crate::table::{ReadOptions, Sheet, UnreadableRow};

/// An earlier export, kept as a file.
pub(super) struct BaseFile {
    /// As it was named.
    path: String,
    /// Whether a row was in it.
    used: bool,
    columns: Arc<[String]>,
    rows: Vec<CellTexts>,
    by_id: Vec<(UserId, u32)>,
    /// By a hash of the name: the name is with the row.
    by_name: Vec<(u64, u32)>,
    by_key: Option<KeyIndex<usize>>,
    /// The pack that was looked at last, and how often it was another one.
    pack: usize,
    turns: usize,
}

impl BaseFile {
    /// Reads the file.
    pub fn read(path: &str, options: ReadOptions) -> Result<BaseFile, BaseError> {
        let sheet = Sheet::open(Path::new(path), options)?;
        // Read otherwise than the sheet, every cell with an accent would look like an edit.
        if sheet.is_guessed() {
            return Err(BaseError::Guessed(path.to_owned()));
        }
        let is_of_file = |finding: &&Finding| finding.is_error() && finding.extent != Extent::Row;
        if let Some(finding) = sheet.findings().iter().find(is_of_file) {
            return Err(BaseError::Unusable {
                told: of_base(format!(
                    "{}: {}; {}",
                    finding.place_in(path),
                    finding.message,
                    finding.help
                )),
                file: path.to_owned(),
            });
        }
        let of_row = sheet.findings().iter().find(|finding| finding.is_error());
        if of_row.is_some() || !sheet.held_cells().is_empty() {
            return Err(BaseError::damaged(path, of_row));
        }
        let columns: Vec<(usize, &'static crate::catalogue::Attribute)> =
            sheet.header().attribute_columns().collect();
        let count = usize::try_from(sheet.rows_max()).unwrap_or_default();
        let mut file = BaseFile {
            path: path.to_owned(),
            used: false,
            columns: columns
                .iter()
                .map(|(_, attribute)| attribute.name.to_owned())
                .collect(),
            rows: Vec::with_capacity(count),
            by_id: Vec::with_capacity(count),
            by_name: Vec::with_capacity(count),
            by_key: None,
            pack: 0,
            turns: 0,
        };
        let own: Vec<usize> = columns.iter().map(|(at, _)| *at).collect();
        let keys = ["id", "userPrincipalName"].map(|name| sheet.header().index_of(name));
        // The next rows are read while these are packed.
        let read = std::thread::scope(|scope| {
            let (reader, chunks) = sync_channel(1);
            let sheet = &sheet;
            scope.spawn(move || read_chunks(sheet, ROWS_PER_PACK, &reader));
            chunks
                .into_iter()
                .try_for_each(|chunk| file.add(chunk, keys, &own))
        });
        file.by_id.sort_unstable();
        file.by_name.sort_unstable();
        if let Some(user) = file.repeated() {
            return Err(BaseError::Repeated {
                file: path.to_owned(),
                user,
            });
        }
        match read {
            Ok(()) => Ok(file),
            Err(row) => Err(BaseError::damaged(path, row.finding.as_ref())),
        }
    }

    /// Adds rows.
    ///
    /// # Errors
    /// One cannot be read, and why.
    fn add(
        &mut self,
        chunk: Chunk,
        [id, name]: [Option<usize>; 2],
        own: &[usize],
    ) -> Result<(), Box<UnreadableRow>> {
        let mut texts = CellTextsBuilder::default();
        for (index, row) in (self.rows.len() as u32..).zip(chunk) {
            let row = row?;
            let cell = |at: Option<usize>| at.and_then(|at| row.cells.get(at)).unwrap_or_default();
            let id_text = cell(id).trim();
            match UserId::parse(id_text) {
                Some(id) => self.by_id.push((id, index)),
                None if id_text.is_empty() => {}
                // Another row would be found by its name, with this one's cells.
                None => {
                    let finding = not_an_id(id_text).at(row.place());
                    return Err(Box::new(UnreadableRow {
                        finding: Some(finding),
                        raw: row,
                    }));
                }
            }
            if !cell(name).trim().is_empty() {
                self.by_name.push((UpnKey::new(cell(name)).hashed(), index));
            }
            own.iter()
                .filter_map(|at| row.cells.get(*at))
                .for_each(|text| texts.push(text));
            texts.end_row();
        }
        self.rows.extend(texts.finish_packed());
        Ok(())
    }

    /// The file as it was named, when a row was in it.
    pub fn used(&self) -> Option<&str> {
        self.used.then_some(&self.path)
    }

    /// The base of one row.
    pub fn of(&mut self, row: &ParsedRow) -> Base {
        let by_id = row.id().and_then(|id| self.by_id(id));
        let index = by_id.or_else(|| row.upn().and_then(|upn| self.by_name(upn)));
        let index = match (index, row.key()) {
            (None, Some(key)) if row.id().is_none() && row.upn().is_none() => {
                let key_column = |column: &String| column == key.attribute().name;
                let Some(at) = self.columns.iter().position(key_column) else {
                    return no_key_in_base(key);
                };
                let rows = &self.rows;
                let by_key = self.by_key.get_or_insert_with(|| {
                    let mut by_key = KeyIndex::new(key.attribute());
                    for (index, cells) in rows.iter().enumerate() {
                        by_key.add(cells.at_hand().get(at).unwrap_or_default(), index);
                    }
                    by_key
                });
                match by_key.find(key) {
                    Ok(index) => index,
                    Err(base) => return *base,
                }
            }
            (index, _) => index,
        };
        match index.and_then(|index| self.cells(index)) {
            Some(cells) => {
                self.used = true;
                Base::Row(BaseRow::new(Arc::clone(&self.columns), cells))
            }
            None => not_in_base(),
        }
    }

    /// The cells of a row. Most sheets come back in the order in which they left, and one pack after another is unpacked; where
    /// the order does not hold, all stay unpacked.
    fn cells(&mut self, index: usize) -> Option<CellTexts> {
        let cells = self.rows.get(index)?;
        let pack = index / ROWS_PER_PACK;
        self.turns += usize::from(std::mem::replace(&mut self.pack, pack) != pack);
        if self.turns <= 2 * self.rows.len().div_ceil(ROWS_PER_PACK) + 16 {
            return Some(cells.at_hand());
        }
        // Asking for one text unpacks all that were packed with it.
        let _ = cells.get(0);
        Some(cells.clone())
    }

    fn by_id(&self, id: UserId) -> Option<usize> {
        let at = self.by_id.binary_search_by_key(&id, |(known, _)| *known).ok()?;
        self.by_id.get(at).map(|(_, row)| *row as usize)
    }

    fn by_name(&self, name: &UpnKey) -> Option<usize> {
        let hash = name.hashed();
        let from = self.by_name.partition_point(|(known, _)| *known < hash);
        let alike = self
            .by_name
            .iter()
            .skip(from)
            .take_while(|(known, _)| *known == hash);
        let mut rows = alike.map(|(_, row)| *row as usize);
        rows.find(|row| self.name(*row).is_some_and(|known| known == *name))
    }

    fn name(&self, row: usize) -> Option<UpnKey> {
        self.name_text(row).map(|text| UpnKey::new(&text))
    }

    fn name_text(&self, row: usize) -> Option<String> {
        let is_it = |column: &String| column == "userPrincipalName";
        let at = self.columns.iter().position(is_it)?;
        self.rows.get(row)?.at_hand().get(at).map(str::to_owned)
    }

    /// Who is in it twice: the first one in the order of the rows.
    fn repeated(&self) -> Option<String> {
        let ids = self.by_id.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        let by_id = ids.map(|pair| (pair[1].1, pair[1].0)).min();
        let names = self.by_name.chunk_by(|one, two| one.0 == two.0);
        let by_name = names.filter(|alike| alike.len() > 1).filter_map(|alike| {
            let mut rows_of: HashMap<UpnKey, u32> = HashMap::new();
            let mut rows = alike.iter().map(|(_, row)| *row);
            rows.find(|row| {
                self.name(*row as usize)
                    .is_some_and(|name| rows_of.insert(name, *row).is_some())
            })
        });
        match (by_id, by_name.min()) {
            (Some((row, id)), name) if name.is_none_or(|other| row <= other) => Some(id.to_string()),
            (_, Some(row)) => self.name_text(row as usize).map(|text| shorten(&text)),
            _ => None,
        }
    }
}

/// An id of an export that is none any more: the file was edited, or cut.
fn not_an_id(text: &str) -> Finding {
    Finding::error(
        "not-an-id",
        Extent::Row,
        "its `id` is not an object id any more, so the file is not as it was exported",
        "take the export as it was written",
    )
    .found(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &[String]) -> Result<BaseFile, BaseError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("base.csv");
        let text = format!("id,userPrincipalName,department\n{}", rows.join("\n"));
        std::fs::write(&path, text).unwrap();
        BaseFile::read(path.to_str().unwrap(), ReadOptions::default())
    }

    fn row(index: usize) -> String {
        format!("00000000-0000-4000-8000-{index:012},P{index}@x.example,Sales {index}")
    }

    #[test]
    fn rows_are_found_in_any_order_and_stay_unpacked_where_there_is_none() {
        let rows: Vec<String> = (0..ROWS_PER_PACK * 3).map(row).collect();
        let mut file = read(&rows).unwrap();
        let packed = |file: &BaseFile| file.rows.iter().filter(|cells| cells.is_packed()).count();
        for index in 0..rows.len() {
            let department = file.cells(index).unwrap().to_vec().pop();
            assert_eq!(department, Some(format!("Sales {index}")));
            assert_eq!(
                file.by_name(&UpnKey::new(&format!("p{index}@X.EXAMPLE"))),
                Some(index)
            );
        }
        assert_eq!(packed(&file), rows.len());
        for index in (0..200).map(|step| step * 1_237 % rows.len()) {
            let id = UserId::parse(&format!("00000000-0000-4000-8000-{index:012}")).unwrap();
            assert_eq!(file.by_id(id), Some(index));
            let department = file.cells(index).unwrap().to_vec().pop();
            assert_eq!(department, Some(format!("Sales {index}")));
        }
        assert_eq!(packed(&file), 0);
        assert_eq!(file.by_name(&UpnKey::new("nobody@x.example")), None);
    }

    #[test]
    fn whoever_is_in_it_twice_is_told_in_the_order_of_the_rows() {
        let twice = |rows: &[String]| match read(rows) {
            Err(BaseError::Repeated { user, .. }) => Some(user),
            _ => None,
        };
        let named = |id: usize, name: &str| format!("00000000-0000-4000-8000-{id:012},{name},x");
        assert_eq!(twice(&[row(1), row(2)]), None);
        assert_eq!(
            twice(&[row(1), row(2), named(3, "p2@X.example")]),
            Some("p2@X.example".to_owned())
        );
        let by_both = [row(1), row(2), named(1, "p2@x.example"), named(2, "p1@x.example")];
        assert_eq!(
            twice(&by_both),
            Some("00000000-0000-4000-8000-000000000001".to_owned())
        );
        let by_name = [
            row(2),
            named(4, ""),
            named(5, ""),
            named(3, "P2@x.example"),
            row(2),
        ];
        assert_eq!(twice(&by_name), Some("P2@x.example".to_owned()));
    }
}
