//! `GET /users/delta`: everybody, and from then on who changed.
//!
//! A round walks through the users in the order of their places, so that it ends however much others write meanwhile, and
//! shows each as it is when the walk comes by. The next round begins where this one began, so nothing is missed and some
//! of it is told twice, as the documents allow. <https://learn.microsoft.com/graph/api/user-delta>

use super::{
    chance::{self, Chance},
    delta_item::Tracked,
    directory::Directory,
    filter::Filter,
    list::{self, Spoil},
    pager::Pager,
    query::Query,
    reply::{Refusal, Reply},
    select::Caller,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// So many users are on a page. The documents give no number, and take no `$top`.
const PAGE: usize = 200;
/// So many users a filter may name.
const IDS_MAX: usize = 50;

/// A request that may be answered.
#[derive(Debug)]
pub struct DeltaPlan {
    start: Start,
    select: Option<String>,
    ids: Vec<Uuid>,
    minimal: bool,
}

/// Where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Start {
    /// With everybody.
    First,
    /// With whoever changes from now on.
    Latest,
    /// In the middle of a round.
    Page(String),
    /// With a round.
    Round(String),
}

/// What a token carries: it goes on by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Token {
    select: Option<String>,
    ids: Vec<Uuid>,
    /// The version after which changes are told; none in the first round, which tells everybody.
    since: Option<u64>,
    /// The version at the beginning of the round.
    until: u64,
    /// The next place.
    at: u32,
    /// The page before was empty.
    hop: bool,
    /// What changed after this version is told in the next round only.
    late: Option<u64>,
    /// Whether there was anything like that.
    held: bool,
}

/// What a token is for, which is part of its seal.
const PAGE_OF: &str = "users/delta page";
const ROUND_OF: &str = "users/delta round";

/// Whether the value of `$deltatoken` is a token.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && !text.eq_ignore_ascii_case("latest")
}

/// The token is older than seven days, or of another directory.
pub fn expired() -> Refusal {
    Refusal::new(
        400,
        "syncStateNotFound",
        "The generation of the sync state is not found. The delta token has expired, and everything must be synchronized again.",
    )
}

/// What the tokens stand for was thrown away. The documents give the address to go on at, and no code.
pub fn reset(base: &str) -> Refusal {
    let refusal = Refusal::new(
        410,
        "resyncRequired",
        "The state was reset. Everything must be synchronized again.",
    );
    refusal.header("Location", format!("{base}/v1.0/users/delta?$deltatoken="))
}

impl DeltaPlan {
    /// Reads the options; `minimal` says whether only what changed is to be shown.
    pub fn read(query: &Query, minimal: bool, caller: &Caller) -> Result<DeltaPlan, Refusal> {
        if !caller.reads_all() {
            return Err(Refusal::denied());
        }
        for name in ["$top", "$expand", "$orderby", "$search", "$count"] {
            if query.get(name).is_some() {
                let message = format!("The query option '{name}' is not supported with change tracking.");
                return Err(Refusal::unsupported(message));
            }
        }
        let start = match (query.get("$skiptoken"), query.get("$deltatoken")) {
            (Some(_), Some(_)) => return Err(Refusal::bad("A request has one state token.")),
            (Some(token), None) => Start::Page(token.to_owned()),
            (None, Some(token)) if is_token(token) => Start::Round(token.to_owned()),
            (None, Some(latest)) if !latest.is_empty() => Start::Latest,
            (None, _) => Start::First,
        };
        let (select, filter) = (query.get("$select"), query.get("$filter"));
        let goes_on = matches!(start, Start::Page(_) | Start::Round(_));
        if goes_on && (select.is_some() || filter.is_some()) {
            let message =
                "The query options are given in the first request; the link that was returned carries them.";
            return Err(Refusal::bad(message));
        }
        Tracked::read(select, caller)?;
        Ok(DeltaPlan {
            start,
            select: select.map(str::to_owned),
            ids: filter.map(ids).transpose()?.unwrap_or_default(),
            minimal,
        })
    }

    /// Where the round is.
    fn token(&self, directory: &Directory, pager: &Pager, spoil: Spoil) -> Result<Token, Refusal> {
        let until = directory.settled_version();
        let open = |text: &str, of: &str| {
            let bytes = pager.open_bytes(text, of)?;
            serde_json::from_slice::<Token>(&bytes).ok()
        };
        let mut token = match &self.start {
            Start::First | Start::Latest => Token {
                select: self.select.clone(),
                ids: self.ids.clone(),
                since: None,
                until,
                at: 0,
                hop: false,
                late: None,
                held: false,
            },
            Start::Page(_) if spoil.stale_token => return Err(Refusal::bad("The page token is not valid.")),
            Start::Page(text) => {
                open(text, PAGE_OF).ok_or_else(|| Refusal::bad("The page token is not valid."))?
            }
            Start::Round(text) => {
                let last = open(text, ROUND_OF).ok_or_else(expired)?;
                Token {
                    since: Some(last.until),
                    until,
                    ..last
                }
            }
        };
        if let (Some(newest), Some(_)) = (spoil.late, token.since) {
            token.late = Some(directory.version.saturating_sub(newest));
        }
        Ok(token)
    }

    /// One page.
    pub fn page(
        &self,
        directory: &Directory,
        pager: &Pager,
        base: &str,
        caller: &Caller,
        spoil: Spoil,
    ) -> Result<Reply, Refusal> {
        let token = self.token(directory, pager, spoil)?;
        let tracked = Tracked::read(token.select.as_deref(), caller)?;
        let context = match &self.start {
            Start::First | Start::Latest => list::context(&tracked.selection, None),
            _ => String::new(),
        };
        let roll =
            chance::mix(pager.seed ^ chance::hash(u64::from(token.at) ^ token.until, PAGE_OF.as_bytes()));
        let mut chance = Chance::new(pager.seed, roll);
        let empty = spoil.empty || (token.at > 0 && !token.hop && roll.is_multiple_of(16));
        let wanted = if empty { 0 } else { PAGE };

        // What others did is told before what they did last, wherever both are told.
        let (mut early, mut items) = (Vec::new(), Vec::new());
        let item = |place: u32, since: Option<u64>| tracked.item(directory, place, since, self.minimal);
        let (mut next, mut held) = (None, token.held);
        if self.start != Start::Latest {
            let mut places = places(directory, &token).peekable();
            while items.len() < wanted
                && let Some(place) = places.next()
            {
                let Some(shown) = item(place, token.since) else {
                    continue;
                };
                let last = directory.change(place).map_or(0, |change| change.last);
                if token.late.is_some_and(|late| last > late) {
                    held = true;
                    continue;
                }
                early.extend(tracked.before_restored(directory, place, token.since));
                items.push(shown);
            }
            next = places.peek().copied();
        }
        if token.at > 0 && !empty && token.late.is_none() && roll % 4 == 1 {
            // Some are told again.
            let again = directory.changed_before(token.at).take(2);
            early.extend(again.filter_map(|place| item(place, token.since.map(|_| 0))));
        }
        chance.shuffle(&mut items);
        early.append(&mut items);

        let (kind, link) = match next {
            Some(at) => {
                let hop = empty;
                (
                    "nextLink",
                    format!(
                        "$skiptoken={}",
                        seal(
                            pager,
                            &Token {
                                at,
                                hop,
                                held,
                                ..token
                            },
                            PAGE_OF
                        )
                    ),
                )
            }
            None => {
                // What was held back is told by the next round, and with it all since the last one.
                let until = match (held, token.since) {
                    (true, Some(since)) => since,
                    _ => token.until,
                };
                let next = Token {
                    until,
                    at: 0,
                    hop: false,
                    late: None,
                    held: false,
                    since: None,
                    ..token
                };
                (
                    "deltaLink",
                    format!("$deltatoken={}", seal(pager, &next, ROUND_OF)),
                )
            }
        };
        Ok(Reply::json(format!(
            "{{\"@odata.context\":\"{base}/v1.0/$metadata#users{context}\",\"@odata.{kind}\":\"{base}/v1.0/users/delta?{link}\",\"value\":[{}]}}",
            early.join(",")
        )))
    }
}

fn seal(pager: &Pager, token: &Token, of: &str) -> String {
    pager.seal_bytes(serde_json::to_vec(token).unwrap_or_default(), of)
}

/// Whom the round comes by, from its place on.
fn places<'a>(directory: &'a Directory, token: &'a Token) -> Box<dyn Iterator<Item = u32> + 'a> {
    if !token.ids.is_empty() {
        let mut named: Vec<u32> = token
            .ids
            .iter()
            .filter_map(|id| directory.place_of(*id))
            .collect();
        named.sort_unstable();
        named.dedup();
        return Box::new(named.into_iter().filter(|place| *place >= token.at));
    }
    match token.since {
        None => Box::new(token.at..directory.len() as u32),
        Some(since) => {
            let changed = directory.changed(token.at);
            Box::new(
                changed
                    .filter(move |(_, change)| change.last > since)
                    .map(|(place, _)| place),
            )
        }
    }
}

/// The users a filter names: `id eq '…' or id eq '…'`, and nothing else.
fn ids(text: &str) -> Result<Vec<Uuid>, Refusal> {
    let filter = Filter::read(text, false)?;
    let ids = filter.ids().ok_or_else(|| {
        Refusal::unsupported("Change tracking takes a filter of ids only: id eq '…' or id eq '…'.")
    })?;
    if ids.len() > IDS_MAX {
        return Err(Refusal::bad(format!(
            "A filter of change tracking names at most {IDS_MAX} ids."
        )));
    }
    let ids = ids.iter().map(|id| Uuid::try_parse(id));
    ids.collect::<Result<_, _>>()
        .map_err(|_| Refusal::bad("Invalid object identifier in the filter."))
}
