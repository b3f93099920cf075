//! `GET /users`: the options, and one page.

use super::{
    chance,
    directory::Directory,
    extensions,
    filter::Filter,
    pager::Pager,
    query::Query,
    reply::{Refusal, Reply},
    schema::{self, op},
    search::Search,
    select::{Caller, Expansion, Selection},
    view::View,
};
use tokio::time::Instant;

/// The page length when none is asked for.
const PAGE_DEFAULT: usize = 100;
/// The longest page.
const PAGE_MAX: usize = 999;
/// The longest page with the sign-in activity in it.
const PAGE_MAX_SIGN_IN: usize = 500;

/// A list request that may be answered.
#[derive(Debug)]
pub struct ListPlan {
    /// The properties shown.
    pub selection: Selection,
    /// The manager shown with each.
    pub expansion: Option<Expansion>,
    filter: Option<Filter>,
    search: Option<Search>,
    order: Option<(u8, bool)>,
    top: usize,
    count: bool,
    link: String,
    token: Option<String>,
    order_text: String,
}

/// How a page is to be spoiled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spoil {
    /// A page without users that has a next one.
    pub empty: bool,
    /// The page token is refused.
    pub stale_token: bool,
}

impl ListPlan {
    /// Reads the options; `eventual` says whether the header ConsistencyLevel was there.
    pub fn read(query: &Query, eventual: bool, caller: &Caller) -> Result<ListPlan, Refusal> {
        let counted = match query.get("$count") {
            None | Some("false") => false,
            Some("true") => true,
            Some(other) => {
                return Err(Refusal::unreadable(format!(
                    "Invalid value '{other}' for $count query option found. Valid values are 'true' and 'false'."
                )));
            }
        };
        let advanced = eventual && counted;
        let selection = Selection::read(query.get("$select"), true, caller)?;
        let filter = query
            .get("$filter")
            .map(|text| Filter::read(text, advanced))
            .transpose()?;
        let search = query
            .get("$search")
            .map(|text| Search::read(text, eventual))
            .transpose()?;
        let expansion = Expansion::read(query, advanced, caller)?;
        let order_text = query.get("$orderby").unwrap_or_default().to_owned();
        let order = query
            .get("$orderby")
            .map(|text| order_by(text, advanced))
            .transpose()?;
        if order.is_some() && filter.is_some() && !advanced {
            return Err(Refusal::unsupported("Sorting not supported for current query."));
        }
        let sign_in = schema::slot("signInActivity");
        let heavy = sign_in.is_some_and(|slot| {
            selection.slots.contains(&slot) || filter.as_ref().is_some_and(|filter| filter.mentions(slot))
        });
        let longest = if heavy { PAGE_MAX_SIGN_IN } else { PAGE_MAX };
        let top = match query.get("$top") {
            None => PAGE_DEFAULT,
            Some(text) => text
                .parse()
                .ok()
                .filter(|top| (1..=longest).contains(top))
                .ok_or_else(|| {
                    Refusal::bad(format!(
                        "Invalid page size specified: '{text}'. Must be between 1 and {longest} inclusive."
                    ))
                })?,
        };
        Ok(ListPlan {
            selection,
            expansion,
            filter,
            search,
            order,
            top,
            count: advanced,
            link: query.link(),
            token: query.get("$skiptoken").map(str::to_owned),
            order_text,
        })
    }

    /// Whether the sign-in activity is shown or asked about.
    pub fn touches_sign_ins(&self) -> bool {
        let slot = schema::slot("signInActivity");
        slot.is_some_and(|slot| {
            self.selection.slots.contains(&slot)
                || self.filter.as_ref().is_some_and(|filter| filter.mentions(slot))
        })
    }

    /// One page.
    pub fn page(
        &self,
        directory: &Directory,
        pager: &Pager,
        base: &str,
        stale: Option<Instant>,
        spoil: Spoil,
    ) -> Result<Reply, Refusal> {
        let invalid = || Refusal::bad("The page token is not valid.");
        let (start, hop) = match &self.token {
            None => (0, false),
            Some(_) if spoil.stale_token => return Err(invalid()),
            Some(token) => pager.open(token, &self.link).ok_or_else(invalid)?,
        };
        let sorted = self
            .order
            .map(|(slot, down)| pager.sorted(directory, &self.order_text, slot, down));
        let length = sorted.as_ref().map_or(directory.len(), |places| places.len());
        let place = |at: usize| match &sorted {
            Some(places) => places.get(at).copied().unwrap_or(u32::MAX),
            None => at as u32,
        };
        let passes = |at: usize| {
            let user = directory.view(place(at), stale);
            !user.is_deleted()
                && self.filter.as_ref().is_none_or(|filter| filter.passes(&user))
                && self.search.as_ref().is_none_or(|search| search.passes(&user))
        };

        let roll = chance::mix(pager.seed ^ chance::hash(start as u64, self.link.as_bytes()));
        let empty = spoil.empty || (start > 0 && !hop && roll.is_multiple_of(16));
        let wanted = match empty {
            true => 0,
            // Now and then a page is shorter than asked for without being the last.
            false if self.top >= 10 && roll % 8 == 1 => self.top - 1 - (roll >> 8) as usize % (self.top / 3),
            false => self.top,
        };

        let mut value = String::new();
        let (mut at, mut shown) = (start, 0);
        while at < length && shown < wanted {
            if passes(at) {
                if shown > 0 {
                    value.push(',');
                }
                write_user(
                    &directory.view(place(at), stale),
                    &self.selection,
                    self.expansion.as_ref(),
                    directory,
                    stale,
                    &mut value,
                );
                shown += 1;
            }
            at += 1;
        }
        let plain = self.filter.is_none() && self.search.is_none() && !directory.has_deleted();
        let more = if plain {
            at < length
        } else {
            (at..length).any(passes)
        };

        let mut text = String::with_capacity(value.len() + 300);
        text.push_str(&format!(
            "{{\"@odata.context\":\"{base}/v1.0/$metadata#users{}\"",
            self.context()
        ));
        if self.selection.named.is_none() && self.expansion.is_none() {
            text.push_str(",\"@microsoft.graph.tips\":\"Name the properties you need with $select: such answers are smaller and cheaper.\"");
        }
        if self.count && self.token.is_none() {
            let count = if plain {
                length
            } else {
                (0..length).filter(|at| passes(*at)).count()
            };
            text.push_str(&format!(",\"@odata.count\":{count}"));
        }
        if more {
            let token = pager.seal(at, empty, &self.link);
            let joint = if self.link.is_empty() { "" } else { "&" };
            text.push_str(&format!(
                ",\"@odata.nextLink\":\"{base}/v1.0/users?{}{joint}$skiptoken={token}\"",
                self.link
            ));
        }
        text.push_str(",\"value\":[");
        text.push_str(&value);
        text.push_str("]}");
        Ok(Reply::json(text))
    }

    /// How many users there are, as `/users/$count` answers.
    pub fn total(&self, directory: &Directory, stale: Option<Instant>) -> usize {
        (0..directory.len() as u32)
            .filter(|place| {
                let user = directory.view(*place, stale);
                !user.is_deleted()
                    && self.filter.as_ref().is_none_or(|filter| filter.passes(&user))
                    && self.search.as_ref().is_none_or(|search| search.passes(&user))
            })
            .count()
    }

    fn context(&self) -> String {
        context(&self.selection, self.expansion.as_ref())
    }
}

/// The part of the context that names the properties.
pub fn context(selection: &Selection, expansion: Option<&Expansion>) -> String {
    let mut names: Vec<&str> = selection.named.iter().flatten().map(String::as_str).collect();
    names.extend(expansion.map(|expansion| expansion.context.as_str()));
    if names.is_empty() {
        String::new()
    } else {
        format!("({})", names.join(","))
    }
}

/// One user of a page, with the manager when that was asked for.
pub fn write_user(
    user: &View<'_>,
    selection: &Selection,
    expansion: Option<&Expansion>,
    directory: &Directory,
    stale: Option<Instant>,
    out: &mut String,
) {
    let mut more = match (expansion, user.manager) {
        (Some(expansion), Some(manager)) => {
            let mut text = String::from("\"manager\":");
            write_manager(manager, expansion, expansion.levels, directory, stale, &mut text);
            text
        }
        // A user without a manager has no such member.
        _ => String::new(),
    };
    let own = extensions::members(user, &selection.more);
    if !(own.is_empty() || more.is_empty()) {
        more.push(',');
    }
    more.push_str(&own);
    user.write(&selection.slots, out, &more);
}

fn write_manager(
    place: u32,
    expansion: &Expansion,
    levels: usize,
    directory: &Directory,
    stale: Option<Instant>,
    out: &mut String,
) {
    // Upward step by step; a circle ends where the documents end it, at a thousand levels, and is cut here earlier.
    let mut chain = vec![place];
    while chain.len() < levels.min(1_000) {
        let last = chain.last().copied().unwrap_or(place);
        match directory.view(last, stale).manager {
            Some(next) if !chain.contains(&next) => chain.push(next),
            _ => break,
        }
    }
    let mut inner = String::new();
    for place in chain.iter().rev() {
        let user = directory.view(*place, stale);
        let mut text = String::new();
        let mut more = String::new();
        if !inner.is_empty() {
            more.push_str("\"manager\":");
            more.push_str(&inner);
        }
        user.write(&expansion.selection.slots, &mut text, &more);
        inner = typed(&text);
    }
    out.push_str(&inner);
}

/// The object with its type in front, as members of a navigation have it.
pub fn typed(object: &str) -> String {
    if object.starts_with("{\"@odata.type\"") {
        return object.to_owned();
    }
    let rest = object.strip_prefix('{').unwrap_or(object);
    let comma = if rest == "}" { "" } else { "," };
    format!("{{\"@odata.type\":\"#microsoft.graph.user\"{comma}{rest}")
}

fn order_by(text: &str, advanced: bool) -> Result<(u8, bool), Refusal> {
    let mut words = text.split_whitespace();
    let name = words.next().unwrap_or_default();
    let down = match words.next() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => {
            return Err(Refusal::unreadable(format!(
                "Invalid $orderby: '{text}' cannot be parsed."
            )));
        }
    };
    let known = schema::slot(name).and_then(|slot| schema::property(slot).map(|property| (slot, property)));
    let Some((slot, property)) = known else {
        return Err(Refusal::unreadable(format!(
            "Could not find a property named '{name}' on type 'microsoft.graph.user'."
        )));
    };
    let plain = property.ops & op::SORT != 0;
    let sortable = property.ops & op::GE != 0 && !property.is_list();
    if words.next().is_some() || !(plain || (advanced && sortable)) {
        return Err(Refusal::unsupported("Sorting not supported for current query."));
    }
    Ok((slot, down))
}
