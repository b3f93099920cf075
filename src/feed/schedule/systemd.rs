//! A service and its timer for systemd 247 and later; an older one ignores with a warning what it does not know.

use super::quote::{systemd_path, systemd_word};
use super::{Job, ScheduleProblem, ScheduleText, SignsIn};

/// The folders below which `ProtectHome=` hides everything.
const HOMES: [&str; 3] = ["/home", "/root", "/run/user"];

pub(super) fn texts(job: &Job) -> Result<Vec<ScheduleText>, ScheduleProblem> {
    // systemd.exec(5): the name of an account in strict form.
    let is_user = job
        .user
        .starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && job
            .user
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-');
    if !is_user {
        return Err(ScheduleProblem::new(
            "schedule.user",
            format!(
                "`{}` is no account of systemd: letters, digits, `_` and `-`",
                job.user
            ),
        ));
    }
    for path in paths(job) {
        if !path.starts_with('/') {
            return Err(ScheduleProblem::new(
                format!("`{path}`"),
                "systemd wants whole paths that begin with `/`; make this text on the machine it is for, or name \
                 the program with `--program`",
            ));
        }
    }
    if job.paths.program.contains(['"', '\'', '\\']) {
        return Err(ScheduleProblem::new(
            format!("`{}`", job.paths.program),
            "systemd starts no program whose path holds quotes or a backslash; put it elsewhere, like /usr/local/bin",
        ));
    }
    Ok(vec![service(job), timer(job)])
}

fn paths(job: &Job) -> impl Iterator<Item = &String> {
    let paths = &job.paths;
    [&paths.program, &paths.settings, &paths.state]
        .into_iter()
        .chain(&paths.writes)
        .chain(&paths.config)
        .chain(job.files.iter().map(|file| &file.path))
}

fn service(job: &Job) -> ScheduleText {
    let unit = job.unit();
    let paths = &job.paths;
    // No variables are looked for in the name of the program.
    let mut words = vec![systemd_path(&paths.program)];
    words.extend(
        job.arguments(&paths.settings, &paths.state)
            .iter()
            .map(|word| systemd_word(word)),
    );
    let command = words.join(" ");
    // A folder directly below /var/lib is made by systemd, with the right owner.
    let below_lib = paths
        .state
        .strip_prefix("/var/lib/")
        .filter(|name| !name.is_empty() && !name.contains(['/', ' ', '%', '"', '\\', ':', '\'', ';']));
    let mut writable: Vec<String> = paths.writes.iter().map(|path| systemd_path(path)).collect();
    let state = match below_lib {
        Some(name) => format!("StateDirectory={name}\nStateDirectoryMode=0700\n"),
        None => {
            writable.insert(0, systemd_path(&paths.state));
            String::new()
        }
    };
    writable.dedup();
    let writable = if writable.is_empty() {
        "# The night writes to nothing but the state folder.\n".to_owned()
    } else {
        format!(
            "# Only these may be written; each must be there, and belong to `{}`.\nReadWritePaths={}\n",
            job.user,
            writable.join(" ")
        )
    };
    let in_home = self::paths(job).any(|path| {
        HOMES
            .iter()
            .any(|home| path.strip_prefix(home).is_some_and(|rest| rest.starts_with('/')))
    });
    let home = if in_home {
        "# A path above is in a home folder. Better move it to /etc or /srv, and write `yes` here.\nProtectHome=read-only\n"
    } else {
        "ProtectHome=yes\n"
    };
    let done = if job.heard {
        "# 6: done, and rows need a person. 21: a plan waits for approval. FEED.toml names who is told of both, so they are no\n\
         # failure of the service.\nSuccessExitStatus=6 21\n"
    } else {
        "# 6 (rows need a person) and 21 (a plan waits for approval) count as failures here, because FEED.toml tells nobody of\n\
         # them. With a webhook or mail in [notify], make this file again.\n"
    };
    let text = format!(
        "# {unit}.service: one night of the feed `{name}`. Made by `dirsheet feed schedule`.\n\
         [Unit]\n\
         Description=dirsheet feed {name}\n\
         Wants=network-online.target\n\
         After=network-online.target\n\
         # To be told by systemd as well, name a unit of yours that sends a mail:\n\
         #OnFailure=notify-failed@%n.service\n\
         \n\
         [Service]\n\
         # Two nights never run at once: systemd starts a unit once, and the feed has a lock of its own.\n\
         Type=oneshot\n\
         ExecStart={command}\n\
         # A fixed account and no DynamicUser=: inbox, archive and state keep their owner over the nights.\n\
         User={user}\n\
         {done}\
         # A night ends by itself; this is for one that hangs. The first signal ends it in good order, and the next night\n\
         # takes the run to its end.\n\
         TimeoutStartSec=6h\n\
         TimeoutStopSec=5min\n\
         KillMode=mixed\n\
         \n\
         {secrets}\
         \n\
         # What it may write.\n\
         ProtectSystem=strict\n\
         {home}\
         PrivateTmp=yes\n\
         {state}\
         {writable}\
         UMask=0077\n\
         \n\
         # What it may not do.\n\
         {HARDENING}",
        name = job.name,
        user = job.user,
        secrets = secrets(job),
    );
    ScheduleText {
        name: format!("{unit}.service"),
        text,
        install: Vec::new(),
    }
}

const HARDENING: &str = "\
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
";

/// How the secrets come to the service without standing in a unit, which everybody can read.
fn secrets(job: &Job) -> String {
    let unit = job.unit();
    let folder = format!("/run/credentials/{unit}.service/");
    let mut text =
        String::from("# Secrets. A unit can be read by everybody, so only where they are stands here.\n");
    let variables = job.all_variables();
    if !variables.is_empty() {
        text.push_str(&format!(
            "# A file of root's with mode 0600, one line each:\n#   {}\nEnvironmentFile=/etc/dirsheet/{}.env\n",
            variables
                .iter()
                .map(|name| format!("{name}=…"))
                .collect::<Vec<_>>()
                .join("\n#   "),
            job.name
        ));
    }
    for file in job.given() {
        let setting = systemd_path(&format!("{}={}", file.setting, file.path));
        text.push_str(&format!(
            "# `{}` must be able to read this file.\nEnvironment={setting}\n",
            job.user
        ));
    }
    let has = |name: &str| variables.iter().any(|known| known == name);
    if has("AZURE_CLIENT_SECRET") {
        text.push_str(&format!(
            "# Better than a variable: a profile of config.toml with `client_secret_file = \"{folder}client-secret\"`, the file made\n\
             # by `systemd-creds encrypt`, `--config` and `--profile` given to `feed schedule`, and here:\n\
             #LoadCredentialEncrypted=client-secret:/etc/dirsheet/client-secret.cred\n"
        ));
    } else if job.configured().next().is_some() {
        let mut is_brought = false;
        for file in job.configured() {
            match file.path.strip_prefix(&folder) {
                Some(name) if is_credential(name) => {
                    is_brought = true;
                    text.push_str(&format!("LoadCredential={name}:/etc/dirsheet/{name}\n"));
                }
                _ => text.push_str(&format!(
                    "# The configuration file names {} (`{}`); `{}` must be able to read it.\n",
                    systemd_path(&file.path),
                    file.setting,
                    job.user
                )),
            }
        }
        let advice = format!(
            "# With `client_secret_file = \"{folder}client-secret\"` in the profile (or `client_certificate_file`), systemd can bring it for\n\
             # this service alone:\n\
             #LoadCredential=client-secret:/etc/dirsheet/client-secret\n"
        );
        if !is_brought {
            text.push_str(&advice);
        }
    } else if let SignsIn::File = job.sign_in {
        text.push_str(&format!(
            "# The profile says `client_secret_file = \"{folder}client-secret\"` (or `client_certificate_file`, with the PEM file there); systemd puts the file there, for this service alone.\n\
             LoadCredential=client-secret:/etc/dirsheet/client-secret\n"
        ));
    }
    for path in &job.secret_files {
        match path.strip_prefix(&folder) {
            Some(name) if is_credential(name) => {
                text.push_str(&format!("LoadCredential={name}:/etc/dirsheet/{name}\n"));
            }
            _ => text.push_str(&format!(
                "# FEED.toml names the file {}; `{}` must be able to read it. With `{folder}NAME` in FEED.toml, systemd can bring it.\n",
                systemd_path(path),
                job.user
            )),
        }
    }
    text
}

fn is_credential(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_')
}

fn timer(job: &Job) -> ScheduleText {
    let unit = job.unit();
    let times = &job.times;
    let days = if times.is_daily() {
        String::new()
    } else {
        let names: Vec<&str> = times.days.iter().map(|day| &day.name()[..3]).collect();
        format!("{} ", names.join(","))
    };
    let zone = match &times.zone {
        Some(zone) => format!(" {zone}"),
        None => String::new(),
    };
    let text = format!(
        "# {unit}.timer: when the feed `{name}` runs. Made by `dirsheet feed schedule`.\n\
         [Unit]\n\
         Description=dirsheet feed {name}, {words} at {clock}\n\
         \n\
         [Timer]\n\
         # {zone_words}\n\
         OnCalendar={days}*-*-* {clock}:00{zone}\n\
         # A night that the machine slept through is made up for when it wakes. A file is processed once, whatever happens.\n\
         Persistent=yes\n\
         # Not all machines at the same second.\n\
         RandomizedDelaySec=5min\n\
         AccuracySec=1min\n\
         \n\
         [Install]\n\
         WantedBy=timers.target\n",
        name = job.name,
        words = times.days_in_words(),
        clock = times.clock(),
        zone_words = match &times.zone {
            Some(_) => "In the time zone that FEED.toml names, summer time included.",
            None => "In the time zone of this machine; `schedule.time-zone` in FEED.toml names another.",
        },
    );
    let install = vec![
        format!("sudo cp {unit}.service {unit}.timer /etc/systemd/system/"),
        "sudo systemctl daemon-reload".to_owned(),
        format!("sudo systemctl enable --now {unit}.timer"),
        format!("try it once: sudo systemctl start {unit}.service; journalctl -u {unit}.service"),
    ];
    ScheduleText {
        name: format!("{unit}.timer"),
        text,
        install,
    }
}
