//! Sealed plans that wait for a person.

use rusqlite::OptionalExtension;

use super::night::WaitingNight;
use super::{Ledger, keeping};
use crate::state::error::{At, StateError};

impl Ledger {
    /// The night whose figures are kept until its sealed plan is approved, or its run is at its end.
    pub fn waiting(&self) -> Result<Option<WaitingNight>, StateError> {
        let Some(night) = self.one("id = (SELECT night FROM waiting)", [])? else {
            return Ok(None);
        };
        let fingerprint = self
            .connection
            .query_row("SELECT fingerprint FROM waiting", [], |row| row.get(0))
            .optional()
            .at(&self.path)?;
        Ok(Some(WaitingNight {
            night,
            fingerprint: fingerprint.flatten(),
        }))
    }

    /// What the waiting night was to write is written: it is the last good night now.
    pub fn waiting_is_good(&mut self) -> Result<(), StateError> {
        let point = self.connection.savepoint().at(&self.path)?;
        keeping::waiting_is_good(&point).at(&self.path)?;
        point.commit().at(&self.path)
    }
}
