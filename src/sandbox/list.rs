//! `GET /users`: the options, and one page.

use super::{
    chance,
    directory::{Directory, at, ranks},
    extensions,
    filter::Filter,
    pager::{Cursor, Pager},
    query::Query,
    reply::{Refusal, Reply},
    schema::{self, op},
    search::Search,
    select::{Caller, Expansion, Selection},
    sequence::Sequence,
    view::View,
};
use std::ops::Bound;
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
    /// So many of the newest changes are not told yet.
    pub late: Option<u64>,
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
        let mut sequence = self.sequence();
        let (start, hop) = match &self.token {
            None => (None, false),
            Some(_) if spoil.stale_token => return Err(invalid()),
            Some(token) => {
                let (start, hop) = pager.open(token, &self.link).ok_or_else(invalid)?;
                (Some(start), hop)
            }
        };
        if let (Sequence::Places(sorted), Some((slot, down))) = (&mut sequence, self.order) {
            *sorted = Some(pager.sorted(directory, &self.order_text, slot, down));
        }
        let passes = |place: u32| {
            let user = directory.view(place, stale);
            !user.is_deleted() && self.passes(&user)
        };

        let from = match &start {
            None => 0,
            Some(Cursor::At(at)) => *at as u64,
            Some(Cursor::Step((name, place))) => chance::hash(u64::from(*place), name.as_bytes()),
        };
        let roll = chance::mix(pager.seed ^ chance::hash(from, self.link.as_bytes()));
        let empty = spoil.empty || (start.is_some() && !hop && roll.is_multiple_of(16));
        let wanted = match empty {
            true => 0,
            // Now and then a page is shorter than asked for without being the last.
            false if self.top >= 10 && roll % 8 == 1 => self.top - 1 - (roll >> 8) as usize % (self.top / 3),
            false => self.top,
        };

        let mut value = String::new();
        let mut shown = 0;
        let mut steps = sequence.steps(directory, start.as_ref(), stale).peekable();
        while shown < wanted
            && let Some((_, place)) = steps.next()
        {
            if passes(place) {
                if shown > 0 {
                    value.push(',');
                }
                write_user(
                    &directory.view(place, stale),
                    &self.selection,
                    self.expansion.as_ref(),
                    directory,
                    stale,
                    &mut value,
                );
                shown += 1;
            }
        }
        let plain = self.filter.is_none() && self.search.is_none() && !directory.has_deleted();
        let here = steps.peek().copied();
        let more = if plain {
            here
        } else {
            steps.find(|(_, place)| passes(*place))
        };
        let next = match &sequence {
            // A sequence of places goes on behind the page, an order of names where the next one stands.
            Sequence::Places(_) => more.and(here).map(|(at, _)| Cursor::At(at)),
            Sequence::Names { slot, .. } => {
                more.map(|(_, place)| Cursor::Step(directory.step(place, *slot, stale)))
            }
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
            text.push_str(&format!(",\"@odata.count\":{}", self.total(directory, stale)));
        }
        if let Some(next) = next {
            let token = pager.seal(&next, empty, &self.link);
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
        if self.filter.is_none() && self.search.is_none() {
            return directory.alive(stale);
        }
        let sequence = self.sequence();
        let users = sequence
            .steps(directory, None, stale)
            .map(|(_, place)| directory.view(place, stale));
        users
            .filter(|user| !user.is_deleted() && self.passes(user))
            .count()
    }

    fn passes(&self, user: &View<'_>) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter.passes(user))
            && self.search.as_ref().is_none_or(|search| search.passes(user))
    }

    /// In which order the users are walked through: by a name where a range of it was asked for or an order by it.
    fn sequence(&self) -> Sequence {
        let ranged = |slot: u8| {
            let range = self.filter.as_ref()?.range(slot)?;
            Some(Sequence::Names { slot, range })
        };
        let found = match self.order {
            None => ranks::ranked().into_iter().find_map(ranged),
            // Nobody is without this name.
            Some((slot, false)) if slot == *at::UPN => ranged(slot).or(Some(Sequence::Names {
                slot,
                range: (Bound::Unbounded, Bound::Unbounded),
            })),
            Some(_) => None,
        };
        found.unwrap_or(Sequence::Places(None))
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
