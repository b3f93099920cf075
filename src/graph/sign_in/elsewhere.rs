//! Why a sign-in failed that is made elsewhere: by the machine, by the Azure CLI, by a person.

use std::time::Duration;

use super::{SignInError, SignInReason, aadsts};
use crate::graph::claims::Claims;
use crate::graph::harmless::{beginning, harmless};
use crate::graph::transport::{TransportError, TransportErrorKind};

/// Who answers for a machine.
const ENDPOINT: &str = "the endpoint of managed identities";

impl SignInError {
    /// The endpoint of managed identities gave something else than a token, which is not shown: it may be a part of one.
    pub(in crate::graph) fn no_token_of_machine(status: u16) -> SignInError {
        SignInError::unreadable_from(ENDPOINT, status, "a part of an answer")
    }

    /// The endpoint of managed identities did not answer.
    pub(in crate::graph) fn endpoint(error: TransportError) -> SignInError {
        let never_there =
            error.first_contact && (error.is_unreachable() || error.kind == TransportErrorKind::Timeout);
        if error.kind == TransportErrorKind::Other {
            return SignInError::no_identity(&format!(
                "IDENTITY_ENDPOINT names `{}`, and plain HTTP is sent to this machine and to private addresses only",
                error.host
            ));
        }
        if never_there {
            return SignInError::no_identity(&error.to_string());
        }
        SignInError {
            what_to_do: "try again in some minutes; if it stays, look at what IDENTITY_ENDPOINT names, or at the network of the machine"
                .to_owned(),
            ..SignInError::transport(error)
        }
    }

    /// There is no managed identity here.
    pub(in crate::graph) fn no_identity(reason: &str) -> SignInError {
        SignInError::plain(
            SignInReason::NoProof,
            format!("there is no managed identity here: {reason}"),
            "look whether this is a machine of Azure (virtual machine, App Service, Functions, Container Apps) and has an identity assigned to it; elsewhere sign in otherwise",
        )
    }

    /// The endpoint of managed identities said no.
    /// 404, 410, 429 and 5xx are to be tried again; of 410 the page says that it ends within 70 seconds, and of 404 nothing.
    /// <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#error-handling>
    /// So a 404 of that address is taken as a 410 is; one of an endpoint that IDENTITY_ENDPOINT names may stay so for good.
    pub(in crate::graph) fn identity_refused(
        (status, of_imds): (u16, bool),
        body: &[u8],
        retry_after: Option<Duration>,
    ) -> SignInError {
        let mut error = SignInError::answer(status, body, "", retry_after);
        if let SignInReason::Unreadable { .. } = error.reason {
            error = SignInError::unreadable_from(ENDPOINT, status, &beginning(body));
        }
        // What a sign-in service would mean by such an answer is nothing to an endpoint of a machine.
        match status {
            404 if !of_imds => {
                error.reason = SignInReason::NotFound { retry_after };
                error.what_to_do = "look whether the identity is assigned to this machine, and whether IDENTITY_ENDPOINT, where it is set, names the endpoint; while Azure changes it, it answers so for a moment".to_owned();
            }
            404 | 410 => {
                error.reason = SignInReason::Updating { retry_after };
                error.what_to_do = "Azure is changing the endpoint: try again in some minutes".to_owned();
            }
            429 | 500.. => {
                error.what_to_do =
                    "the endpoint of managed identities is busy: try again in some minutes".to_owned();
            }
            400..=499 => {
                error.what_to_do = "look whether the identity is assigned to this machine: without a client id it is the machine's own (system-assigned) one, with `client_id` or AZURE_CLIENT_ID the user-assigned one with that id".to_owned();
            }
            _ => {}
        }
        error
    }

    /// The Azure CLI gave no token.
    pub(in crate::graph) fn azure_cli(description: String, what_to_do: String) -> SignInError {
        SignInError {
            code: aadsts(&description),
            ..SignInError::plain(SignInReason::NoProof, description, &what_to_do)
        }
    }

    /// Somebody else has signed in since the work began.
    pub(in crate::graph) fn other_identity() -> SignInError {
        SignInError::plain(
            SignInReason::OtherTenant,
            "it brought a token of somebody else than the one before".to_owned(),
            "somebody signed in meanwhile as another identity; sign in as before, and go on (`dirsheet runs` shows what is left)",
        )
    }

    /// A person did not sign in.
    pub(in crate::graph) fn person(description: &str, what_to_do: &str) -> SignInError {
        SignInError::plain(SignInReason::NoProof, description.to_owned(), what_to_do)
    }

    /// The same refusal for a person: what an application would do about it helps nobody.
    /// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>
    pub(in crate::graph) fn of_person(mut self) -> SignInError {
        let SignInReason::Refused { status, .. } = self.reason else {
            return self;
        };
        let advice = match self.code {
            Some(7000218 | 7000216) => {
                "switch on `Allow public client flows` on the app registration's page Authentication: without it the app signs nobody in"
            }
            Some(90094 | 90095 | 65001) => {
                "an administrator of the tenant must consent to the app's delegated permissions first"
            }
            Some(
                700016 | 90002 | 900023 | 900021 | 50034 | 53003 | 53000 | 53001 | 53011 | 70011 | 500011
                | 7000112 | 7000113 | 50196 | 90033,
            ) => return self,
            _ if status == 429 || status >= 500 => return self,
            _ => {
                "sign in again with `dirsheet login`: a sign-in ends after a while, when it is revoked, and when more is asked of you than before"
            }
        };
        self.what_to_do = advice.to_owned();
        self
    }

    /// Who signed in elsewhere is not said by whoever asks, so the token is held against the tenant that is meant. With a domain, the
    /// sign-in service or the Azure CLI was asked for it.
    pub(in crate::graph) fn of_other_tenant(wanted: &str, claims: Option<&Claims>) -> Option<SignInError> {
        let found = claims.and_then(|claims| claims.tid.as_deref());
        let is_same = found.is_some_and(|found| found.eq_ignore_ascii_case(wanted));
        (uuid::Uuid::try_parse(wanted).is_ok() && !is_same).then(|| SignInError::other_tenant(wanted, found))
    }

    /// Whoever is signed in belongs to another tenant, or does not tell.
    fn other_tenant(wanted: &str, found: Option<&str>) -> SignInError {
        let found = found.map_or_else(
            || "a token that does not tell its tenant".to_owned(),
            |found| format!("a token of tenant {}", harmless(found, 80)),
        );
        SignInError::plain(
            SignInReason::OtherTenant,
            format!("it brought {found}, and {wanted} is configured"),
            "check the tenant, and who is signed in: nothing is read or written in another tenant",
        )
    }
}
