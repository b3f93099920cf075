//! An export as lines of JSON.

use std::io::Write;

use crate::table::{RowSink, Written};

/// One JSON object a line, every cell as text.
pub struct JsonLines<W: Write> {
    sink: W,
}

impl<W: Write> JsonLines<W> {
    pub fn new(sink: W) -> JsonLines<W> {
        JsonLines { sink }
    }
}

impl<W: Write + Send> RowSink for JsonLines<W> {
    type Target = W;

    fn begin(&mut self, _columns: &[&str]) -> std::io::Result<()> {
        Ok(())
    }

    fn row(&mut self, columns: &[&str], cells: &[String]) -> std::io::Result<()> {
        let object: serde_json::Map<String, serde_json::Value> = columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| ((*column).to_owned(), cell.as_str().into()))
            .collect();
        serde_json::to_writer(&mut self.sink, &object)?;
        self.sink.write_all(b"\n")
    }

    fn finish(mut self) -> std::io::Result<(W, Written)> {
        self.sink.flush()?;
        Ok((self.sink, Written::default()))
    }
}
