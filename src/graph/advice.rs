//! What to do about an error answer: by status, code and the codes of the details.
//!
//! Facts: <https://learn.microsoft.com/graph/errors> and <https://learn.microsoft.com/graph/api/user-update>.

use super::error::{GraphError, NO_GRAPH_ERROR};

/// One line of the table; what is `None` fits everything. The first line that fits counts.
struct Advice {
    status: Option<u16>,
    code: Option<&'static str>,
    detail: Option<&'static str>,
    target: Option<&'static str>,
    say: &'static str,
}

const fn by_detail(status: u16, detail: &'static str, say: &'static str) -> Advice {
    Advice {
        status: Some(status),
        code: None,
        detail: Some(detail),
        target: None,
        say,
    }
}

const fn by_code(status: u16, code: &'static str, say: &'static str) -> Advice {
    Advice {
        status: Some(status),
        code: Some(code),
        detail: None,
        target: None,
        say,
    }
}

const fn by_status(status: u16, say: &'static str) -> Advice {
    Advice {
        status: Some(status),
        code: None,
        detail: None,
        target: None,
        say,
    }
}

const TAKEN_NAME: &str = "another account has this userPrincipalName, perhaps a deleted one or an alias: choose another or free it first";
const TAKEN: &str = "another object holds this value already: choose another value or free it first";
const NOT_ALLOWED: &str = "the application may not do this: grant the permission of this column with admin consent; for a holder of an \
     administrator role, or in a restricted administrative unit, the application needs a higher role itself";
const WAIT: &str = "the service is busy; run it again later, what is done stays done";

const TABLE: &[Advice] = &[
    Advice {
        status: Some(400),
        code: None,
        detail: Some("ObjectConflict"),
        target: Some("userPrincipalName"),
        say: TAKEN_NAME,
    },
    by_detail(400, "ObjectConflict", TAKEN),
    by_detail(400, "ConflictingObjects", TAKEN),
    by_detail(
        400,
        "PropertyConflict",
        "the value contradicts another property of the same user: change both or neither",
    ),
    by_detail(
        400,
        "InvalidLength",
        "the value is too long or empty: shorten it, or clear the cell on purpose",
    ),
    by_detail(
        400,
        "InvalidValue",
        "the service does not accept this value: correct the cell",
    ),
    by_detail(
        400,
        "InvalidPassword",
        "the password does not satisfy the tenant's rules",
    ),
    by_code(
        400,
        "Request_UnsupportedQuery",
        "the filter needs another form: this property or operator cannot be used in it",
    ),
    by_code(400, "ExpandNotSupported", "this column cannot be read in a list"),
    by_code(
        400,
        "MaximumValueExceeded",
        "too many requests in one batch: this is a mistake of dirsheet's own; tell whoever looks after it for you, with this message",
    ),
    by_code(
        400,
        "BadRequest",
        "the service could not read the request: check the filter (it is written like `department eq 'Sales'`), and columns that this cloud does not have",
    ),
    by_status(
        400,
        "the service does not accept a value of this row: correct the cell",
    ),
    by_code(
        401,
        "Authorization_IdentityNotFound",
        "the application does not exist in this tenant: have an administrator consent to it there",
    ),
    by_status(
        401,
        "the sign-in is no longer valid: check the client id and its secret, then run it again",
    ),
    by_code(
        403,
        "Directory_QuotaExceeded",
        "the tenant holds as many objects as it may: delete some, or verify a domain to raise the limit",
    ),
    by_code(
        403,
        "Authorization_IdentityNotFound",
        "the application does not exist in this tenant: have an administrator consent to it there",
    ),
    by_code(
        403,
        "AccessDenied",
        "a Conditional Access policy or a missing licence stands in the way: ask the tenant's administrator",
    ),
    by_code(
        403,
        "insufficient_claims",
        "a Conditional Access policy stands in the way: ask the tenant's administrator",
    ),
    by_status(403, NOT_ALLOWED),
    by_code(
        404,
        "ErrorNonExistentMailbox",
        "the user has no mailbox, so nothing can keep a photo: give a licence with Exchange first",
    ),
    by_status(
        404,
        "the user, or the manager named, does not exist or was made a moment ago: export again, or wait some minutes",
    ),
    by_status(
        405,
        "this column cannot be written that way: leave it out; this is a mistake of dirsheet's own, so tell whoever looks after it for you, with this message",
    ),
    by_code(409, "Request_MultipleObjectsWithSameKeyValue", TAKEN),
    by_status(
        413,
        "the service takes at most 4 MB in one request: this is larger",
    ),
    by_status(
        415,
        "the service does not accept this as a picture: save it as a JPEG once more, or leave it out",
    ),
    by_status(
        409,
        "somebody changed the same user at the same moment: run it again",
    ),
    by_status(412, "the user was changed in between: export again"),
    by_status(423, "the user is locked at the moment: run it again later"),
    by_status(429, WAIT),
    by_status(501, "this column can only be read one user at a time"),
    by_status(502, WAIT),
    by_status(503, WAIT),
    by_status(504, WAIT),
    by_status(507, "the tenant has no room left"),
];

const FALLBACK: &str =
    "look up the code in Microsoft's documentation, or give the request id to Microsoft's support";

/// One sentence on what to do about the error.
pub(super) fn advise(error: &GraphError) -> String {
    if let Some(say) = mastered_elsewhere(error).or_else(|| sharepoint(error)) {
        return say.to_owned();
    }
    let fits = |advice: &&Advice| {
        advice.status.is_none_or(|status| status == error.status)
            && advice.code.is_none_or(|code| code == error.code)
            && advice.detail.is_none_or(|detail| error.has_detail(detail))
            && advice.target.is_none_or(|target| error.target() == Some(target))
    };
    if error.code == NO_GRAPH_ERROR && error.status < 500 && error.status != 429 {
        return "the answer did not come from Graph: check the address and a proxy in between".to_owned();
    }
    TABLE
        .iter()
        .find(fits)
        .map_or(FALLBACK, |advice| advice.say)
        .to_owned()
}

/// Values mastered by Active Directory or Exchange. For both the service answers 400 `Request_BadRequest` without details,
/// so its words are the only difference there is; they choose between two sentences and nothing else.
fn mastered_elsewhere(error: &GraphError) -> Option<&'static str> {
    if error.status != 400 || error.code != "Request_BadRequest" {
        return None;
    }
    if error.message.contains("on-premises mastered") {
        return Some("the user is synchronised from Active Directory: change the value there");
    }
    if error.message.contains("originated within an external service") {
        return Some(
            "Exchange holds this value: change it in Exchange, or in Active Directory for a synchronised user",
        );
    }
    None
}

/// The profile store wraps a refusal into a 500 whose code begins with a number.
fn sharepoint(error: &GraphError) -> Option<&'static str> {
    error
        .code
        .contains("UnauthorizedAccessException")
        .then_some("the profile store does not let an application write this: a person with the right role has to sign in")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::error::Detail;

    fn error(status: u16, code: &str, detail: &str, target: &str, message: &str) -> GraphError {
        let details = (!detail.is_empty()).then(|| Detail {
            code: detail.to_owned(),
            message: String::new(),
            target: (!target.is_empty()).then(|| target.to_owned()),
        });
        GraphError {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
            details: details.into_iter().collect(),
            request_id: None,
            client_request_id: None,
            date: None,
        }
    }

    #[test]
    fn every_usual_refusal_has_advice_of_its_own() {
        let onprem = "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.";
        let exchange = "Unable to update the specified properties for objects that have originated within an external service.";
        let bad = "Request_BadRequest";
        for (status, code, detail, target, message, word) in [
            (
                400,
                bad,
                "ObjectConflict",
                "userPrincipalName",
                "",
                "userPrincipalName",
            ),
            (400, bad, "ObjectConflict", "proxyAddresses", "", "another object"),
            (400, bad, "InvalidLength", "jobTitle", "", "too long"),
            (400, bad, "InvalidValue", "usageLocation", "", "correct the cell"),
            (400, bad, "", "", onprem, "Active Directory"),
            (400, bad, "", "", exchange, "Exchange"),
            (400, bad, "", "", "anything", "correct the cell"),
            (400, "Request_UnsupportedQuery", "", "", "", "filter"),
            (401, "InvalidAuthenticationToken", "", "", "", "sign-in"),
            (403, "Authorization_RequestDenied", "", "", "", "admin consent"),
            (403, "Directory_QuotaExceeded", "", "", "", "as many objects"),
            (404, "Request_ResourceNotFound", "", "", "", "does not exist"),
            (409, "Directory_ConcurrencyViolation", "", "", "", "same moment"),
            (
                409,
                "Request_MultipleObjectsWithSameKeyValue",
                "",
                "",
                "",
                "holds this value",
            ),
            (429, "TooManyRequests", "", "", "", "busy"),
            (
                500,
                "-1, Microsoft.Office.Server.Directory.DirectoryObjectUnauthorizedAccessException",
                "",
                "",
                "",
                "profile store",
            ),
            (500, "UnknownError", "", "", "", "request id"),
            (503, NO_GRAPH_ERROR, "", "", "", "busy"),
            (404, NO_GRAPH_ERROR, "", "", "", "proxy"),
            (404, "ErrorNonExistentMailbox", "", "", "", "no mailbox"),
            (413, "RequestEntityTooLarge", "", "", "", "4 MB"),
            (415, "UnsupportedMediaType", "", "", "", "picture"),
            (418, "", "", "", "", "look up"),
        ] {
            let said = advise(&error(status, code, detail, target, message));
            assert!(said.contains(word), "{status} {code} {detail}: {said}");
        }
    }
}
