//! Links of invited guests: written into a file that only its owner can read, when that was asked for, and nowhere else.

use std::collections::HashSet;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};

use super::args::RunArgs;
use super::connect::Job;
use super::error::CliError;
use super::private_file::PrivateFile;
use super::warning::{Warner, WarningKind};
use crate::domain::{Operation, Plan};
use crate::graph::LinkKeeper;

/// Refuses a file that is there already, and says when guests would hear nothing of their invitation.
///
/// # Errors
/// A usage error; nothing was written.
pub fn check(plan: &Plan, how: &RunArgs, warner: &Warner) -> Result<(), CliError> {
    let summary = plan.summary();
    match &how.invitations {
        Some(path) if path.symlink_metadata().is_ok() => Err(taken(path)),
        None if summary.users_invited > summary.invitation_mails => {
            let told = format!(
                "warning: guests who get neither a mail nor a link: {}. Their links are kept nowhere; name a file for them with \
                 `--invitations FILE`, or write `true` into `sendEmail`.",
                summary.users_invited - summary.invitation_mails
            );
            warner.complain(WarningKind::NoLinks, &told);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn taken(path: &Path) -> CliError {
    CliError::usage(format!(
        "`{}` is there already, and may hold links that somebody still needs",
        path.display()
    ))
    .hint("name a new file with `--invitations FILE`")
}

/// Opens the file when some of these operations invite somebody, and it was asked for.
///
/// # Errors
/// The file cannot be made.
pub fn begin<'o>(
    job: Job<'_>,
    how: &RunArgs,
    mut operations: impl Iterator<Item = &'o Operation>,
) -> Result<(), CliError> {
    let invites = operations.any(|one| one.invitation().is_some());
    let Some(path) = how.invitations.as_ref().filter(|_| invites) else {
        return Ok(());
    };
    let file = PrivateFile::create(path, ["inviteeEmail", "inviteRedeemUrl"], taken)?;
    job.connected.session.keep_links(Arc::new(LinkFile {
        warner: job.context.warner(),
        inner: Mutex::new(Inner {
            file,
            known: HashSet::new(),
            failed: false,
        }),
    }));
    job.context.output.say(&format!(
        "The links of the guests go into {}; whoever has a link can use it, so pass each one on and delete the file.",
        path.display()
    ));
    Ok(())
}

/// A file with a line for each guest.
struct LinkFile {
    warner: Warner,
    inner: Mutex<Inner>,
}

struct Inner {
    file: PrivateFile,
    known: HashSet<String>,
    failed: bool,
}

impl fmt::Debug for LinkFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkFile").finish_non_exhaustive()
    }
}

impl LinkKeeper for LinkFile {
    fn keep(&self, address: &str, link: SecretString) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if !inner.known.insert(address.to_owned()) {
            return;
        }
        let written = inner.file.add([address, link.expose_secret()]);
        if let Err(error) = written
            && !inner.failed
        {
            inner.failed = true;
            let told = format!(
                "cannot write a link into `{}`: {error}. The guests are invited; their links are not kept.",
                inner.file.path().display()
            );
            self.warner.complain(WarningKind::LinksLost, &told);
        }
    }
}
