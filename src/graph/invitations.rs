//! Invitations: their request, whom they are for, and the links that let guests in.
//! <https://learn.microsoft.com/graph/api/invitation-post>

use std::fmt;

use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Map, Value as Json, json};

use super::by_value::quoted;
use super::decode::Decoder;
use super::encode::{EncodeError, Encoded};
use super::item_answer::{Answer, ItemAnswer};
use super::lookup::Lookup;
use super::query::ListQuery;
use crate::domain::{Addresses, Change, Columns, Invitation, Operation, Value, guest_name_start};

/// Takes the link of each guest who was invited, and hands it to whoever is to pass it on. Whoever has the link can take the
/// guest's place, so it goes nowhere else.
pub trait LinkKeeper: fmt::Debug + Send + Sync {
    /// Keeps the link of this address.
    fn keep(&self, address: &str, link: SecretString);
}

/// The request that invites a guest.
pub(super) fn invite(changes: &[Change], invitation: &Invitation) -> Result<Encoded, EncodeError> {
    let mut body = Map::new();
    for change in changes {
        let name = match change.attribute.name {
            "mail" => "invitedUserEmailAddress",
            "displayName" => "invitedUserDisplayName",
            other => return Err(EncodeError::NotWritten(other)),
        };
        let Value::Text(text) = &change.after else {
            return Err(EncodeError::WrongType(change.attribute.name));
        };
        body.insert(name.to_owned(), json!(text));
    }
    if !body.contains_key("invitedUserEmailAddress") {
        return Err(EncodeError::Nothing);
    }
    body.insert("inviteRedirectUrl".to_owned(), json!(invitation.redirect));
    body.insert("sendInvitationMessage".to_owned(), json!(invitation.send_mail));
    if let Some(message) = &invitation.message {
        body.insert(
            "invitedUserMessageInfo".to_owned(),
            json!({ "customizedMessageBody": message }),
        );
    }
    Ok(Encoded {
        method: Method::POST,
        path: "/invitations".to_owned(),
        body: Some(Json::Object(body)),
    })
}

/// The answer to an invitation holds the link; an answer that could not be read is told without its words.
pub(super) fn without_link(answer: ItemAnswer, operation: &Operation) -> ItemAnswer {
    match answer.answer {
        Answer::Unreadable { status, .. } if operation.invitation().is_some() => ItemAnswer {
            answer: Answer::Unreadable {
                status,
                reason: LEFT_OUT.to_owned(),
            },
            ..answer
        },
        _ => answer,
    }
}

/// Stands in the place of an answer that may hold a link.
pub(super) const LEFT_OUT: &str = "the answer is left out, because it may hold the link of a guest";

/// So many addresses go into one filter, with three expressions each; a filter may hold fifteen.
pub const ADDRESSES_MAX: usize = 5;

/// The listings that together find everybody who has one of these addresses.
pub fn listings_by_address(addresses: &[String], columns: &Columns) -> Vec<ListQuery> {
    addresses
        .chunks(ADDRESSES_MAX)
        .map(|some| {
            let each: Vec<String> = some.iter().map(|address| filter(address, true)).collect();
            ListQuery {
                columns: columns.clone(),
                filter: Some(each.join(" or ")),
                page_size: None,
            }
        })
        .collect()
}

/// The filter that finds the guest with an address: by `mail`, and by the form of its name.
pub(super) fn filter(address: &str, with_other_mails: bool) -> String {
    let address_quoted = quoted(address);
    let others = if with_other_mails {
        format!(" or otherMails/any(o:o eq {address_quoted})")
    } else {
        String::new()
    };
    format!(
        "mail eq {address_quoted} or startsWith(userPrincipalName,{}){others}",
        quoted(&guest_name_start(address))
    )
}

/// The one user of a list who has the address.
pub(super) fn found(
    body: Json,
    address: &str,
    decoder: &Decoder,
    columns: &Columns,
) -> Result<Lookup, String> {
    let Json::Object(mut body) = body else {
        return Err("the answer is no list".to_owned());
    };
    let Some(Json::Array(users)) = body.remove("value") else {
        return Err("the answer is no list".to_owned());
    };
    let addresses = Addresses::of([&address.to_owned()]);
    let mut holders = Vec::new();
    for user in users {
        // `mail` may not be among the columns, and who was found by it has it.
        let has_mail = user
            .get("mail")
            .and_then(Json::as_str)
            .is_some_and(|mail| mail.eq_ignore_ascii_case(address));
        let user = decoder.user(user)?;
        if has_mail || addresses.hold(&user, columns) {
            holders.push(user);
        }
    }
    Ok(match (holders.pop(), holders.is_empty()) {
        (Some(only), true) => Lookup::Found(Box::new(only)),
        (Some(_), false) => Lookup::Mismatch,
        (None, _) => Lookup::NotFound,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::by_name;

    #[test]
    fn an_invitation_says_what_the_row_says_and_a_mail_only_where_it_was_asked_for() {
        let change = |name: &str, text: &str| Change {
            attribute: by_name(name).unwrap(),
            before: Value::Empty,
            after: Value::Text(text.to_owned()),
        };
        let invitation = |send_mail, message: Option<&str>| Invitation {
            redirect: "https://contoso.com/start".to_owned(),
            send_mail,
            message: message.map(str::to_owned),
        };
        let mail = change("mail", "anna@fabrikam.com");
        let encoded = invite(std::slice::from_ref(&mail), &invitation(false, None)).unwrap();
        assert_eq!(
            (encoded.method, encoded.path.as_str()),
            (Method::POST, "/invitations")
        );
        assert_eq!(
            encoded.body.unwrap(),
            json!({"invitedUserEmailAddress": "anna@fabrikam.com", "inviteRedirectUrl": "https://contoso.com/start",
                   "sendInvitationMessage": false})
        );
        let named = [mail, change("displayName", "Anna Berg")];
        let body = invite(&named, &invitation(true, Some("Welcome")))
            .unwrap()
            .body
            .unwrap();
        assert_eq!(body["invitedUserDisplayName"], "Anna Berg");
        assert_eq!(body["invitedUserMessageInfo"]["customizedMessageBody"], "Welcome");
        assert_eq!(body["sendInvitationMessage"], true);
        assert!(invite(&named[1..], &invitation(true, None)).is_err());
        assert!(invite(&[change("city", "x")], &invitation(true, None)).is_err());
    }

    #[test]
    fn five_addresses_go_in_one_filter_with_their_quotes_doubled() {
        let addresses: Vec<String> = (0..6).map(|number| format!("o'x{number}@fabrikam.com")).collect();
        let listings = listings_by_address(&addresses, &Vec::new().into());
        assert_eq!(listings.len(), 2);
        assert_eq!(
            listings[1].filter.as_deref(),
            Some(
                "mail eq 'o''x5@fabrikam.com' or startsWith(userPrincipalName,'o''x5_fabrikam.com#EXT#@') \
                 or otherMails/any(o:o eq 'o''x5@fabrikam.com')"
            )
        );
    }
}
