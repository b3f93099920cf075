//! One setting or another: which counts, and where it comes from.

use super::super::sign_in::GRAPH_URL;
use super::*;
use crate::domain::Limit;

fn environment(pairs: &[(&str, &str)]) -> Environment {
    let home = tempfile::tempdir().unwrap();
    let mut all = Environment::from([("HOME".to_owned(), home.path().display().to_string())]);
    all.extend(
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    all
}

const SIGN_IN: [(&str, &str); 3] = [
    ("AZURE_TENANT_ID", "11111111-2222-4333-8444-55555555555f"),
    ("AZURE_CLIENT_ID", "c"),
    ("AZURE_CLIENT_SECRET", "hush"),
];

fn with_file(text: &str, flags: Flags, pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, text).unwrap();
    resolve(
        &Flags {
            config: Some(path),
            ..flags
        },
        &environment(pairs),
    )
}

#[test]
fn nothing_configured_names_what_is_missing_and_never_falls_back_to_the_sandbox() {
    let config = resolve(&Flags::default(), &environment(&[("AZURE_TENANT_ID", "t")])).unwrap();
    let Target::Missing { missing } = config.target else {
        panic!("{:?}", config.target)
    };
    assert_eq!(missing, ["AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"]);
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let config = resolve(
        &Flags::default(),
        &environment(&[SIGN_IN[0], SIGN_IN[1], ("AZURE_CLIENT_SECRET", "")]),
    );
    assert!(matches!(config.unwrap().target, Target::Missing { .. }));
}

#[test]
fn the_address_is_the_flags_then_the_sign_ins_then_the_default() {
    let address = |flags: Flags, pairs: &[(&str, &str)]| {
        let Target::Tenant(sign_in) = resolve(&flags, &environment(pairs)).unwrap().target else {
            panic!()
        };
        (sign_in.graph_url.value, sign_in.graph_url.origin)
    };
    let flag = Flags {
        graph_url: Some("https://flag.example".to_owned()),
        ..Flags::default()
    };
    let mut variables = SIGN_IN.to_vec();
    variables.push(("DIRSHEET_GRAPH_URL", "https://env.example"));
    assert_eq!(
        address(flag, &variables),
        ("https://flag.example".to_owned(), "--graph-url".to_owned())
    );
    assert_eq!(
        address(Flags::default(), &variables),
        (
            "https://env.example".to_owned(),
            "DIRSHEET_GRAPH_URL in the environment".to_owned()
        )
    );
    assert_eq!(address(Flags::default(), &SIGN_IN).0, GRAPH_URL);
}

#[test]
fn the_guards_of_the_default_profile_hold_unless_it_is_about_another_tenant() {
    let users = |tenant: &str| {
        let file =
            format!("default_profile = \"a\"\n[profiles.a]\n{tenant}\n[profiles.a.guards]\nmax_users = 7\n");
        let config = with_file(&file, Flags::default(), &SIGN_IN).unwrap();
        let said = config.guards_elsewhere;
        assert!(said.as_ref().is_none_or(|said| said.contains("`a`")), "{said:?}");
        (config.limits.users.value, said.is_some())
    };
    assert_eq!(users(""), (Limit::Users(7), false));
    let id = SIGN_IN[0].1.to_uppercase();
    assert_eq!(users(&format!("tenant_id = {id:?}")), (Limit::Users(7), false));
    // It may be the same tenant, and nobody can tell.
    assert_eq!(users("tenant_id = \"contoso.com\""), (Limit::Users(7), false));
    let other = "tenant_id = \"11111111-2222-4333-8444-555555555556\"";
    assert_eq!(users(other), (Limits::default().users.value, true));
}

#[test]
fn a_secret_in_the_file_itself_is_an_unknown_setting() {
    let error = with_file("[profiles.a]\nclient_secret = \"hush\"\n", Flags::default(), &[]).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("unknown field `client_secret`"), "{text}");
}

#[test]
fn a_secret_comes_from_the_file_the_profile_names_and_is_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "hush-hush\n").unwrap();
    let file = format!(
        "[profiles.a]\ntenant_id = \"t\"\nclient_id = \"c\"\nclient_secret_file = {:?}\n",
        secret.display().to_string()
    );
    let config = with_file(
        &file,
        Flags {
            profile: Some("a".to_owned()),
            ..Flags::default()
        },
        &[],
    )
    .unwrap();
    assert!(matches!(config.target, Target::Tenant(_)));
    assert!(!format!("{config:?}").contains("hush-hush"));
}

#[test]
fn a_limit_keeps_its_origin_and_a_wrong_one_names_it() {
    let flags = || Flags {
        profile: Some("a".to_owned()),
        ..Flags::default()
    };
    let config = with_file(
        "[profiles.a.guards]\nmax_users = \"5%\"\nmax_clears = 7\n",
        flags(),
        &[],
    )
    .unwrap();
    assert_eq!(config.limits.users.value, Limit::Percent(5));
    assert!(config.limits.users.origin.starts_with("guards.max_users in "));
    assert_eq!(config.limits.clears.value, Limit::Users(7));
    let error = with_file("[profiles.a.guards]\nmax_users = \"lots\"\n", flags(), &[]).unwrap_err();
    assert!(error.to_string().contains("guards.max_users"), "{error}");
}

#[test]
fn an_unknown_profile_names_the_known_ones() {
    let flags = Flags {
        profile: Some("b".to_owned()),
        ..Flags::default()
    };
    let error = with_file("[profiles.a]\n", flags, &[]).unwrap_err();
    assert!(error.to_string().contains("`a`"), "{error}");
}

#[test]
fn profiles_of_which_nobody_named_one_are_told_where_settings_are_missing() {
    let both = "[profiles.b]\n[profiles.a]\ntenant_id = \"t\"\n";
    let told = |file: &str, profile: Option<&str>, pairs: &[(&str, &str)]| {
        let flags = Flags {
            profile: profile.map(str::to_owned),
            ..Flags::default()
        };
        let config = with_file(file, flags, pairs).unwrap();
        config.unnamed_profiles.map(|profiles| profiles.value.join(" "))
    };
    let default = format!("default_profile = \"a\"\n{both}");
    for (file, profile, pairs, wanted) in [
        (both, None, &[][..], Some("a b")),
        (both, None, &SIGN_IN[..2], Some("a b")),
        (both, None, &SIGN_IN, None),
        (both, Some("a"), &[], None),
        (&default, None, &[], None),
        ("", None, &[], None),
    ] {
        assert_eq!(
            told(file, profile, pairs).as_deref(),
            wanted,
            "{file} {profile:?} {pairs:?}"
        );
    }
}

#[test]
fn what_is_no_limit_and_no_command_is_told_with_what_is_allowed_and_without_the_text() {
    let guards = "[profiles.a.guards]\n";
    let command = "[profiles.a]\nclient_secret_command = ";
    for (text, words) in [
        (
            format!("{guards}max_users = 10%\n"),
            "line 2: a share stands in quotes: `max_users = \"10%\"`",
        ),
        (
            format!("{guards}max_users = 10 % # some\n"),
            "`max_users = \"10%\"`",
        ),
        (
            format!("{guards}max_users = true\n"),
            "a limit is a number of users",
        ),
        (
            format!("{guards}max_users = -1\n"),
            "a limit is a number of users",
        ),
        (
            format!("{guards}max_users = 5.5\n"),
            "a limit is a number of users",
        ),
        (
            format!("{command}\"pass show hush\"\n"),
            "line 2: `client_secret_command` is a list",
        ),
        (
            format!("{command}[\"pass\", 7]\n"),
            "`client_secret_command` is a list",
        ),
    ] {
        let told = with_file(&text, Flags::default(), &[]).unwrap_err().to_string();
        assert!(told.contains(words) && !told.contains("hush"), "{told}");
        assert!(
            !told.contains("untagged") && !told.contains("invalid type"),
            "{told}"
        );
    }
    let right = format!(
        "{guards}max_users = \"10%\"\nmax_clears = 0\n[profiles.b]\nclient_secret_command = [\"pass\"]\n"
    );
    with_file(&right, Flags::default(), &[]).unwrap();
}

#[test]
fn a_mistake_in_the_file_does_not_hide_the_authorities_that_the_environment_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, "ca_file = [1\n").unwrap();
    let flags = Flags {
        config: Some(path),
        ..Flags::default()
    };
    assert!(ca_file(&flags, &environment(&[])).is_err());
    let named = ca_file(&flags, &environment(&[("DIRSHEET_CA_FILE", "/ca.pem")])).unwrap();
    assert_eq!(named.map(|file| file.value), Some(PathBuf::from("/ca.pem")));
}

#[test]
fn every_wrong_limit_is_told_at_once() {
    let text = "default_profile = \"a\"\n[profiles.a.guards]\nmax_users = \"many\"\nmax_roles = \"-1\"\nprotected = [\"nobody\"]\n";
    let told = with_file(text, Flags::default(), &SIGN_IN)
        .unwrap_err()
        .to_string();
    for setting in ["guards.max_users", "guards.max_roles", "guards.protected"] {
        assert!(told.contains(setting), "{told}");
    }
    assert_eq!(told.lines().count(), 3, "{told}");
}

#[test]
fn a_profile_that_is_not_there_is_told_by_whoever_named_it() {
    let variable = [("DIRSHEET_PROFILE", "gone")];
    let flag = || Flags {
        profile: Some("gone".to_owned()),
        ..Flags::default()
    };
    let missing = || Flags::default();
    for (flags, pairs, word) in [
        (flag(), &[][..], "`--profile gone`"),
        (
            missing(),
            &variable[..],
            "DIRSHEET_PROFILE in the environment, `gone`",
        ),
    ] {
        let told = resolve(&flags, &environment(pairs)).unwrap_err().to_string();
        assert!(told.starts_with(word), "{told}");
        let told = with_file("[profiles.a]\n", flags, pairs).unwrap_err().to_string();
        assert!(told.starts_with(word) && told.contains("it has `a`"), "{told}");
    }
}

#[test]
fn blanks_around_a_name_or_an_address_are_none_of_it_and_those_around_a_secret_are_left() {
    let pairs = [
        ("AZURE_TENANT_ID", " 11111111-2222-4333-8444-55555555555f\r"),
        ("AZURE_CLIENT_ID", "c "),
        ("AZURE_CLIENT_SECRET", " hush "),
        ("DIRSHEET_GRAPH_URL", " https://graph.example "),
    ];
    let Target::Tenant(sign_in) = resolve(&Flags::default(), &environment(&pairs)).unwrap().target else {
        panic!()
    };
    assert_eq!(sign_in.tenant.value, "11111111-2222-4333-8444-55555555555f");
    assert_eq!(sign_in.client_id.unwrap().value, "c");
    assert_eq!(sign_in.graph_url.value, "https://graph.example");
    let crate::config::SignInWith::Secret(secret) = sign_in.with else {
        panic!()
    };
    assert_eq!(secrecy::ExposeSecret::expose_secret(&secret), " hush ");
}

#[test]
fn a_configuration_in_utf_16_and_a_path_with_backslashes_are_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let utf16: Vec<u8> = "\u{feff}default_profile = \"a\"\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let marked = "\u{feff}[profiles.a]\n".as_bytes().to_vec();
    for (bytes, words) in [
        (utf16, Some("it is UTF-16 text; save it as UTF-8")),
        (
            b"ca_file = \"C:\\Umbrella\\me\\ca.pem\"\n".to_vec(),
            Some("line 1: in double quotes a backslash begins an escape"),
        ),
        (b"ca_file = 'C:\\Umbrella\\me\\ca.pem'\n".to_vec(), None),
        (marked, None),
    ] {
        std::fs::write(&path, &bytes).unwrap();
        let flags = Flags {
            config: Some(path.clone()),
            ..Flags::default()
        };
        let told = resolve(&flags, &environment(&SIGN_IN))
            .err()
            .map(|error| error.to_string());
        match (told, words) {
            (Some(told), Some(words)) => assert!(told.contains(words), "{told}"),
            (None, None) => {}
            (told, words) => panic!("{told:?} {words:?}"),
        }
    }
}
