//! A workflow for GitHub Actions.
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax>

use super::quote::{github_text, shell_word, yaml_text};
use super::{Job, ScheduleText};

/// The variable that names a file with a token of another issuer.
const TOKEN: &str = "AZURE_FEDERATED_TOKEN_FILE";

pub(super) fn text(job: &Job) -> ScheduleText {
    let unit = job.unit();
    let paths = &job.paths;
    let mut words = vec![shell_word(&paths.program)];
    words.extend(
        job.arguments(&paths.settings, &paths.state)
            .iter()
            .map(|word| shell_word(word)),
    );
    let mut variables = job.all_variables();
    let given = |name: &str| job.given().find(|file| file.setting == name);
    // A step of the workflow says where it is.
    variables.extend(given(TOKEN).map(|file| file.setting.clone()));
    // GitHub gives it to a step that asks, and it lives for minutes.
    let has_token = variables.iter().any(|name| name == TOKEN);
    let sign_in = match has_token {
        true => {
            "# It signs in with GitHub's own token: a step before the night must fetch it, write it into a file, and put the file's\n\
             # name into AZURE_FEDERATED_TOKEN_FILE by way of GITHUB_ENV.\n\
             permissions:\n\
             \x20 contents: read\n\
             \x20 id-token: write\n"
        }
        false => {
            "# It signs in with what it is given, so the workflow needs nothing of GitHub: no `id-token`, no right to write.\n\
             permissions:\n\
             \x20 contents: read\n"
        }
    };
    let secrets: String = variables
        .iter()
        .filter(|name| *name != TOKEN)
        .map(|name| format!("          {name}: ${{{{ secrets.{name} }}}}\n"))
        .chain(job.given().filter(|file| file.setting != TOKEN).map(|file| {
            let path = github_text(&file.path);
            format!("          {}: {path}\n", file.setting)
        }))
        .collect();
    let secrets = if secrets.is_empty() {
        String::new()
    } else {
        format!("        env:\n{secrets}")
    };
    let zone = match &job.times.zone {
        Some(zone) => format!(
            "    # Where `timezone` is not known (GitHub Enterprise Server before 2026) the time is UTC.\n    - cron: {}\n      timezone: {}\n",
            yaml_text(&job.times.cron()),
            yaml_text(zone)
        ),
        None => format!(
            "    # In UTC: FEED.toml names no time zone, and GitHub's machines have none of yours.\n    - cron: {}\n",
            yaml_text(&job.times.cron())
        ),
    };
    let text = format!(
        "# The feed {name}, {days} at {clock}. Made by `dirsheet feed schedule`.\n\
         #\n\
         # It wants a runner of your own with the label `dirsheet`, because a night needs what lasts: the HR system's file, and the\n\
         # state folder {state}.\n\
         # On a machine of GitHub's that is new every night these are lost: the figures of the last good file, so that every night\n\
         # is a first one and the gate has nothing to compare with; the record of the files that were processed; the journal of\n\
         # an interrupted run, so that nothing resumes; and every way back by `undo`. A cache or an artifact is no place for them:\n\
         # it holds personal data, can be read by everybody who can read the repository, and may be thrown away.\n\
         #\n\
         # GitHub starts scheduled workflows late when it is busy, leaves some out, and switches them off in a public repository\n\
         # that nobody touches for 60 days. Let a watchdog (`ping` in [notify]) tell you of a night that never began.\n\
         name: {title}\n\
         on:\n\
         \x20 schedule:\n\
         {zone}\
         \x20 workflow_dispatch:\n\
         {sign_in}\
         # Two nights never run at once, and none is broken off for the next.\n\
         concurrency:\n\
         \x20 group: {unit}\n\
         \x20 cancel-in-progress: false\n\
         jobs:\n\
         \x20 night:\n\
         \x20   runs-on: [self-hosted, dirsheet]\n\
         \x20   timeout-minutes: 350\n\
         \x20   # Whoever may change this workflow may read the secrets: put them into an environment that only some may use.\n\
         \x20   environment: dirsheet\n\
         \x20   steps:\n\
         \x20     # 6 (rows need a person) and 21 (a plan waits for approval) are shown as a failed run; who is told what stands in\n\
         \x20     # [notify] of FEED.toml. The log names the people who are written to.\n\
         \x20     - name: One night\n\
         \x20       shell: sh\n\
         \x20       run: {command}\n\
         {secrets}",
        name = job.name,
        days = job.times.days_in_words(),
        clock = job.times.clock(),
        state = paths.state,
        title = github_text(&format!("dirsheet feed {}", job.name)),
        command = github_text(&words.join(" ")),
    );
    ScheduleText {
        name: format!("{unit}.github.yaml"),
        text,
        install: vec![
            format!("put it into the repository as .github/workflows/{unit}.yaml, on its default branch"),
            "set the secrets in the environment `dirsheet` of the repository".to_owned(),
            "install a runner of your own with the label `dirsheet`, and try it once by hand (`workflow_dispatch`)".to_owned(),
        ],
    }
}
