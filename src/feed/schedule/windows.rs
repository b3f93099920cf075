//! A task for the Task Scheduler of Windows, version 1.2 of its schema (Windows Vista, Server 2008 and later).
//! <https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema>

use super::quote::{windows_word, xml_text};
use super::{Job, ScheduleProblem, ScheduleText};

pub(super) fn text(job: &Job) -> Result<ScheduleText, ScheduleProblem> {
    let unit = job.unit();
    let paths = &job.paths;
    let words = job.arguments(&paths.settings, &paths.state);
    for word in words.iter().chain([&paths.program]) {
        // The Task Scheduler puts variables in the place of %NAME% and $(Arg0), and has no way to write them as they are.
        if word.matches('%').count() > 1 || word.contains("$(") {
            return Err(ScheduleProblem::new(
                format!("`{word}`"),
                "the Task Scheduler would take `%…%` or `$(` as a variable; use another path",
            ));
        }
    }
    let arguments: Vec<String> = words.iter().map(|word| windows_word(word)).collect();
    let times = &job.times;
    let schedule = if times.is_daily() {
        "      <ScheduleByDay>\n        <DaysInterval>1</DaysInterval>\n      </ScheduleByDay>\n".to_owned()
    } else {
        let days: String = times
            .days
            .iter()
            .map(|day| format!("          <{} />\n", day.name()))
            .collect();
        format!(
            "      <ScheduleByWeek>\n        <WeeksInterval>1</WeeksInterval>\n        <DaysOfWeek>\n{days}        </DaysOfWeek>\n      </ScheduleByWeek>\n"
        )
    };
    let zone = match &times.zone {
        Some(zone) => format!(
            "{zone} is what FEED.toml says; the Task Scheduler knows no time zones and follows the clock of this machine"
        ),
        None => "by the clock of this machine".to_owned(),
    };
    let mut variables = job.all_variables();
    variables.extend(job.given().map(|file| format!("{}={}", file.setting, file.path)));
    let secrets = if variables.is_empty() {
        String::new()
    } else {
        format!(
            "\n  The account needs these variables of its own (a profile with client_secret_file and a file that only the account may\n  read is better): {}.",
            variables.join(", ")
        )
    };
    // Two hyphens would end the comment.
    let comment = |text: &str| text.replace("--", "- -");
    // No encoding is named, so that PowerShell's text and a file in UTF-8 are both taken.
    let text = format!(
        r#"<?xml version="1.0"?>
<!--
  {unit_told}: the feed {name_told}, {days} at {clock} ({zone}).
  Made by dirsheet feed schedule. The account must have the right to log on as a batch job; a group managed service account
  (CONTOSO\dirsheet$) needs no password that somebody keeps.{secrets}
  Exit codes: 6 says that rows need a person, 21 that a plan waits for approval; the Task Scheduler shows them as the last
  result and tells nobody, so name a webhook or mail in [notify] of FEED.toml.
-->
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>dirsheet feed {name}</Description>
    <URI>\{unit}</URI>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <Enabled>true</Enabled>
      <StartBoundary>2026-01-01T{clock}:00</StartBoundary>
      <RandomDelay>PT5M</RandomDelay>
{schedule}    </CalendarTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>
    <AllowStartOnDemand>true</AllowStartOnDemand>
    <Enabled>true</Enabled>
    <Hidden>false</Hidden>
    <ExecutionTimeLimit>PT6H</ExecutionTimeLimit>
  </Settings>
  <Principals>
    <Principal id="Author">
      <UserId>{user}</UserId>
      <LogonType>Password</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Actions Context="Author">
    <Exec>
      <Command>{program}</Command>
      <Arguments>{arguments}</Arguments>
    </Exec>
  </Actions>
</Task>
"#,
        name = job.name,
        days = times.days_in_words(),
        clock = times.clock(),
        user = xml_text(&job.user),
        program = xml_text(&paths.program),
        arguments = xml_text(&arguments.join(" ")),
        unit_told = comment(&unit),
        name_told = comment(&job.name),
        secrets = comment(&secrets),
    );
    Ok(ScheduleText {
        name: format!("{unit}.xml"),
        text,
        install: vec![
            "in PowerShell, as an administrator:".to_owned(),
            format!(
                "Register-ScheduledTask -TaskName {unit} -User '{}' -Password (Read-Host 'Password') -Xml (Get-Content -Raw -Encoding UTF8 {unit}.xml)",
                job.user.replace('\'', "''")
            ),
            "on another system, name the program and the folders as Windows knows them: --program, --state-dir".to_owned(),
        ],
    })
}
