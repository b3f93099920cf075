//! The samples for many tenants against each other and against the program.

use std::collections::BTreeSet;

use super::program::{commands, flags};

fn sample(name: &str) -> String {
    std::fs::read_to_string(format!("samples/tenants/{name}")).unwrap()
}

/// The names of the sample's tenants.
fn tenants() -> BTreeSet<String> {
    sample("tenants.txt").lines().map(str::to_owned).collect()
}

#[test]
fn every_tenant_has_a_profile_and_a_job() {
    let tenants = tenants();
    let config: toml::Table = sample("config.toml").parse().unwrap();
    let profiles = config["profiles"].as_table().unwrap();
    assert_eq!(profiles.keys().cloned().collect::<BTreeSet<_>>(), tenants);
    let matrix = sample("github.yml");
    let named = matrix
        .split("tenant: [")
        .nth(1)
        .unwrap()
        .split(']')
        .next()
        .unwrap();
    let named: BTreeSet<String> = named.split(',').map(|name| name.trim().to_owned()).collect();
    assert_eq!(named, tenants);
    assert!(sample("kubernetes.yaml").contains(&format!("completions: {} ", tenants.len())));
}

#[test]
fn the_samples_name_no_flag_that_the_export_does_not_have() {
    let known = &commands()["export"];
    for name in ["kubernetes.yaml", "github.yml"] {
        let text = sample(name);
        let told = flags(&text);
        assert!(told.len() >= 3, "{name}: {told:?}");
        assert!(told.is_subset(known), "{name}: {told:?}");
    }
    // Before the program stand the flags of GNU parallel.
    let script = sample("parallel.sh");
    let told = flags(script.split("dirsheet}\"").nth(1).unwrap());
    assert!(told.len() >= 3 && told.is_subset(known), "{told:?}");
}
