//! What a sandbox is started with, and why it may refuse to start.

use super::{
    assertion::Registered, extensions::Extensions, faults::Fault, managed::ManagedIdentities,
    security::SecurityAttribute,
};
use std::{net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

/// What a sandbox is started with.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// Who is in the directory.
    pub people: People,
    /// Where to listen; port 0 takes a free one. Only loopback addresses are accepted.
    pub listen: SocketAddr,
    /// How hard it throttles.
    pub quota: Quota,
    /// How long each HTTP request takes at least.
    pub latency: Duration,
    /// A folder that keeps the directory between processes.
    pub folder: Option<PathBuf>,
    /// What goes wrong on purpose.
    pub faults: Vec<Fault>,
    /// Where everything that varies begins.
    pub seed: u64,
    /// How long an access token is good for.
    pub token_lifetime: Duration,
    /// The application permissions of the client; the delegated ones have the same names here.
    pub roles: Vec<String>,
    /// How long a client waits that asks whether a person has typed its code.
    pub poll_interval: Duration,
    /// The directory role of the client's service principal, such as `User Administrator`.
    pub app_role: Option<String>,
    /// Whether the profile store takes what an app with `Sites.ReadWrite.All` writes. The documents say that it never does; some
    /// people report a tenant in which it did.
    pub profile_store_open: bool,
    /// Certificates and federated credentials of the application, beside its secret.
    pub registered: Registered,
    /// The identities of the machine that the client runs on; without any there is no endpoint for them.
    pub managed: Option<ManagedIdentities>,
    /// How long reads may still show what was there before a write.
    pub lag: Duration,
    /// Writes a second that somebody else takes from the same budget, such as another process with the same app
    /// registration; in real time, whatever the quota.
    pub others_writes_per_second: f64,
    /// Pictures are stored in other bytes than they were sent, as a service that makes its own sizes may do.
    pub rewrites_photos: bool,
    /// What applications added to users, beside what a sheet of people adds.
    pub extensions: Extensions,
    /// Whether every request is written down, to be asked for by [`Sandbox::take_requests`](super::Sandbox::take_requests).
    pub keeps_requests: bool,
    /// Changes a second that others make in the directory until they are told to stop; with it the requests of
    /// `control.rs` are answered.
    pub churn: Option<u32>,
}

/// The permissions of a client that was told to ask for what a profile tool needs, and no more.
pub const DEFAULT_ROLES: [&str; 3] = [
    "User.ReadWrite.All",
    "User.EnableDisableAccount.All",
    "Organization.Read.All",
];

/// The permissions of a client that may do everything a profile tool has a use for: a directory to practise in should not
/// refuse what somebody wants to learn. <https://learn.microsoft.com/graph/permissions-reference>
pub const PRACTICE_ROLES: [&str; 20] = [
    "User.ReadWrite.All",
    "User.EnableDisableAccount.All",
    "Organization.Read.All",
    "Application.Read.All",
    "AuditLog.Read.All",
    "CustomSecAttributeAssignment.ReadWrite.All",
    "CustomSecAttributeDefinition.Read.All",
    "Directory.Read.All",
    "LicenseAssignment.ReadWrite.All",
    "MailboxSettings.ReadWrite",
    "ProfilePhoto.ReadWrite.All",
    "RoleManagement.ReadWrite.Directory",
    "Sites.ReadWrite.All",
    "User-LifeCycleInfo.ReadWrite.All",
    "User-PasswordProfile.ReadWrite.All",
    "User.DeleteRestore.All",
    "User.Invite.All",
    "User.ManageIdentities.All",
    "User.RevokeSessions.All",
    "UserAuthenticationMethod.ReadWrite.All",
];

/// The directory role of such a client: without one, no application sets a password.
pub const PRACTICE_APP_ROLE: &str = "User Administrator";

impl SandboxOptions {
    /// With [`PRACTICE_ROLES`] and [`PRACTICE_APP_ROLE`] instead of the few permissions of the default.
    pub fn for_practice() -> SandboxOptions {
        SandboxOptions {
            roles: PRACTICE_ROLES.iter().map(|role| (*role).to_owned()).collect(),
            app_role: Some(PRACTICE_APP_ROLE.to_owned()),
            extensions: Extensions {
                security: SecurityAttribute::of_practice(),
                ..Extensions::default()
            },
            ..SandboxOptions::default()
        }
    }
}

impl Default for SandboxOptions {
    fn default() -> Self {
        SandboxOptions {
            people: People::Generated { users: 200 },
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            quota: Quota::Real,
            latency: Duration::ZERO,
            folder: None,
            faults: Vec::new(),
            seed: 1,
            token_lifetime: Duration::from_secs(3600),
            roles: DEFAULT_ROLES.iter().map(|role| (*role).to_owned()).collect(),
            poll_interval: Duration::from_secs(5),
            app_role: None,
            profile_store_open: false,
            registered: Registered::default(),
            managed: None,
            lag: Duration::ZERO,
            others_writes_per_second: 0.0,
            rewrites_photos: false,
            extensions: Extensions::default(),
            keeps_requests: false,
            churn: None,
        }
    }
}

/// Who is in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum People {
    /// So many invented people, the same ones for the same seed.
    Generated {
        /// How many.
        users: usize,
    },
    /// The users of a sheet.
    FromSheet(PathBuf),
    /// Nobody.
    Empty,
}

/// How hard the directory throttles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quota {
    /// The documented budgets.
    Real,
    /// No budget at all.
    Off,
    /// The documented budgets times a factor.
    Scaled(f64),
    /// The documented budgets in scaled time: as large as documented, refilled faster by a factor. A wait is then
    /// also told in milliseconds, and in whole seconds only when there is at least one.
    Fast(f64),
}

impl FromStr for Quota {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim().to_ascii_lowercase();
        if text == "real" {
            return Ok(Quota::Real);
        }
        if text == "off" {
            return Ok(Quota::Off);
        }
        let factor = |word: &str| {
            let factor = text.strip_prefix(word)?.parse::<f64>().ok();
            factor.filter(|factor| factor.is_finite() && *factor > 0.0)
        };
        let scaled = factor("x").map(Quota::Scaled);
        scaled.or_else(|| factor("fast").map(Quota::Fast)).ok_or_else(|| {
            format!(
                "`{text}` is not a quota; write `real`, `off`, a factor such as `x10` or `x0.5` for larger or smaller \
                 budgets, or `fast10` for the documented ones in ten times the speed"
            )
        })
    }
}

/// Why a sandbox could not start or stop.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The address is not a loopback address.
    #[error("the sandbox only listens on this computer; {0} is not a loopback address")]
    NotLoopback(SocketAddr),
    /// The address is taken or not allowed.
    #[error("the sandbox cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process uses the folder.
    #[error(
        "the directory in {0} is in use by another process; wait until it has ended, or use another folder"
    )]
    InUse(PathBuf),
    /// A file of the kept directory cannot be read or written.
    #[error("the kept directory cannot use {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The kept directory is damaged.
    #[error("the kept directory is damaged at {path}:{line}: {problem}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// What is wrong there.
        problem: String,
    },
    /// The sheet cannot become a directory.
    #[error("{path} cannot become a directory:\n{}", problems.join("\n"))]
    Sheet {
        /// The sheet.
        path: PathBuf,
        /// Everything that is wrong with it.
        problems: Vec<String>,
    },
    /// The server ended in an unexpected way.
    #[error("the sandbox did not end as it should: {0}")]
    Stopped(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_read_from_its_word() {
        for (text, quota) in [
            ("real", Some(Quota::Real)),
            ("OFF", Some(Quota::Off)),
            ("x10", Some(Quota::Scaled(10.0))),
            ("x0.5", Some(Quota::Scaled(0.5))),
            ("fast10", Some(Quota::Fast(10.0))),
            ("fast", None),
            ("fast0", None),
            ("x0", None),
            ("x-1", None),
            ("xNaN", None),
            ("10", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<Quota>().ok(), quota, "{text}");
        }
    }
}
