//! Lists beside that of the users, and what a webhook answers.

use super::bodies::endless;
use super::server::{Answer, ID, Server, json};
use super::{MEBIBYTES, run, stand};

#[test]
fn a_list_of_roles_without_an_end_is_given_up_after_a_thousand_pages() {
    const ROLES: &str = "/v1.0/roleManagement/directory/roleAssignments";
    let good = Server::start(|_| Answer::Usual);
    let bad = Server::start(|asked| match asked.target.starts_with(ROLES) {
        true => json(
            200,
            format!(
                r#"{{"value":[],"@odata.nextLink":"{}{ROLES}?$skiptoken={}"}}"#,
                asked.base, asked.before
            ),
        ),
        false => Answer::Usual,
    });
    let stand = stand(&good, &bad);
    stand.write("sheet.csv", format!("id,jobTitle\n{ID},Chief\n"));
    run(&stand, &["plan", "sheet.csv"]).must(8, &["does not come to an end"], 60, MEBIBYTES);
    let pages = bad.seen().iter().filter(|path| path.starts_with(ROLES)).count();
    assert!((1_000..1_010).contains(&pages), "{pages}");
}

#[test]
fn the_body_of_a_webhooks_answer_is_not_waited_for() {
    let good = Server::start(|_| Answer::Usual);
    let hook = Server::start(|asked| match asked.target.as_str() {
        "/hook" => endless(),
        _ => Answer::Usual,
    });
    let mut stand = stand(&good, &good);
    stand.set("HOOK", &format!("{}/hook", hook.base));
    stand.write(
        "FEED.toml",
        "name = \"hr\"\n[source]\npath = \"hr.csv\"\n[key]\ncolumn = \"Nr\"\n[attributes]\njobTitle = { column = \"Title\" }\n[[notify.webhooks]]\n[notify.webhooks.url]\nenv = \"HOOK\"\n",
    );
    run(&stand, &["feed", "notify", "FEED.toml"]).must(0, &["told"], 20, 100);
    assert_eq!(hook.seen(), ["/hook"]);
}
