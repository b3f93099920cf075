//! Names of domains that the tenant has not verified: told in the plan, and not by a refusal.

use dirsheet::sandbox::SandboxOptions;

use super::stand::{Stand, people};

const SHEET: &str = "userPrincipalName,displayName,accountEnabled\n\
    ada.new@contoso.example,Ada New,true\n\
    bob.new@contso.example,Bob New,true\n";

fn apply(stand: &Stand, more: &[&str]) -> super::stand::Ran {
    let base = [
        "apply",
        "new.csv",
        "--yes",
        "--allow",
        "create",
        "--passwords",
        "p.csv",
    ];
    stand.run(&[&base[..], more].concat())
}

#[test]
fn a_name_of_another_domain_is_an_error_of_the_plan_with_the_domains_there_are() {
    let stand = Stand::open(people(20));
    stand.write("new.csv", SHEET);
    stand
        .run(&["plan", "new.csv", "--allow", "create"])
        .must(3)
        .says(&[
            "unverified-domain",
            "`contso.example`, which is no verified domain of the tenant",
            "contoso.example",
        ]);
    apply(&stand, &[]).must(3);
    assert!(stand.history().is_empty());
    apply(&stand, &["--skip-errors"]).must(6);
    assert_eq!(stand.history().len(), 1);
}

#[test]
fn where_the_domains_cannot_be_read_the_plan_says_so_and_the_service_decides() {
    let options = people(20);
    let roles = options
        .roles
        .iter()
        .filter(|role| !role.starts_with("Organization."));
    let stand = Stand::open(SandboxOptions {
        roles: roles.cloned().collect(),
        ..options
    });
    stand.write("new.csv", SHEET);
    stand
        .run(&["plan", "new.csv", "--allow", "create"])
        .must(0)
        .says(&["domains-not-known"]);
    apply(&stand, &[]).must(6);
    assert_eq!(stand.history().len(), 1);
    // Nothing is said where nobody gets a name.
    let plain = "userPrincipalName,displayName\nada.new@contoso.example,Ada Newer\n";
    stand.write("plain.csv", plain);
    let ran = stand.run(&["plan", "plain.csv"]).must(0);
    assert!(!ran.stderr.contains("domains-not-known"), "{}", ran.stderr);
}
