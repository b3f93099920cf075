//! A CronJob for Kubernetes 1.27 and later (`batch/v1`, where `timeZone` is stable).
//! <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1/>

use super::quote::yaml_text;
use super::{Job, NamedFile, ScheduleProblem, ScheduleText};

/// The longest name of a CronJob; eleven letters are added for its jobs.
const NAME_MAX: usize = 52;
/// Where the folder of `FEED.toml` and the state folder are in the container.
const FEED: &str = "/feed";
const STATE: &str = "/var/lib/dirsheet";
/// The variable that names a file with a token of another issuer.
const TOKEN: &str = "AZURE_FEDERATED_TOKEN_FILE";

pub(super) fn text(job: &Job) -> Result<ScheduleText, ScheduleProblem> {
    let name = job.unit().to_ascii_lowercase().replace('_', "-");
    let name = name.trim_matches('-').to_owned();
    if name.len() > NAME_MAX {
        return Err(ScheduleProblem::new(
            "name",
            format!(
                "`{name}` has {} letters, and a CronJob takes {NAME_MAX}; give the feed a shorter name",
                name.len()
            ),
        ));
    }
    let file = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
    let settings = format!("{FEED}/{}", file(&job.paths.settings));
    let mut inside = job.clone();
    inside.paths.config = job
        .paths
        .config
        .as_ref()
        .map(|path| format!("{FEED}/{}", file(path)));
    let arguments: String = inside
        .arguments(&settings, STATE)
        .iter()
        .map(|word| format!("                - {}\n", yaml_text(word)))
        .collect();
    let zone = match &job.times.zone {
        Some(zone) => format!("  timeZone: {}\n", yaml_text(zone)),
        None => "  # The zone of the cluster's controller, mostly UTC; `schedule.time-zone` in FEED.toml names another.\n".to_owned(),
    };
    let variables = job.all_variables();
    let keys = if variables.is_empty() {
        "none".to_owned()
    } else {
        variables.join(", ")
    };
    // Folders that FEED.toml names by whole paths are not in the volume of its folder.
    let folder = job
        .paths
        .settings
        .rsplit_once(['/', '\\'])
        .map_or("", |(folder, _)| folder);
    let elsewhere: String = job
        .paths
        .writes
        .iter()
        .filter(|path| !path.starts_with(folder) || folder.is_empty())
        .map(|path| format!("#   {path}\n"))
        .collect();
    let elsewhere = if elsewhere.is_empty() {
        String::new()
    } else {
        format!(
            "# These folders are outside of it, and must be mounted under the same paths as well:\n{elsewhere}"
        )
    };
    let files: String = job
        .secret_files
        .iter()
        .map(|path| format!("#   {path}\n"))
        .collect();
    let files = if files.is_empty() {
        String::new()
    } else {
        format!(
            "# Mount the files in which FEED.toml finds its secrets, out of a Secret, where it names them:\n{files}"
        )
    };
    // Azure's webhook sets it, and the token is another one in each pod.
    let is_token = |file: &&NamedFile| file.setting == TOKEN;
    let of_sign_in: Vec<&NamedFile> = job.files.iter().filter(|file| !is_token(file)).collect();
    let mut mounts = String::new();
    if !of_sign_in.is_empty() {
        mounts.push_str("# Mount the files that the sign-in reads, out of a Secret, under the same paths, readable by the group 10001:\n");
        for file in &of_sign_in {
            mounts.push_str(&format!("#   {} ({})\n", file.path, file.setting));
        }
    }
    if job.given().any(|file| is_token(&file)) {
        mounts.push_str(&format!(
            "# {TOKEN} is set, and the token mounted, by the webhook of Azure Workload Identity: the pod needs its label\n\
             # and a service account of yours; else mount a projected token, and set the variable to its path.\n"
        ));
    }
    let environment: String = job
        .given()
        .filter(|file| !is_token(file))
        .map(|file| {
            let value = yaml_text(&file.path);
            format!(
                "                - name: {}\n                  value: {value}\n",
                file.setting
            )
        })
        .collect();
    let environment = match environment.is_empty() {
        true => environment,
        false => format!("              env:\n{environment}"),
    };
    let text = format!(
        "# The feed {feed}, {days} at {clock}. Made by `dirsheet feed schedule`.\n\
         #\n\
         # Make these first:\n\
         # - an image with the program, and its name below;\n\
         # - the Secret `{name}` with the keys {keys}\n\
         #   (kubectl create secret generic {name} --from-env-file=FILE; never in this file);\n\
         # - two volume claims: `{name}-files` for the folder of FEED.toml (inbox, archive, tables), and `{name}-state` for the\n\
         #   state folder. Without state that lasts there is no last good file to compare with, no file known as processed,\n\
         #   and nothing to resume or undo from. The state is SQLite: a block volume (ReadWriteOncePod), never NFS.\n\
         {elsewhere}{files}{mounts}\
         # A night that ends with 6 (rows need a person) or 21 (a plan waits for approval) is shown as a failed Job; who is\n\
         # told what stands in [notify] of FEED.toml.\n\
         apiVersion: batch/v1\n\
         kind: CronJob\n\
         metadata:\n\
         \x20 name: {name}\n\
         \x20 labels:\n\
         \x20   app.kubernetes.io/name: dirsheet\n\
         \x20   app.kubernetes.io/component: feed\n\
         spec:\n\
         \x20 schedule: {schedule}\n\
         {zone}\
         \x20 # Two nights never run at once, and a night that was missed may begin up to four hours late.\n\
         \x20 concurrencyPolicy: Forbid\n\
         \x20 startingDeadlineSeconds: 14400\n\
         \x20 successfulJobsHistoryLimit: 7\n\
         \x20 failedJobsHistoryLimit: 7\n\
         \x20 jobTemplate:\n\
         \x20   spec:\n\
         \x20     # The next night takes an interrupted run to its end; nothing is tried again before.\n\
         \x20     backoffLimit: 0\n\
         \x20     activeDeadlineSeconds: 21600\n\
         \x20     template:\n\
         \x20       spec:\n\
         \x20         restartPolicy: Never\n\
         \x20         automountServiceAccountToken: false\n\
         \x20         # Time to end in good order when the node is drained.\n\
         \x20         terminationGracePeriodSeconds: 300\n\
         \x20         securityContext:\n\
         \x20           runAsNonRoot: true\n\
         \x20           runAsUser: 10001\n\
         \x20           runAsGroup: 10001\n\
         \x20           fsGroup: 10001\n\
         \x20           seccompProfile:\n\
         \x20             type: RuntimeDefault\n\
         \x20         containers:\n\
         \x20           - name: dirsheet\n\
         \x20             image: {image}\n\
         \x20             command:\n\
         \x20               - \"dirsheet\"\n\
         \x20             args:\n\
         {arguments}\
         {environment}\
         \x20             envFrom:\n\
         \x20               - secretRef:\n\
         \x20                   name: {name}\n\
         \x20             securityContext:\n\
         \x20               allowPrivilegeEscalation: false\n\
         \x20               readOnlyRootFilesystem: true\n\
         \x20               capabilities:\n\
         \x20                 drop:\n\
         \x20                   - ALL\n\
         \x20             resources:\n\
         \x20               requests:\n\
         \x20                 cpu: \"250m\"\n\
         \x20                 memory: \"256Mi\"\n\
         \x20               limits:\n\
         \x20                 memory: \"1Gi\"\n\
         \x20             volumeMounts:\n\
         \x20               - name: files\n\
         \x20                 mountPath: {FEED}\n\
         \x20               - name: state\n\
         \x20                 mountPath: {STATE}\n\
         \x20               - name: tmp\n\
         \x20                 mountPath: /tmp\n\
         \x20         volumes:\n\
         \x20           - name: files\n\
         \x20             persistentVolumeClaim:\n\
         \x20               claimName: {name}-files\n\
         \x20           - name: state\n\
         \x20             persistentVolumeClaim:\n\
         \x20               claimName: {name}-state\n\
         \x20           - name: tmp\n\
         \x20             emptyDir: {{}}\n",
        feed = job.name,
        days = job.times.days_in_words(),
        clock = job.times.clock(),
        schedule = yaml_text(&job.times.cron()),
        image = yaml_text("registry.example/dirsheet:VERSION"),
    );
    Ok(ScheduleText {
        name: format!("{name}.yaml"),
        text,
        install: vec![
            format!("kubectl apply -n NAMESPACE -f {name}.yaml"),
            format!("try it once: kubectl create job -n NAMESPACE --from=cronjob/{name} {name}-try"),
        ],
    })
}
