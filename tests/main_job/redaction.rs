//! The redaction run: everything that dirsheet does, with secrets that the test knows; then every file and everything printed is searched
//! for each of them, in every form, also in what is packed.

mod markers;
mod post;
mod search;
mod sign_ins;

use std::collections::BTreeSet;
use std::path::Path;

use dirsheet::sandbox::{Registered, Sandbox, SandboxOptions, SeenRequest};

use self::markers::Marker;
use self::search::{Looked, Search};
use super::accounts::enabled;
use super::feed_office::{Office, SETTINGS};
use super::photos::{folder, jpeg};
use super::receiver::{Ear, Receiver};
use super::signing_in::{APP, FEDERATED, PASSWORD, PFX, SUBJECT, github};
use super::stand::{Ran, Stand, people};

const IN_SHEET: &str = "Tulp-boot-41-Zonder";
const HOOK: &str = "hook-key-5f2c9e71d4";
const WATCHDOG: &str = "watchdog-key-77ab01cc";
const FOR_MAIL: &str = "mail/word+of=the~night";
const WRONG: &str = "wrong~secret/that+was=typed";

fn options(users: usize) -> SandboxOptions {
    let mut registered = Registered::default();
    registered.add_certificates(APP).unwrap();
    registered.add_federated(FEDERATED).unwrap();
    SandboxOptions {
        keeps_requests: true,
        registered,
        roles: SandboxOptions::for_practice().roles,
        app_role: SandboxOptions::for_practice().app_role,
        ..people(users)
    }
}

/// What went over the wire that nobody may keep: tokens, assertions, passwords, links.
fn on_the_wire(sandbox: &Sandbox, seen: &[SeenRequest]) -> Vec<Marker> {
    let mut markers = vec![Marker::new("the client secret", sandbox.client_secret())];
    for (number, token) in sandbox.issued_tokens().iter().enumerate() {
        markers.push(Marker::new(format!("token {number}"), token));
        // A token that is cut still opens what it opened when its end can be guessed: its middle is a secret too.
        let middle = token.split('.').nth(1).unwrap();
        markers.push(Marker::new(format!("the middle of token {number}"), middle));
    }
    let forms = seen.iter().flat_map(|request| &request.calls);
    let forms = forms
        .filter(|call| call.path.ends_with("/token"))
        .filter_map(|call| call.body.as_ref()?.as_str());
    let assertions: BTreeSet<&str> = forms
        .flat_map(|form| form.split('&'))
        .filter_map(|field| field.strip_prefix("client_assertion="))
        .collect();
    for (number, assertion) in assertions.iter().enumerate() {
        markers.push(Marker::new(format!("assertion {number}"), assertion));
    }
    let bodies = seen
        .iter()
        .flat_map(|request| &request.calls)
        .filter_map(|call| call.body.as_ref());
    let passwords: BTreeSet<String> = bodies
        .filter_map(|body| Some(body["passwordProfile"]["password"].as_str()?.to_owned()))
        .collect();
    for (number, password) in passwords
        .iter()
        .filter(|password| *password != IN_SHEET)
        .enumerate()
    {
        markers.push(Marker::new(format!("made password {number}"), password));
    }
    markers
}

/// The lines of the certificate's key, and its bytes.
fn of_the_key() -> Vec<Marker> {
    let pem = String::from_utf8_lossy(APP);
    let key = pem.split("-----BEGIN PRIVATE KEY-----").nth(1).unwrap();
    let key = key.split("-----END").next().unwrap();
    let lines = key.lines().filter(|line| line.len() == 64).enumerate();
    let lines: Vec<Marker> = lines
        .map(|(number, line)| Marker::new(format!("line {number} of the key"), line))
        .collect();
    assert!(lines.len() > 20, "{}", lines.len());
    lines
}

/// Files that are there now: the test has put them there.
fn lying(stand: &Stand) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    let home = stand.path("");
    super::secrets::walk(&home, &mut |path: &Path, _: &[u8]| {
        files.insert(path.strip_prefix(&home).unwrap().display().to_string());
    });
    files
}

#[allow(clippy::print_stdout)]
fn told(what: &str, looked: Looked) {
    println!(
        "{what}: {} secrets in {} forms, {} streams, {} files, {} unpacked parts, {} bytes",
        looked.markers, looked.forms, looked.streams, looked.files, looked.unpacked, looked.bytes
    );
}

/// Sheets with an edit, a password, an invitation, and cells that the service or a rule refuses.
fn sheets(stand: &Stand) -> Vec<String> {
    let ids = enabled(stand, 8);
    let mut users = stand.export();
    for (number, id) in ids.iter().enumerate().take(5) {
        users.set(id, "jobTitle", format!("Pilot {number}"));
    }
    stand.save("edited.csv", &users);
    users.set(&ids[5], "usageLocation", "Atlantis");
    stand.save("wrong.csv", &users);
    stand.write(
        "new.csv",
        format!(
            "userPrincipalName,displayName,accountEnabled,passwordProfile.password\nmila@contoso.example,Mila,true,{IN_SHEET}\n"
        ),
    );
    stand.write(
        "born.csv",
        "userPrincipalName,displayName,accountEnabled\nravi@contoso.example,Ravi,true\n",
    );
    stand.write(
        "reset.csv",
        format!(
            "id,_action\n{},reset-password\n{},reset-password\n",
            ids[6], ids[7]
        ),
    );
    stand.write(
        "guests.csv",
        "inviteeEmail,displayName\nanna@fabrikam.example,Anna\n",
    );
    folder(stand, "pictures", &[("one.jpg", jpeg(1, 300, 300))]);
    stand.write("photos.csv", format!("id,photo\n{},one.jpg\n", ids[0]));
    ids
}

/// Every command, with everything going wrong that can be made to go wrong.
fn road(stand: &mut Stand) -> Vec<Ran> {
    let streams = std::cell::RefCell::new(Vec::new());
    let must = |stand: &Stand, words: &str, code: i32| {
        let words: Vec<&str> = words.split(' ').collect();
        streams.borrow_mut().push(stand.run(&words).must(code));
    };
    for (words, code) in [
        ("doctor", 0),
        ("doctor --json", 0),
        ("export -o out.xlsx", 0),
        ("export -o out.jsonl --format jsonl", 0),
        ("export -o all.csv --columns all --photos shots", 0),
        ("check wrong.csv --annotate wrong.xlsx", 3),
        ("check wrong.csv --fix -o fixed.csv", 3),
        (
            "plan wrong.csv --skip-errors -o wrong.json --html wrong.html --handover handover.csv",
            0,
        ),
        (
            "plan new.csv --allow create,passwords-in-sheet -o new.json --html new.html",
            0,
        ),
        ("plan new.csv --allow create", 3),
        ("plan edited.csv -o edited.json --full --progress json", 0),
        ("plan edited.csv -o edited.xlsx", 0),
        ("diff edited.csv live --json", 0),
    ] {
        must(stand, words, code);
    }
    stand.faults(
        "429:1,on=item,times=2; 500,on=patch,times=9; 403,on=item,times=1,after=2; expire-token-after:3; html,on=write-batch,times=1; drop-after,on=write-batch,times=1",
    );
    must(
        stand,
        "apply edited.json --yes --progress json --report-dir reports",
        8,
    );
    stand.faults("");
    let edited = stand.newest_run();
    must(stand, &format!("resume {edited} --yes"), 0);
    must(stand, &format!("report {edited} --format csv"), 0);
    stand.faults("500,on=item,times=2; 429:1,on=item,times=1; html,on=write-batch,times=1");
    must(
        stand,
        "apply reset.csv --yes --allow reset-password --passwords passwords.csv",
        0,
    );
    stand.faults("");
    for words in [
        "apply born.csv --yes --allow create --passwords born-passwords.csv",
        "apply new.csv --yes --allow create,passwords-in-sheet --json",
        "apply guests.csv --yes --allow invite --invitations links.csv --invite-redirect https://contoso.example/",
        "apply photos.csv --photos pictures --yes",
    ] {
        must(stand, words, 0);
    }
    must(stand, &format!("undo {edited} --yes"), 0);
    for words in ["runs", "runs --json", "snapshots --json"] {
        must(stand, words, 0);
    }

    sign_ins::all(stand, &must);
    streams.into_inner()
}

#[test]
fn no_secret_of_a_full_run_is_in_any_file_or_stream_but_where_it_is_meant_to_be() {
    let mut stand = Stand::open(options(40));
    stand.write("app.pem", APP);
    stand.write("app.pfx", PFX);
    stand.write("other.pem", include_bytes!("../keys/other.pem"));
    let (issuer, stranger) = (github(SUBJECT, 600), github("repo:somebody/else", 600));
    stand.write("issuer-token", &issuer);
    stand.write("stranger-token", &stranger);
    sheets(&stand);
    let mut given = lying(&stand);
    // The state folder of that first export is dirsheet's.
    given.retain(|file| !file.starts_with(".local"));
    given.remove("users.csv");
    let streams = road(&mut stand);
    assert!(streams.len() > 30, "{}", streams.len());
    for file in [
        "out.xlsx",
        "out.jsonl",
        "all.csv",
        "wrong.xlsx",
        "fixed.csv",
        "wrong.json",
        "wrong.html",
        "handover.csv",
        "new.json",
        "new.html",
        "edited.json",
        "edited.xlsx",
        "reports",
    ] {
        assert!(stand.path(file).exists(), "{file} was not made");
    }

    let seen = stand.sandbox().take_requests();
    let mut markers = on_the_wire(stand.sandbox(), &seen);
    markers.extend(of_the_key());
    markers.push(Marker::new("the password in a sheet", IN_SHEET));
    markers.push(Marker::new("a wrong secret", WRONG));
    markers.push(Marker::new("the password of a PFX", PASSWORD));
    markers.push(Marker::new("the issuer's token", &issuer));
    markers.push(Marker::new("a stranger's token", &stranger));
    let links = std::fs::read_to_string(stand.path("links.csv")).unwrap();
    let link = links
        .lines()
        .nth(1)
        .unwrap()
        .split_once(',')
        .unwrap()
        .1
        .trim_matches('"')
        .to_owned();
    markers.push(Marker::new("an invitation's link", &link));
    for kind in ["token 0", "assertion 1", "made password 2", "line 3 of the key"] {
        assert!(markers.iter().any(|marker| marker.name == kind), "no {kind}");
    }
    // Passwords by the file that is for them, whichever number a test gave them.
    let mut meant = vec![("links.csv", "an invitation's link".to_owned())];
    for file in ["passwords.csv", "born-passwords.csv"] {
        let text = stand.read(file);
        let of_file = markers
            .iter()
            .filter(|marker| marker.name.starts_with("made") && marker.is_in(&text));
        meant.extend(of_file.map(|marker| (file, marker.name.clone())));
    }
    assert_eq!(meant.len(), 4, "{meant:?}");
    let search = Search {
        stand: &stand,
        streams,
        markers,
        given,
        meant,
    };
    let looked = search.look();
    assert!(looked.files > 30 && looked.unpacked > 100, "{looked:?}");
    told("full run", looked);
}

#[test]
fn no_secret_of_a_feed_is_in_any_file_stream_or_notice() {
    let post = post::Post::open();
    let port = post.port;
    let settings = format!(
        "{SETTINGS}\n[notify]\nmetrics = \"metrics.prom\"\n[notify.ping]\nfile = \"watchdog\"\n[[notify.webhooks]]\nwhen = \"always\"\n[notify.webhooks.url]\nenv = \"HOOK\"\n[notify.mail]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\nfrom = \"HR feed <hr@contoso.example>\"\nto = [\"it@contoso.example\"]\nuser = \"hr-feed\"\nwhen = \"always\"\n[notify.mail.password]\nfile = \"mail-word\"\n"
    );
    let mut office = Office::open(30, options(0), &settings);
    let ears = Receiver::open();
    office.stand.write("watchdog", ears.at(WATCHDOG));
    office.stand.write("mail-word", FOR_MAIL);
    office.stand.set("HOOK", &ears.at(HOOK));
    let given = lying(&office.stand);
    let mut streams = vec![
        office.stand.run(&["feed", "check", "FEED.toml"]).must(0),
        // The mail server takes no word.
        office.stand.run(&["feed", "notify", "FEED.toml"]).must(6),
        office
            .stand
            .run(&["feed", "schedule", "FEED.toml", "--as", "systemd"])
            .must(0),
        office.run(&["--go"]).must(0),
    ];
    // Somebody new, whose first password is for one file; and somebody who moves.
    let mut joiner = super::feed_office::row_of(30);
    joiner.insert(
        "From".to_owned(),
        jiff::Timestamp::now().strftime("%F").to_string(),
    );
    joiner.insert("Mail".to_owned(), String::new());
    office.rows.push(joiner);
    office.set(3, "Title", "Pilot");
    office
        .stand
        .faults("429:1,on=item,times=2; html,on=write-batch,times=1");
    streams.push(office.run(&["--progress", "json"]).must(0));
    office.stand.faults("");
    ears.turn(Ear::Down);
    office.set(4, "Title", "Chef");
    streams.push(office.run(&[]).must(0));
    ears.turn(Ear::Up);
    office.stand.set("AZURE_CLIENT_SECRET", WRONG);
    office.set(5, "Title", "Chef");
    streams.push(office.run(&[]).must(7));
    streams.push(office.stand.run(&["feed", "history", "FEED.toml"]).must(0));
    streams.push(office.stand.run(&["runs"]).must(0));

    let seen = office.stand.sandbox().take_requests();
    let mut markers = on_the_wire(office.stand.sandbox(), &seen);
    markers.push(Marker::new("the webhook's address", HOOK));
    markers.push(Marker::new("the watchdog's address", WATCHDOG));
    markers.push(Marker::new("the word for the mail server", FOR_MAIL));
    markers.push(Marker::new("a wrong secret", WRONG));
    assert!(!ears.heard().is_empty());
    let signed_in = post.heard();
    let word = Marker::new("the word for the mail server", FOR_MAIL);
    assert!(signed_in.iter().any(|line| word.is_in(line)), "{signed_in:?}");
    for heard in ears.heard() {
        for marker in &markers {
            assert!(
                !marker.is_in(&heard.body),
                "{} in a notice: {heard:?}",
                marker.name
            );
        }
    }
    let inboxes = ["archive", "quarantine", "inbox"];
    let mut given: BTreeSet<String> = given;
    // A file of the HR system keeps the mode that the HR system gave it.
    given.extend(
        lying(&office.stand)
            .into_iter()
            .filter(|file| inboxes.iter().any(|folder| file.starts_with(folder))),
    );
    // What Prometheus reads is read by another account, and holds figures alone.
    let metrics = office.stand.read("metrics.prom");
    assert!(markers.iter().all(|marker| !marker.is_in(&metrics)));
    given.insert("metrics.prom".to_owned());
    let search = Search {
        stand: &office.stand,
        streams,
        markers,
        given,
        meant: vec![("passwords/*", "made password 0".to_owned())],
    };
    let looked = search.look();
    assert!(looked.files > 5, "{looked:?}");
    told("feed", looked);
}
