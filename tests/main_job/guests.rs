//! Rows that invite guests.

use std::time::Duration;

use dirsheet::sandbox::{People, Quota, SandboxOptions};
use serde_json::Value as Json;

use super::secrets::{find, walk};
use super::stand::{Ran, Stand, people};

pub(super) const ANNA: &str = "anna.berg@fabrikam.example";

/// The directory of the samples, and the sheet of guests beside it.
pub(super) fn sample(options: SandboxOptions) -> Stand {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let stand = Stand::open(SandboxOptions {
        people: People::FromSheet(folder.join("directory.csv")),
        roles: [
            "User.ReadWrite.All",
            "User.Invite.All",
            "User.DeleteRestore.All",
            "User.EnableDisableAccount.All",
            "Organization.Read.All",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..options
    });
    stand.write("guests.csv", std::fs::read(folder.join("guests.csv")).unwrap());
    stand
}

pub(super) fn apply(stand: &Stand, more: &[&str]) -> Ran {
    stand.run(&[&["apply", "guests.csv", "--yes", "--allow", "invite"], more].concat())
}

/// The users with this address.
pub(super) fn with_mail(stand: &Stand, mail: &str) -> Vec<Json> {
    let users = stand.dump().into_values();
    users.filter(|user| user["mail"] == mail).collect()
}

pub(super) fn one(stand: &Stand, mail: &str) -> Json {
    let mut found = with_mail(stand, mail);
    assert_eq!(found.len(), 1, "{mail}");
    found.remove(0)
}

/// How often each address was invited, and how many mails that sent.
pub(super) fn invitations(stand: &Stand) -> (usize, usize) {
    let history = stand.history();
    let all: Vec<_> = history
        .iter()
        .filter(|write| write.path.ends_with("invitations"))
        .collect();
    let mails = all
        .iter()
        .filter(|write| write.body["sendInvitationMessage"] == true);
    (all.len(), mails.count())
}

#[test]
fn the_sample_of_guests_invites_each_once_and_writes_the_other_columns_after_it() {
    let stand = sample(people(0));
    let plan = stand.run(&["plan", "guests.csv", "--allow", "invite"]).must(0);
    plan.says(&[
        "Guests invited (3); invitation mails sent: 1",
        "anna.berg@fabrikam.example (guest, to be invited)",
        "a mail is sent",
    ]);
    assert!(stand.history().is_empty());
    apply(&stand, &[]).must(0);
    let (anna, bo, chi) = (
        one(&stand, ANNA),
        one(&stand, "bo.lind@adatum.example"),
        one(&stand, "chi.tran@fabrikam.example"),
    );
    assert_eq!(
        anna["userPrincipalName"],
        "anna.berg_fabrikam.example#EXT#@contoso.onmicrosoft.com"
    );
    for (name, value) in [
        ("displayName", "Anna Berg"),
        ("companyName", "Fabrikam"),
        ("jobTitle", "Partner manager"),
        ("userType", "Guest"),
        ("creationType", "Invitation"),
    ] {
        assert_eq!(anna[name], value, "{name}");
    }
    let marijke = one(&stand, "marijke.devries@contoso.example");
    assert_eq!(anna["manager"], marijke["id"]);
    // A guest of the same run is somebody's manager.
    assert_eq!(bo["manager"], anna["id"]);
    assert_eq!(chi["department"], Json::Null);
    let first = stand
        .history()
        .into_iter()
        .find(|write| write.path.ends_with("invitations"))
        .unwrap();
    assert_eq!(
        first.body["inviteRedirectUrl"],
        "https://contoso.example/partners"
    );
    // Three invitations, three PATCHes, two managers.
    assert_eq!((invitations(&stand), stand.history().len()), ((3, 1), 8));
    // Once more, the sheet is about guests who are there: nobody is invited, with or without the word.
    stand
        .run(&["plan", "guests.csv"])
        .must(0)
        .says(&["Guests who are there already (3)", "so nobody is invited"]);
    apply(&stand, &[]).must(0);
    stand.run(&["apply", "guests.csv", "--yes"]).must(0);
    assert_eq!(stand.history().len(), 8);
    // A changed cell is an edit of the guest who is there.
    let sheet = stand.read("guests.csv").replace("Auditor", "Lead auditor");
    stand.write("guests.csv", sheet);
    stand.run(&["apply", "guests.csv", "--yes"]).must(0);
    assert_eq!(one(&stand, "bo.lind@adatum.example")["jobTitle"], "Lead auditor");
    assert_eq!(invitations(&stand), (3, 1));
}

#[test]
fn nobody_is_invited_unless_it_is_allowed_and_not_more_than_the_limit() {
    let stand = sample(people(0));
    stand.run(&["apply", "guests.csv", "--yes"]).must(3).says(&[
        "nobody here has the address `anna.berg@fabrikam.example`",
        "--allow invite",
    ]);
    apply(&stand, &["--max-invites", "2"]).must(4).says(&[
        "max-invites",
        "guests invited: 3",
        "--max-invites 3",
    ]);
    stand
        .run(&["plan", "guests.csv", "--invite-redirect", "https://x.example"])
        .must(2)
        .says(&["--allow invite"]);
    apply(&stand, &["--invite-redirect", "start page"]).must(2);
    // A sealed plan asks for the word again.
    stand
        .run(&["plan", "guests.csv", "--allow", "invite", "-o", "plan.json"])
        .must(0);
    stand
        .run(&["apply", "plan.json", "--yes"])
        .must(4)
        .says(&["--allow invite"]);
    assert!(stand.history().is_empty());
    stand
        .run(&["apply", "plan.json", "--yes", "--allow", "invite"])
        .must(0);
    assert_eq!(invitations(&stand), (3, 1));
}

#[test]
fn rows_that_are_no_sound_invitation_are_refused_with_the_reason() {
    let stand = sample(people(0));
    let header = "inviteeEmail,inviteRedirectURL,sendEmail,id,mail";
    for (rows, says) in [
        ("nobody,https://x.example,,,", "no address that can be invited"),
        ("a@fabrikam.example,start,,,", "no address a guest can be sent to"),
        (
            "a@fabrikam.example,https://x.example,perhaps,,",
            "whether a mail is to be sent",
        ),
        ("a@fabrikam.example,,,,", "--invite-redirect"),
        (
            "joost@contoso.example,https://x.example,,,",
            "a verified domain of this tenant",
        ),
        (
            "a@fabrikam.example,https://x.example,,,\nA@fabrikam.example,https://x.example,,,",
            "another row has the same address",
        ),
        (
            "a@fabrikam.example,https://x.example,,0a1b2c3d-0000-4000-8000-000000000001,",
            "names a user and says an invitation",
        ),
        (
            "a@fabrikam.example,https://x.example,,,b@fabrikam.example",
            "says another address",
        ),
    ] {
        stand.write("guests.csv", format!("{header}\n{rows}\n"));
        apply(&stand, &[]).must(3).says(&[says]);
    }
    assert!(stand.history().is_empty());
    stand.write("guests.csv", format!("{header}\na@fabrikam.example,,,,\n"));
    apply(&stand, &["--invite-redirect", "https://x.example/"]).must(0);
    assert_eq!(invitations(&stand), (1, 0), "{:?}", stand.history());
}

#[test]
fn a_guest_is_found_by_other_mails_and_by_the_form_of_the_name() {
    let stand = sample(people(0));
    apply(&stand, &[]).must(0);
    let anna = one(&stand, ANNA);
    let id = anna["id"].as_str().unwrap();
    // The address of the guest changed since.
    stand.edit(id, "mail", "anna@elsewhere.example");
    stand.write(
        "guests.csv",
        format!("inviteeEmail,inviteRedirectURL,jobTitle\n{ANNA},https://x.example,Head\n"),
    );
    stand
        .run(&["plan", "guests.csv"])
        .must(0)
        .says(&["is there already"]);
    apply(&stand, &[]).must(0);
    assert_eq!(stand.dump()[id]["jobTitle"], "Head");
    stand.edit(id, "otherMails", serde_json::json!(["anna@third.example"]));
    stand.write(
        "guests.csv",
        "inviteeEmail,inviteRedirectURL,jobTitle\nAnna@Third.example,https://x.example,Chief\n",
    );
    apply(&stand, &[]).must(0);
    assert_eq!(stand.dump()[id]["jobTitle"], "Chief");
    assert_eq!(invitations(&stand), (3, 1));
}

#[test]
fn the_links_of_guests_are_in_the_file_that_was_asked_for_and_nowhere_else() {
    let stand = sample(people(0));
    stand.write("links.csv", "somebody needs this\n");
    apply(&stand, &["--invitations", "links.csv"])
        .must(2)
        .says(&["is there already"]);
    let ran = apply(&stand, &["--invitations", "new.csv", "--report-dir", "reports"]).must(0);
    let text = stand.read("new.csv");
    let lines: Vec<(&str, &str)> = text
        .lines()
        .skip(1)
        .map(|line| line.split_once(',').unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(stand.path("new.csv"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::remove_file(stand.path("new.csv")).unwrap();
    for (address, link) in lines {
        assert!(
            address.contains('@') && link.starts_with("https://"),
            "{address} {link}"
        );
        let ticket = link.rsplit('=').next().unwrap();
        assert!(!ran.stdout.contains(ticket) && !ran.stderr.contains(ticket));
        walk(&stand.path(""), &mut |path, bytes| {
            assert!(!find(bytes, ticket.as_bytes()), "{}", path.display());
        });
    }
}

#[test]
fn json_and_reports_tell_invitations_from_users_who_are_made() {
    let stand = sample(people(0));
    let plan = stand.json(&["plan", "guests.csv", "--allow", "invite"], 0);
    assert_eq!(plan["summary"]["users_invited"], 3);
    assert_eq!(plan["summary"]["invitation_mails"], 1);
    assert_eq!(plan["summary"]["users_created"], 0);
    assert_eq!(plan["sheet"]["origin"], "portal_invite");
    let changes = plan["changes"].as_array().unwrap();
    assert!(
        changes
            .iter()
            .all(|change| change["kind"] == "invite" && change["undoable"] == true)
    );
    let rows = stand.json(
        &[
            "apply",
            "guests.csv",
            "--yes",
            "--allow",
            "invite",
            "--report-dir",
            "reports",
        ],
        0,
    );
    assert_eq!(rows["summary"]["updated"], 3);
}

#[test]
fn an_invitation_without_a_clear_answer_is_looked_at_and_no_mail_goes_out_twice() {
    for fault in [
        "drop-after,on=write-batch,times=1",
        "drop-before,on=write-batch,times=1",
        "504-after,on=item,times=2",
        "503-after,on=write-batch,times=1",
        "missing,on=write-batch,times=1",
        "truncated,on=write-batch,times=1",
        "429,on=item,times=2",
    ] {
        let stand = sample(people(0));
        stand.faults(fault);
        let ran = apply(&stand, &["--deadline", "60s"]);
        stand.faults("");
        if ran.code != Some(0) {
            let run = stand.newest_run();
            stand.run(&["resume", &run, "--yes"]).must(0);
        }
        for mail in [ANNA, "bo.lind@adatum.example", "chi.tran@fabrikam.example"] {
            let invited = stand
                .history()
                .iter()
                .filter(|write| {
                    write.path.ends_with("invitations") && write.body["invitedUserEmailAddress"] == mail
                })
                .count();
            assert_eq!(
                (with_mail(&stand, mail).len(), invited),
                (1, 1),
                "{fault}: {mail}"
            );
        }
        assert_eq!(
            one(&stand, "bo.lind@adatum.example")["manager"],
            one(&stand, ANNA)["id"],
            "{fault}"
        );
        assert_eq!(one(&stand, ANNA)["department"], "Logistics", "{fault}");
    }
}

#[test]
fn with_replicas_that_are_behind_every_guest_is_invited_once() {
    let stand = sample(SandboxOptions {
        lag: Duration::from_secs(3),
        ..people(0)
    });
    apply(&stand, &[]).must(0);
    assert_eq!(invitations(&stand), (3, 1));
    assert_eq!(
        one(&stand, "bo.lind@adatum.example")["manager"],
        one(&stand, ANNA)["id"]
    );
}

#[test]
fn invitations_keep_the_pace_of_the_invitation_manager() {
    let stand = Stand::open(SandboxOptions {
        quota: Quota::Real,
        ..people(20)
    });
    let mut sheet = String::from("inviteeEmail,inviteRedirectURL\n");
    for number in 0..170 {
        sheet.push_str(&format!("guest{number}@fabrikam.example,https://x.example\n"));
    }
    stand.write("guests.csv", sheet);
    apply(
        &stand,
        &[
            "--max-invites",
            "200",
            "--max-users",
            "1000",
            "--max-same-value",
            "200",
        ],
    )
    .must(0);
    assert_eq!(invitations(&stand), (170, 0));
    assert_eq!(stand.stats().throttled, 0);
}
