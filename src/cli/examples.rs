//! What the help of each command shows below its flags: two or three command lines that can be typed as they stand.

/// The examples of a command, named as on the command line: `export`, `feed run`.
pub(super) fn examples_of(command: &str) -> Option<&'static str> {
    EXAMPLES
        .iter()
        .find(|(name, _)| *name == command)
        .map(|(_, text)| *text)
}

const EXAMPLES: &[(&str, &str)] = &[
    (
        "demo",
        "  dirsheet demo                       the whole road, in the folder dirsheet-demo
  dirsheet demo my-demo               the same in another folder",
    ),
    (
        "sandbox",
        "  dirsheet sandbox --users 1000
  dirsheet sandbox --from users.csv   a copy of your own directory, to rehearse on
  dirsheet sandbox --users 500 --faults 429:0.2 --permissions User.Read.All",
    ),
    (
        "export",
        "  dirsheet export -o users.xlsx
  dirsheet export -o sales.csv --columns jobTitle,mobilePhone --filter \"department eq 'Sales'\"
  dirsheet export --columns all --format jsonl > users.jsonl",
    ),
    (
        "check",
        "  dirsheet check users.xlsx
  dirsheet check users.csv --fix -o repaired.csv
  dirsheet check users.xlsx --annotate mend.xlsx",
    ),
    (
        "plan",
        "  dirsheet plan users.xlsx
  dirsheet plan users.xlsx -o plan.json --html plan.html
  dirsheet plan hr.csv --key employeeId --manager-by employeeId
  dirsheet plan --restore SNAPSHOT --columns jobTitle --users anna@contoso.example",
    ),
    (
        "apply",
        "  dirsheet apply users.xlsx
  dirsheet apply users.xlsx --canary 10 --expect 240
  dirsheet apply plan.json --yes --report-dir reports
  dirsheet apply leavers.csv --allow disable,revoke-sessions",
    ),
    (
        "runs",
        "  dirsheet runs
  dirsheet runs --json",
    ),
    (
        "report",
        "  dirsheet report run-20261123-150312-9f3a
  dirsheet report run-20261123-150312-9f3a --format csv > report.csv",
    ),
    (
        "resume",
        "  dirsheet resume run-20261123-150312-9f3a
  dirsheet resume run-20261123-150312-9f3a --yes --deadline 2h",
    ),
    (
        "undo",
        "  dirsheet undo run-20261123-150312-9f3a
  dirsheet undo run-20261123-150312-9f3a --columns mobilePhone
  dirsheet undo run-20261123-150312-9f3a --rows 2,5-9 --conflicts skip",
    ),
    (
        "snapshots",
        "  dirsheet snapshots
  dirsheet snapshots --prune --keep 30 --keep-days 90",
    ),
    (
        "diff",
        "  dirsheet diff snap-20261123-150312-9f3a live
  dirsheet diff monday.csv friday.csv --columns jobTitle,department
  dirsheet diff monday.csv live -o differences.xlsx",
    ),
    (
        "feed",
        "  dirsheet feed init export.csv -o FEED.toml
  dirsheet feed check FEED.toml export.csv
  dirsheet feed run FEED.toml --dry-run",
    ),
    (
        "feed check",
        "  dirsheet feed check FEED.toml
  dirsheet feed check FEED.toml export.csv",
    ),
    (
        "feed preview",
        "  dirsheet feed preview FEED.toml --row 3
  dirsheet feed preview FEED.toml export.csv --key 000156",
    ),
    (
        "feed init",
        "  dirsheet feed init export.csv
  dirsheet feed init export.csv -o FEED.toml",
    ),
    ("feed schema", "  dirsheet feed schema > feed.schema.json"),
    (
        "feed run",
        "  dirsheet feed run FEED.toml --dry-run --report-dir dry
  dirsheet feed run FEED.toml --go    the first file, after somebody has looked at it
  dirsheet feed run FEED.toml --file quarantine/people.csv --lift rows-lost",
    ),
    (
        "feed history",
        "  dirsheet feed history FEED.toml
  dirsheet feed history FEED.toml --json",
    ),
    (
        "feed schedule",
        "  dirsheet feed schedule FEED.toml --as systemd -o units
  dirsheet feed schedule FEED.toml --as cron",
    ),
    ("feed notify", "  dirsheet feed notify FEED.toml"),
    (
        "login",
        "  dirsheet login --profile contoso
  dirsheet login --columns hr",
    ),
    ("logout", "  dirsheet logout --profile contoso"),
    (
        "doctor",
        "  dirsheet doctor
  dirsheet doctor --columns hr
  dirsheet doctor --profile contoso --json",
    ),
    (
        "columns",
        "  dirsheet columns
  dirsheet columns --json",
    ),
    (
        "completions",
        "  dirsheet completions bash > ~/.local/share/bash-completion/completions/dirsheet
  dirsheet completions powershell >> $PROFILE",
    ),
    (
        "man",
        "  dirsheet man ~/.local/share/man/man1
  man dirsheet-export",
    ),
];

#[cfg(test)]
mod tests {
    use super::super::grammar::grammar;
    use super::*;

    #[test]
    fn every_command_has_examples_and_every_example_is_a_command_line() {
        let mut names = Vec::new();
        for command in grammar().get_subcommands() {
            names.push(command.get_name().to_owned());
            for inner in command.get_subcommands() {
                names.push(format!("{} {}", command.get_name(), inner.get_name()));
            }
        }
        for name in names {
            assert!(examples_of(&name).is_some(), "`{name}` has no examples");
        }
        for (name, text) in EXAMPLES {
            for line in text.lines().map(str::trim) {
                let Some(line) = line.strip_prefix("dirsheet ") else {
                    assert!(line.starts_with("man "), "{line}");
                    continue;
                };
                assert!(line.starts_with(name), "`{line}` is not about `{name}`");
                let typed = line.split('>').next().unwrap_or(line);
                let typed = typed
                    .split("   ")
                    .next()
                    .unwrap_or(typed)
                    .replace("\"department eq 'Sales'\"", "x");
                let words = std::iter::once("dirsheet").chain(typed.split_whitespace());
                let parsed = grammar().try_get_matches_from(words);
                assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
            }
        }
    }
}
