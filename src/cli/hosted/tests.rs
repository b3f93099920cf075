//! What a program is warned of before a call, and with it.

use super::*;

#[tokio::test]
async fn a_tenant_of_the_environment_that_is_not_the_profiles_is_a_warning_of_each_call() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("secret"), "hush").unwrap();
    let text = format!(
        "[profiles.own]\ntenant_id = \"11111111-2222-4333-8444-555555555555\"\nclient_id = \"c\"\nclient_secret_file = {:?}\n",
        file("secret").display().to_string()
    );
    std::fs::write(file("config.toml"), text).unwrap();
    let flags = Flags {
        profile: Some("own".to_owned()),
        config: Some(file("config.toml")),
        state_dir: Some(file("state")),
        ..Flags::default()
    };
    for (tenant, is_crossed) in [
        ("11111111-2222-4333-8444-555555555556", true),
        ("11111111-2222-4333-8444-555555555555", false),
    ] {
        let environment = Environment::from([
            ("HOME".to_owned(), folder.path().display().to_string()),
            ("AZURE_TENANT_ID".to_owned(), tenant.to_owned()),
        ]);
        let context = context(&flags, &environment).await.unwrap();
        let state = context.state().unwrap();
        let mut host = Host {
            context,
            state,
            tenant: tenant.to_owned(),
            wish: Wish::default(),
            began: Slot::default(),
            spare: Slot::default(),
            flags: flags.clone(),
            environment,
        };
        host.listen(|_| {});
        let before: Vec<Warning> = host.warnings();
        let before: Vec<&Warning> = before
            .iter()
            .filter(|warning| warning.kind == WarningKind::CrossedTenant)
            .collect();
        assert_eq!(before.len(), usize::from(is_crossed), "{before:?}");
        drop(host.turn(None).await.unwrap());
        let told = host.warned();
        assert_eq!(told.iter().collect::<Vec<_>>(), before);
        assert!(
            told.iter()
                .all(|warning| warning.message.contains("AZURE_TENANT_ID"))
        );
    }
}
