//! `feed run`: one night, from the newest file to the report. Nobody is asked, and no guard lifts itself.

use super::believing::{Good, is_taken, kept};
use super::carrying::{Carried, Held, carry};
use super::deciding::{NightRead, decided};
use super::directory::{Worked, everybody};
use super::finishing::{finish, paper};
use super::folders::{self, Stop};
use super::hearing;
use super::incoming::{Found, find, in_the_future, older_than};
use super::lifting;
use super::night::today;
use super::night::{Ended, Night};
use super::notices::{Starting, channels};
use super::opening::{Opened, load, refused, whole_path};
use super::papers::{remove_sheets, write_outcome};
use super::passing_over;
use super::quiet::{hashes, is_delivered_anew, no_file, seen_before};
use super::refeeding;
use super::remembering::{file_now, record, remember, tidy_up};
use super::resuming::{is_open, resume_open};
use super::source::open;
use super::undo_runs::OfFeed;
use super::waiting::{settle_good, withdraw};
use crate::cli::args::FeedRunArgs;
use crate::cli::connect::{Connected, Context, Job};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::sign_in::authorities;
use crate::domain::Permission;
use crate::feed::{Mapping, NightOutcome, NightStep, map, outcome_sheet, sheet_name};
use crate::state::{Ledger, NightFile, NightId, StateError, StateFolder, TenantLock};
use crate::table::PlainTable;

/// What a night works with.
pub struct Desk<'a> {
    pub context: &'a Context,
    pub arguments: &'a FeedRunArgs,
    pub loaded: &'a Opened,
    pub state: &'a StateFolder,
    /// Folders that let nothing but a run of before go on.
    stop: Option<&'a Stop>,
}

impl Desk<'_> {
    /// `FEED.toml` for a command that somebody may type in another folder.
    pub fn settings_word(&self) -> String {
        whole_path(&self.arguments.settings)
    }
}

pub async fn run(context: &Context, arguments: &FeedRunArgs) -> Result<Exit, CliError> {
    // Whether it can be used, the sign-in tells; who is to hear of the night hears of it all the same.
    let trusted = authorities(context.config.ca_file.as_ref()).unwrap_or_default();
    let loaded = match load(&arguments.settings) {
        Ok(loaded) => loaded,
        Err(error) => {
            let state = context.state().ok();
            return Err(hearing::not_loaded(context.output, arguments, trusted, state.as_ref(), error).await);
        }
    };
    let name = loaded.feed.settings.name.clone();
    let not_begun = |state, error| {
        hearing::not_begun(
            context.output,
            (&loaded.feed.settings, &loaded.folder, trusted.clone()),
            arguments.dry_run,
            state,
            error,
        )
    };
    let state = match context.state() {
        Ok(state) => state,
        Err(error) => return Err(not_begun(None, error).await),
    };
    // Before the ledger, which may be what cannot be written.
    let stop = folders::stops(context.output, &loaded, arguments, state.root());
    if let Some(stop) = &stop
        && !(stop.lets_resume() && is_open(&state, &name))
    {
        return Err(not_begun(Some(&state), stop.error("nothing was written")).await);
    }
    let ledger = match arguments.dry_run {
        true => Ledger::rehearse(&state, &name),
        false => Ledger::open(&state, &name),
    };
    let mut ledger = match ledger {
        Ok(ledger) => ledger,
        // The other start tells.
        Err(busy @ StateError::Busy { .. }) => return Err(busy.into()),
        Err(error) => return Err(not_begun(None, error.into()).await),
    };
    let mut night = Night::begin(context.output, &name, arguments.dry_run);
    // A dry run has somebody who watches it.
    let channels = match arguments.dry_run {
        true => None,
        false => Some(channels(&loaded.feed.settings.notify, &loaded.folder, trusted.clone()).await),
    };
    if let Some(channels) = &channels {
        // Its file cannot be moved as long as folders are wrong.
        if stop.is_none() {
            let told = hearing::tell_of_the_last(context.output, channels, &name, &mut ledger, &state).await;
            if let Err(error) = told {
                return Err(not_begun(None, error).await);
            }
        }
    }
    let starting = channels.as_ref().map(Starting::send);
    let desk = Desk {
        context,
        arguments,
        loaded: &loaded,
        state: &state,
        stop: stop.as_ref(),
    };
    let mut begun: Option<NightId> = None;
    let mut good = Good::default();
    let ended = whole_night(&desk, &mut ledger, &mut night, &mut begun, &mut good).await;
    let exit = night.end(ended);
    night.lifts = lifting::names(&desk, &night);
    let mut start = None;
    let kept = match begun {
        None if arguments.dry_run => Ok(()),
        None => record(&mut ledger, &mut night).map(|id| start = Some(id)),
        Some(id) => remember(
            &mut ledger,
            id,
            &loaded,
            &mut night,
            good,
            arguments.refeed.is_some(),
        ),
    };
    if let Err(error) = &kept {
        night.not_recorded(error);
    }
    lifting::tell_way_out(&desk, &mut night, &ledger);
    night.teller.step(NightStep::Ledger);
    if let (Some(channels), Some(starting)) = (&channels, starting) {
        night.teller.notices(&starting.arrived().await);
        // Whatever becomes of a notice, the night is what it was.
        let notices = channels.ended(&night.summary).await;
        night.teller.notices(&notices);
        night.summary.notices = notices;
        night.teller.step(NightStep::Notices);
    }
    night.tell(context.output.with_data())?;
    let told: Vec<String> = night
        .summary
        .notices
        .iter()
        .map(|notice| notice.in_words())
        .collect();
    // A night that could not be settled stays open; one whose file could not be moved was told all the same.
    let begun = begun.filter(|_| night.summary.outcome != NightOutcome::Unfinished);
    let closed = match (begun, start) {
        (Some(id), _) => ledger.close(id, &told),
        (None, Some(start)) => ledger.start_told(start, &told),
        (None, None) => Ok(()),
    };
    if let (Err(error), true) = (closed, kept.is_ok()) {
        let warning = format!(
            "warning: who was told could not be recorded, and the next start tells it again: {error}"
        );
        context.output.complain(&warning);
    }
    kept.map(|()| exit)
}

async fn whole_night(
    desk: &Desk<'_>,
    ledger: &mut Ledger,
    night: &mut Night,
    begun: &mut Option<NightId>,
    good: &mut Good,
) -> Result<Ended, CliError> {
    let arguments = desk.arguments;
    // Before anything goes on: a run that was taken back must not.
    let undos = OfFeed::look(desk.state, ledger, &desk.loaded.feed.settings.name, arguments)?;
    if !arguments.dry_run {
        resume_open(desk.context, arguments, desk.state, desk.loaded, night).await?;
        if let Some(stop) = desk.stop {
            return Err(stop.error("what an earlier night began is at its end, and nothing else was written"));
        }
        tidy_up(ledger, desk.state, night)?;
        night.teller.step(NightStep::Resume);
    }
    ledger.first_start(night.summary.started_at)?;
    settle_good(ledger, desk.state, &undos)?;
    let path = match (&arguments.refeed, &arguments.file) {
        (Some(path), _) | (None, Some(path)) => path.clone(),
        (None, None) => match find(desk.loaded, ledger).await? {
            Found::File(file, older) => {
                night.beside = older;
                file.path
            }
            Found::NotYet(why) => {
                if let Some(error) = lifting::without_a_file(desk, ledger, &why)? {
                    return Err(error);
                }
                return no_file(desk, &why, ledger, night);
            }
        },
    };
    let file = file_now(&path)?;
    night.teller.step(NightStep::Source);
    night.path = Some(path.clone());
    night.summary.file = path.file_name().map(|name| name.to_string_lossy().into_owned());
    night.summary.file_sha256 = Some(file.sha256.clone());
    lifting::is_of_a_refused(desk, ledger, &file)?;
    night.summary.lifted = arguments
        .lift
        .iter()
        .map(|lift| lift.as_str().to_owned())
        .collect();
    if arguments.file.is_some() {
        night.beside = older_than(desk.loaded, ledger, &file.sha256)?;
    }
    if !arguments.again
        && arguments.refeed.is_none()
        && !arguments.dry_run
        && let Some(before) = ledger.seen(&file.sha256)?
        && !is_delivered_anew(desk, &before, &file, ledger)?
    {
        return seen_before(desk, &before, ledger, night);
    }
    if !arguments.dry_run {
        let id = ledger.begin(&file, night.summary.started_at)?;
        *begun = Some(id);
        ledger.keep_settings(id, &hashes(desk))?;
        ledger.keep_lifted(id, &night.summary.lifted)?;
        if arguments.refeed.is_some() {
            ledger.keep_refeed(id)?;
        }
    }
    if let Some(error) = in_the_future(&file) {
        night.if_it_fails = Some(NightOutcome::Refused);
        return Err(error);
    }
    // Whatever is wrong with the file is told with its headers and cells.
    let plain = match arguments.refeed.is_some() {
        true => refeeding::open(desk.loaded, &path),
        false => open(desk.loaded, &path).map(|plain| (plain, None)),
    };
    let (plain, guessed) = plain.inspect_err(|_| night.summary.quotes_cells = true)?;
    night.summary.help_here.extend(guessed);
    if plain.sha256 != file.sha256 {
        night.if_it_fails = Some(NightOutcome::Failed);
        return Err(CliError::new(
            Exit::SheetErrors,
            "the file changed while it was read; nothing was written",
        )
        .hint(
            "the next start takes it again; `source.stable-for` or `source.trigger` say when it is complete",
        ));
    }
    if arguments.refeed.is_some() {
        refeeding::check(desk, &plain, ledger, night)?;
    }
    night.teller.step(NightStep::Table);
    let mapping = map(&desk.loaded.feed, &plain.table).map_err(|problems| {
        night.summary.quotes_cells = true;
        let error = refused(&arguments.settings, &problems);
        CliError {
            exit: Exit::SheetErrors,
            message: "the file does not have the columns that the settings read; nothing was written"
                .to_owned(),
            ..error
        }
    })?;
    night.teller.step(NightStep::Mapping);
    night.summary.counts.rows = plain.table.rows().len() as u64 + plain.unreadable.len() as u64;
    night.summary.counts.left_out = mapping.left_out;
    let connected = Connected::open(desk.context, desk.state).await?;
    night.summary.tenant = Some(connected.tenant.clone());
    let alone = TenantLock::take(desk.state, &connected.tenant);
    let job = Job::new(desk.context, desk.state, &connected, arguments.deadline);
    let ended = match alone {
        Ok(_alone) => {
            with_directory(
                desk, &undos, &file, &plain, &mapping, job, ledger, night, *begun, good,
            )
            .await
        }
        Err(error) => Err(error.into()),
    };
    night.summary.counts.requests += connected.session.requests_sent();
    let closed = connected.close().await;
    let ended = ended?;
    closed?;
    Ok(ended)
}

#[expect(
    clippy::too_many_arguments,
    reason = "a night in its middle knows all of these"
)]
async fn with_directory(
    desk: &Desk<'_>,
    undos: &OfFeed,
    file: &NightFile,
    plain: &PlainTable,
    mapping: &Mapping,
    job: Job<'_>,
    ledger: &mut Ledger,
    night: &mut Night,
    begun: Option<NightId>,
    good: &mut Good,
) -> Result<Ended, CliError> {
    let (arguments, feed) = (desk.arguments, &desk.loaded.feed);
    let today = today(&feed.settings)?;
    let worked = Worked {
        plain,
        mapping,
        today,
    };
    let read = everybody(desk.loaded, worked, arguments, job).await?;
    night.teller.directory(&read.told);
    let directory = read.directory;
    night.teller.step(NightStep::Directory);
    job.connected.pace_for(directory.users_total());
    let is_refeed = arguments.refeed.is_some();
    let read = NightRead {
        file,
        plain,
        mapping,
        directory: &directory,
        today,
        undos,
    };
    let decided = decided(desk, read, ledger, night, good)?;
    let sheet = outcome_sheet(&decided.people);
    let carried = if sheet.rows.is_empty() {
        Carried {
            ended: Ended::new(
                NightOutcome::Unchanged,
                Exit::Done,
                match night.summary.counts.taken_back == 0 && decided.letters.is_empty() {
                    true => "the directory says what the file says; nothing was to be written",
                    false => {
                        "nothing was written: what differs is left to a person, or a person took it back"
                    }
                },
            ),
            held: Held::default(),
        }
    } else {
        let path =
            paper(desk, night, "sheet")?.with_file_name(sheet_name(&feed.settings.name, &night.stamp()));
        write_outcome(&sheet, &path)?;
        night.teller.step(NightStep::Outcome);
        // The sheet holds only who differs; whether a column is emptied the whole directory says.
        let more = match decided.emptied(&directory).is_empty() {
            true => vec![Permission::Emptied],
            false => Vec::new(),
        };
        let carried = carry(
            &path,
            &sheet,
            desk.loaded,
            arguments,
            &more,
            ledger,
            (begun, kept(good, None).as_ref()),
            job,
            night,
        )
        .await;
        let is_needed = match &carried {
            Ok(carried) => [NightOutcome::Waiting, NightOutcome::Unfinished].contains(&carried.ended.outcome),
            Err(_) => !arguments.dry_run,
        };
        if !is_needed {
            // The journal has every row, and the reasons every cell; whoever looks at a plan that waits may want the sheet.
            let _gone = std::fs::remove_file(&path);
        }
        night.teller.step(NightStep::Apply);
        carried?
    };
    let mut ended = finish(desk, plain, decided, carried, night);
    if let Some(told) = good.undone.told_by_word() {
        ended.message = format!("{}; {told}", ended.message);
    }
    good.tell(ledger, &mut ended);
    if !is_refeed && !arguments.dry_run && is_taken(ended.outcome) {
        passing_over::choose(night, desk.loaded, ledger, &mut ended);
        ended.help.extend(withdraw(ledger, desk.state, undos, begun)?);
        let stamp = night.stamp();
        ended
            .help
            .extend(remove_sheets(desk.state, &feed.settings.name, &stamp));
    }
    Ok(ended)
}
