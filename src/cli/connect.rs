//! Reaching the directory a command is about: a tenant, or the embedded directory of the state folder.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Once};
use std::time::Duration;

use secrecy::SecretString;

use super::args::Global;
use super::error::CliError;
use super::exit::Exit;
use super::listener::Listener;
use super::output::Output;
use super::sign_in::{authorities, credential, doubts, nothing_configured, tenant_settings};
use super::waits::WaitsTold;
use super::warning::{Said, WarningKind};
use crate::catalogue::{Attribute, Cloud};
use crate::config::{self, Config, Environment, Flags, Target};
use crate::domain::{Actor, ActorKind, Caller, ForeseenReason, Plan, Role, UserId};
use crate::engine::{Stop, StopReason, roles_in_token};
use crate::graph::{Claims, Credential, DirectoryReader, GraphSettings, Limits, Session};
use crate::sandbox::{self, People, Sandbox, SandboxOptions};
use crate::state::StateFolder;

/// The people of an embedded directory that nobody filled otherwise.
const SANDBOX_USERS: usize = 200;
/// How long one request may take. The slowest documented operation of the service ends well before.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(100);

/// What every command starts from.
#[derive(Debug)]
pub struct Context {
    pub config: Config,
    pub output: Output,
    /// How the command is asked to end.
    pub stop: Stop,
    /// The flags by which another command finds the same directory.
    pub directory: String,
    /// The same, and the state folder where it was typed.
    pub place: String,
    /// What is told of a secret's file once, however often the command signs in.
    pub told_of_secret: Once,
    /// Who hears what happens, where that is a program and not the terminal.
    pub listener: Option<Listener>,
    /// What was said beside the result, for that program.
    pub said: Said,
}

impl Context {
    pub fn new(global: &Global) -> Result<Context, CliError> {
        Ok(Context {
            config: config::resolve(&flags(global), &environment())?,
            output: Output::new(global),
            stop: Stop::new(),
            directory: global.directory(),
            place: global.place(),
            told_of_secret: Once::new(),
            listener: None,
            said: Said::default(),
        })
    }

    pub fn state(&self) -> Result<StateFolder, CliError> {
        let origin = &self.config.state_dir.origin;
        StateFolder::open(self.config.state_dir.value.clone()).map_err(|error| {
            CliError::usage(error.to_string()).hint(format!("the state folder comes from {origin}"))
        })
    }
}

pub fn flags(global: &Global) -> Flags {
    Flags {
        profile: global.profile.clone(),
        config: global.config.clone(),
        state_dir: global.state_dir.clone(),
        graph_url: global.graph_url.clone(),
        sandbox: global.sandbox,
    }
}

pub fn environment() -> Environment {
    // A variable that is no text cannot be meant for us.
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Where the state folder is, for a command that needs no sign-in.
///
/// # Errors
/// The configuration file cannot be read, or nothing says where the home folder is.
pub fn state_root(global: &Global) -> Result<PathBuf, CliError> {
    Ok(config::state_folder(&flags(global), &environment())?)
}

/// The certificate authorities to trust beside the system's, for a command that needs no sign-in.
///
/// # Errors
/// The configuration file, or the file it names, cannot be read.
pub fn authorities_here(global: &Global) -> Result<Option<Vec<u8>>, CliError> {
    authorities(config::ca_file(&flags(global), &environment())?.as_ref())
}

/// Whether the profile of a command protects anybody, without a sign-in.
pub fn profile_protects(global: &Global) -> Result<bool, CliError> {
    Ok(config::protects_anybody(&flags(global), &environment())?)
}

/// What a command works with once it is connected.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    pub context: &'a Context,
    pub state: &'a StateFolder,
    pub connected: &'a Connected,
    pub stop: &'a Stop,
    /// The moment after which nothing is sent any more; one for the whole command.
    pub deadline: Option<tokio::time::Instant>,
}

impl<'a> Job<'a> {
    /// A job that begins now; the time it may take counts from here.
    pub fn new(
        context: &'a Context,
        state: &'a StateFolder,
        connected: &'a Connected,
        deadline: Option<Duration>,
    ) -> Job<'a> {
        // A moment that no clock reaches ends nothing.
        let deadline = deadline.and_then(|deadline| tokio::time::Instant::now().checked_add(deadline));
        Job {
            context,
            state,
            connected,
            stop: &context.stop,
            deadline,
        }
    }
}

/// A directory, signed in.
pub struct Connected {
    pub session: Arc<Session>,
    pub reader: DirectoryReader,
    /// The tenant's id where the token tells it, else as configured.
    pub tenant: String,
    pub graph_url: String,
    /// Whether the service's quota must be kept; the embedded directory of a state folder has none.
    pub paced: bool,
    pub cloud: Cloud,
    /// Who it is, by the token, else by the settings; `None` where neither tells.
    pub signed_in: Option<Actor>,
    sandbox: Option<Sandbox>,
    _waits_told: WaitsTold,
}

impl Connected {
    /// Signs in at once, so that a wrong secret is found before any work.
    pub async fn open(context: &Context, state: &StateFolder) -> Result<Connected, CliError> {
        if let Some(origin) = &context.config.guards_elsewhere {
            let told = not_counted(origin);
            context.warner().complain(WarningKind::GuardsElsewhere, &told);
        }
        let (settings, sandbox) = match &context.config.target {
            Target::Missing { missing } => {
                let unnamed = context.config.unnamed_profiles.as_ref();
                return Err(nothing_configured(missing, unnamed));
            }
            Target::Tenant(sign_in) => {
                context.told_of_secret.call_once(|| {
                    for (kind, told) in doubts(sign_in) {
                        context.warner().complain(kind, &format!("warning: {told}"));
                    }
                });
                let credential = credential(context, sign_in).await?;
                (tenant_settings(context, sign_in, credential)?, None)
            }
            Target::Sandbox => {
                let folder = state.sandbox_folder();
                let sandbox = sandbox::start(kept_sandbox(folder.clone())).await?;
                context.output.say(&format!(
                    "Using the embedded directory in {} ({} invented users).",
                    folder.display(),
                    sandbox.user_count()
                ));
                (sandbox_settings(&sandbox)?, Some(sandbox))
            }
        };
        let cloud = cloud(context, &settings)?;
        let paced = sandbox.is_none();
        let limits = if paced {
            Limits::for_directory(None)
        } else {
            Limits::unlimited()
        };
        let session = Session::open(&settings, limits)?;
        session.keep_pictures(Arc::new(state.pictures()));
        let waits_told = WaitsTold::begin(context.output, &session);
        // Nothing was begun that would have to be ended well.
        let signed_in = tokio::select! {
            signed_in = session.sign_in() => signed_in.map_err(CliError::from),
            () = interrupted(&context.stop) => {
                Err(CliError::new(Exit::Interrupted, "stopped during the sign-in; nothing was done"))
            }
        };
        if let Err(told) = signed_in {
            if let Some(sandbox) = sandbox {
                sandbox.shutdown().await?;
            }
            return Err(told);
        }
        let claims = session.claims().await;
        if let Some(name) = claims.as_ref().and_then(Claims::person_name) {
            context.output.say(&format!("Signed in as {name}."));
        }
        let signed_in = claims.as_ref().and_then(Claims::signed_in);
        let signed_in = signed_in.or_else(|| application(&settings));
        let claimed = claims.and_then(|claims| claims.tid);
        let tenant = claimed.unwrap_or_else(|| settings.tenant.clone()).to_lowercase();
        if let Some(budget) = limits.writes {
            // The service still counts what earlier runs wrote a moment ago.
            let (now, window) = (jiff::Timestamp::now(), budget.window);
            let window = jiff::SignedDuration::try_from(window).unwrap_or(jiff::SignedDuration::MAX);
            let moments = state.write_moments(&tenant, now, window);
            session.note_spent(budget.used_after(&moments, now));
        }
        Ok(Connected {
            reader: DirectoryReader::new(Arc::clone(&session)),
            tenant,
            // The embedded directory takes another port each time; its name for plans and journals must not change.
            graph_url: if paced {
                origin(&settings)
            } else {
                "sandbox".to_owned()
            },
            paced,
            cloud,
            signed_in,
            session,
            sandbox,
            _waits_told: waits_told,
        })
    }

    /// Sets the pace for a directory of this size.
    pub fn pace_for(&self, users_total: u64) {
        if self.paced {
            self.session.set_limits(Limits::for_directory(Some(users_total)));
        }
    }

    /// Refuses a plan of which the sign-in may write nothing at all. Where a part may be written the service decides cell by
    /// cell; a token that does not tell its permissions is given the benefit of the doubt. `roles`: those of whoever is signed in,
    /// where more is known of them than the token says.
    pub async fn check_permissions(&self, plan: &Plan, roles: Option<&[Role]>) -> Result<(), CliError> {
        let claims = self.session.claims().await;
        let granted = claims.as_ref().map(Claims::granted).unwrap_or_default();
        if granted.is_empty() {
            return Ok(());
        }
        let mut needed: BTreeSet<String> = plan
            .withheld()
            .iter()
            .filter(|withheld| withheld.reason == ForeseenReason::PermissionMissing)
            .map(|withheld| withheld.needs.clone())
            .collect();
        let in_token = claims.as_ref().and_then(roles_in_token);
        let caller = Caller {
            granted: &granted,
            roles: roles.or(in_token.as_deref()),
            is_application: claims.as_ref().is_some_and(Claims::is_application),
            own: claims.as_ref().and_then(Claims::person).and_then(UserId::parse),
        };
        let nothing = plan.is_empty() && needed.is_empty();
        let mut changes = plan.changes();
        if nothing || changes.any(|(user, change)| caller.lacks_for(user, change).is_none()) {
            return Ok(());
        }
        needed.extend(
            plan.changes()
                .filter_map(|(user, change)| caller.lacks_for(user, change)),
        );
        let needed: Vec<String> = needed.into_iter().collect();
        Err(CliError::new(
            Exit::SignIn,
            format!(
                "{} may write none of these columns: it has {}; nothing was written",
                match caller.is_application {
                    true => "the application",
                    false => "the sign-in",
                },
                granted.join(", ")
            ),
        )
        .hint(format!("grant it with admin consent: {}", needed.join("; "))))
    }

    /// Those of these attributes that the token may not write; none when it does not tell.
    pub async fn not_permitted(&self, attributes: &[&'static Attribute]) -> Vec<&'static Attribute> {
        let granted = self.session.granted().await.unwrap_or_default();
        let refused = |attribute: &&&'static Attribute| {
            !granted.is_empty() && !attribute.write_permission.covered_by(&granted)
        };
        attributes.iter().filter(refused).copied().collect()
    }

    /// Closes the embedded directory in good order; a tenant needs nothing.
    pub async fn close(self) -> Result<(), CliError> {
        match self.sandbox {
            Some(sandbox) => Ok(sandbox.shutdown().await?),
            None => Ok(()),
        }
    }
}

/// The application that proves itself, where the token does not tell it.
fn application(settings: &GraphSettings) -> Option<Actor> {
    let proves_itself = matches!(
        settings.credential,
        Credential::Secret(_) | Credential::Certificate(_) | Credential::Federated(_)
    );
    proves_itself.then(|| Actor {
        kind: ActorKind::Application,
        id: settings.client_id.clone(),
        name: None,
    })
}

/// Said of the guards of a profile that is about another tenant.
pub fn not_counted(origin: &str) -> String {
    format!(
        "The guards and the protected users of {origin} do not count: they are for another tenant than the one in the environment."
    )
}

/// Ends when a person asks to end. A deadline has words of its own later on.
pub async fn interrupted(stop: &Stop) {
    stop.drained().await;
    if stop.reason() != Some(StopReason::Interrupted) {
        std::future::pending::<()>().await;
    }
}

/// The embedded directory of a state folder. Practising should not take as long as the real service: it has no quota.
pub fn kept_sandbox(folder: PathBuf) -> SandboxOptions {
    SandboxOptions {
        people: People::Generated { users: SANDBOX_USERS },
        quota: sandbox::Quota::Off,
        folder: Some(folder),
        ..SandboxOptions::for_practice()
    }
}

fn sandbox_settings(sandbox: &Sandbox) -> Result<GraphSettings, CliError> {
    let url = address(&sandbox.url(), "the embedded directory")?;
    Ok(GraphSettings {
        graph_url: url.clone(),
        authority_url: url,
        tenant: sandbox.tenant_id().to_owned(),
        client_id: sandbox.client_id().to_owned(),
        credential: Credential::Secret(SecretString::from(sandbox.client_secret().to_owned())),
        request_timeout: REQUEST_TIMEOUT,
        ca_file: None,
    })
}

pub fn address(text: &str, origin: &str) -> Result<reqwest::Url, CliError> {
    text.parse().map_err(|_| {
        let shown = config::without_login(text);
        CliError::usage(format!("`{shown}` (from {origin}) is not an address"))
            .hint("write it like `https://graph.microsoft.com`")
    })
}

/// The cloud the profile names, or the one whose address it is.
fn cloud(context: &Context, settings: &GraphSettings) -> Result<Cloud, CliError> {
    let Some(named) = &context.config.cloud else {
        return Ok(Cloud::of_host(settings.graph_url.host_str().unwrap_or_default()));
    };
    let known = Cloud::NAMES.iter().find(|(word, _)| *word == named.value);
    known.map(|(_, cloud)| *cloud).ok_or_else(|| {
        let words: Vec<&str> = Cloud::NAMES.iter().map(|(word, _)| *word).collect();
        CliError::usage(format!(
            "`cloud = \"{}\"` ({}) is not a cloud",
            named.value, named.origin
        ))
        .hint(format!("it can be {}", words.join(", ")))
    })
}

fn origin(settings: &GraphSettings) -> String {
    settings.graph_url.origin().ascii_serialization()
}
