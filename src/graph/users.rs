//! Listing users page by page. <https://learn.microsoft.com/graph/api/user-list>, <https://learn.microsoft.com/graph/paging>

use std::collections::HashSet;

use super::call_error::CallError;
use super::decode::{Decoder, Page};
use super::endless::Followed;
use super::page_gate::PageGate;
use super::query::{ListQuery, Selection};
use super::reader::DirectoryReader;
use super::service::{Request, Response};
use crate::domain::UserState;

/// How often a listing begins again when the service no longer knows its place in it.
const RESTARTS_MAX: u32 = 3;

impl DirectoryReader {
    /// Begins a listing; nothing is sent before the first page is asked for.
    pub fn pages(&self, query: ListQuery) -> Pages {
        Pages {
            reader: self.clone(),
            decoder: Decoder::new(&query.columns),
            query,
            selection: None,
            advanced: false,
            place: Place::First,
            seen_users: HashSet::new(),
            followed: Followed::default(),
            restarts: 0,
            roles_read: false,
            closed_before: 0,
            gate: None,
        }
    }
}

/// A listing under way. Only one page is held at a time; beside it the ids seen, 16 bytes for each user.
#[derive(Debug)]
pub struct Pages {
    reader: DirectoryReader,
    query: ListQuery,
    decoder: Decoder,
    selection: Option<Selection>,
    /// Whether the filter turned out to need the advanced query engine.
    advanced: bool,
    place: Place,
    seen_users: HashSet<[u8; 16]>,
    followed: Followed,
    restarts: u32,
    roles_read: bool,
    /// So many columns were left out when the selection was made.
    closed_before: usize,
    /// The gate of listings that are read together.
    gate: Option<PageGate>,
}

#[derive(Debug, Clone)]
enum Place {
    First,
    /// The link of the next page, exactly as the service wrote it.
    Link(String),
    End,
}

impl Pages {
    /// The next page, `None` after the last. A page may be empty; only the missing link ends a listing.
    ///
    /// A user that appears twice, in a listing that had to begin again or because it moved between pages, is given once.
    ///
    /// # Errors
    /// [`CallError`], after all attempts; the listing can be asked again and goes on with the same page.
    pub async fn next_page(&mut self) -> Result<Option<Vec<UserState>>, CallError> {
        loop {
            if matches!(self.place, Place::End) {
                return Ok(None);
            }
            match self.read_page().await {
                Ok(page) => return self.take_in(page).await.map(Some),
                Err(error) if self.can_restart(&error) => {
                    self.restarts += 1;
                    self.place = Place::First;
                    self.followed.begin_again();
                }
                Err(error) if self.wants_advanced(&error) => self.advanced = true,
                // Another listing was refused the same columns a moment before.
                Err(CallError::Graph { error, .. })
                    if error.status == 403
                        && matches!(self.place, Place::First)
                        && self.reader.closed_names().len() > self.closed_before =>
                {
                    self.selection = None;
                }
                Err(CallError::Graph { error, .. })
                    if matches!(self.place, Place::First)
                        && !self
                            .reader
                            .close_columns(&self.query.columns, &error)
                            .await
                            .is_empty() =>
                {
                    self.selection = None;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads its pages through a gate that other listings go through as well.
    pub fn through(mut self, gate: &PageGate) -> Pages {
        self.gate = Some(gate.clone());
        self
    }

    /// Whether the last page was read.
    pub fn is_at_end(&self) -> bool {
        matches!(self.place, Place::End)
    }

    /// How often the listing had to begin again.
    pub fn restarts(&self) -> u32 {
        self.restarts
    }

    async fn read_page(&mut self) -> Result<Page, CallError> {
        let selection = match &self.selection {
            Some(selection) => selection.clone(),
            None => {
                self.closed_before = self.reader.closed_names().len();
                self.selection
                    .insert(self.reader.open_selection(&self.query.columns)?)
                    .clone()
            }
        };
        let session = &self.reader.session;
        let url = match &self.place {
            Place::Link(link) => session.link(link)?,
            Place::First | Place::End => {
                let filter = self.query.filter.as_deref();
                session.address(&selection.list_path(filter, self.query.page_size, self.advanced))?
            }
        };
        // A link carries the options along but no header: it goes with every page.
        let mut request = Request::get(url).bulk();
        if selection.advanced || self.advanced {
            request = request.eventual();
        }
        let read = |response: &Response| self.decoder.page(&response.body);
        match &self.gate {
            Some(gate) => {
                self.reader
                    .get_through(gate, &request, selection.cost, read)
                    .await
            }
            None => self.reader.get(&request, selection.cost, read).await,
        }
    }

    /// Completes what a page tells. The listing goes on only after that: whoever asks again after an error gets this page again.
    async fn take_in(&mut self, mut page: Page) -> Result<Vec<UserState>, CallError> {
        if let Some(link) = &page.next_link {
            self.reader.session.link(link)?;
        }
        let mut in_page = HashSet::with_capacity(page.users.len());
        page.users.retain(|user| {
            let id = *user.id.as_bytes();
            !self.seen_users.contains(&id) && in_page.insert(id)
        });
        let users_max = self.reader.counted.users_max();
        let step = self
            .followed
            .with(in_page.len(), page.next_link.as_deref(), users_max)?;
        let mut users: Vec<&mut UserState> = page.users.iter_mut().collect();
        self.reader.fill_beside(&mut users, &self.query.columns).await?;
        self.reader.name_licences(&mut users, &self.query.columns).await?;
        // One reading of the roles is enough for a whole listing.
        if self.roles_read {
            self.reader.put_roles(&mut users, &self.query.columns);
        } else {
            self.reader.fill_roles(&mut users, &self.query.columns).await?;
            self.roles_read = !users.is_empty();
        }
        self.reader.doubt_security(&mut users, &self.query.columns).await;
        self.reader.note_closed(&users);
        for user in users {
            self.reader.session.newcomers.rename(user);
        }
        self.seen_users.extend(in_page);
        self.followed.take(step);
        self.place = page.next_link.map_or(Place::End, Place::Link);
        Ok(page.users)
    }

    /// The service wrote the link itself, so a 400 to it can only mean that it no longer knows the place: the page token has
    /// expired, or came from an answer that was repeated. Microsoft advises to begin again and drop what is known by id.
    fn can_restart(&self, error: &CallError) -> bool {
        let CallError::Graph { error, .. } = error else {
            return false;
        };
        matches!(self.place, Place::Link(_))
            && matches!(error.status, 400 | 410)
            && self.restarts < RESTARTS_MAX
    }

    /// Plain queries are answered from the directory itself and lag less; the advanced engine is used for filters that need it.
    fn wants_advanced(&self, error: &CallError) -> bool {
        let CallError::Graph { error, .. } = error else {
            return false;
        };
        self.query.filter.is_some() && !self.advanced && error.code == "Request_UnsupportedQuery"
    }
}
