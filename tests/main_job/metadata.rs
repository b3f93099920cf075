//! Agreement with Microsoft's metadata: whatever dirsheet sends is resolved through the types of the metadata, and so is every name that
//! it knows.

mod beside;
mod csdl;
mod names;
mod options;
mod protocol;
mod resolve;
mod tour;

use std::collections::BTreeSet;

use dirsheet::catalogue::{self, Attribute, ReadRule, WriteRule};
use dirsheet::sandbox::{SeenCall, SeenRequest};

use self::csdl::Shape;
use self::resolve::Resolver;
use super::everything::RUN;

/// Schema extensions of the practice directories.
const SCHEMAS: [&str; 1] = ["ext2a3b4c5d_company"];

/// What the practice directory does not serve: as the source would ask it, with its place in the source.
const UNSEEN: [(&str, &str, &str); 1] = [(
    "/groups/{safe}/members?$select=id",
    "/groups/00000000-0000-4000-8000-000000000001/members",
    "$select=id",
)];

/// Texts of the source that look like an address and are a place in JSON: the type it is in, and the place.
const POINTERS: [(&str, &str); 2] = [
    ("invitation", "/invitedUser/id"),
    ("user", "/passwordProfile/password"),
];

fn call(method: &str, path: &str, query: &str, body: Option<serde_json::Value>) -> SeenCall {
    SeenCall {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        body,
        is_write: method != "GET",
        units: 0,
        writes: 0,
    }
}

/// All calls, each once: of batches their items.
fn distinct(requests: &[SeenRequest]) -> Vec<&SeenCall> {
    let mut seen = BTreeSet::new();
    let calls = requests.iter().flat_map(|request| &request.calls);
    calls
        .filter(|call| {
            seen.insert(format!(
                "{} {} {} {:?}",
                call.method, call.path, call.query, call.body
            ))
        })
        .collect()
}

#[test]
// It tells its figures.
#[allow(clippy::print_stdout)]
fn every_request_and_every_name_exists_in_microsofts_metadata() {
    let tour = tour::go();
    let mut resolver = Resolver::new(beside::completed(), &SCHEMAS);
    let mut wrong = Vec::new();
    let calls: Vec<&SeenCall> = distinct(&RUN.seen).into_iter().chain(distinct(&tour)).collect();
    for one in &calls {
        if let Err(why) = resolver.check(one) {
            wrong.push(format!("{} {}?{}: {why}", one.method, one.path, one.query));
        }
    }
    assert!(calls.len() > 500, "{} requests were seen", calls.len());

    // Everything that the source can ask was asked.
    let mut unseen = Vec::new();
    for text in names::addresses() {
        if let Some((of, place)) = POINTERS.iter().find(|(_, place)| *place == text) {
            let mut body = serde_json::Value::Null;
            for name in place.rsplit('/').filter(|name| !name.is_empty()) {
                body = serde_json::json!({ name: body });
            }
            wrong.extend(resolver.names_in(&Shape::read(of), &body).err());
            continue;
        }
        let is_seen = calls.iter().any(|one| {
            let address = match one.query.as_str() {
                "" => one.path.clone(),
                query => options::decoded(&format!("{}?{query}", one.path)),
            };
            names::may_be(&options::decoded(&text), &address) || names::may_be(&text, &one.path)
        });
        let told = UNSEEN.iter().find(|(of, ..)| *of == text);
        match (is_seen || text == "/$batch", told) {
            (true, None) => {}
            (true, Some(_)) => unseen.push(format!(
                "{text} was asked for, and stands in the list of what is not"
            )),
            (false, None) => unseen.push(format!("{text} was never asked for")),
            (false, Some((_, path, query))) => {
                wrong.extend(resolver.check(&call("GET", path, query, None)).err())
            }
        }
    }

    // Everything that the catalogue names.
    let user = Shape::read("graph.user");
    for attribute in catalogue::all() {
        wrong.extend(of_the_catalogue(&mut resolver, attribute, &user).err());
    }
    let types = resolver.metadata.types.values();
    let known: BTreeSet<String> = types
        .flat_map(|of| of.properties.keys().chain(of.navigations.keys()))
        .cloned()
        .collect();
    let mut protocol = BTreeSet::new();
    let read = names::read_by_types();
    for one in &read {
        match protocol::NAMES.iter().find(|(name, _)| *name == one.name) {
            Some((name, _)) => {
                protocol.insert(*name);
            }
            None if known.contains(&one.name) => resolver.note(&one.name),
            None => wrong.push(format!("{}: nothing has `{}`", one.at, one.name)),
        }
    }
    assert!(wrong.is_empty(), "not in the metadata:\n{}", wrong.join("\n"));
    assert!(unseen.is_empty(), "of the source:\n{}", unseen.join("\n"));

    // And no list says more than is needed.
    let dead: Vec<String> = beside::lines()
        .iter()
        .map(beside::Line::name)
        .filter(|name| !resolver.used.contains(name))
        .chain(
            protocol::NAMES
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .filter(|name| !protocol.contains(name.as_str())),
        )
        .collect();
    assert!(dead.is_empty(), "listed, and nobody asks for it: {dead:?}");
    println!(
        "{} different requests, {} addresses of the source, {} names read, {} lines beside the metadata",
        calls.len(),
        names::addresses().len(),
        read.len(),
        beside::lines().len()
    );
}

/// The name of an attribute, part by part, and how it is read and written.
fn of_the_catalogue(resolver: &mut Resolver, attribute: &Attribute, user: &Shape) -> Result<(), String> {
    let metadata = std::mem::take(&mut resolver.metadata);
    let mut names: Vec<&str> = Vec::new();
    match attribute.read {
        ReadRule::List { select } | ReadRule::ListOptIn { select, .. } | ReadRule::SingleUser { select } => {
            names.push(select);
            let leaf = attribute.parent_and_leaf().map(|(_, leaf)| leaf);
            names.extend(leaf.into_iter().flat_map(|leaf| leaf.split('.')));
        }
        ReadRule::Expand { navigation } => names.push(navigation),
        ReadRule::Resource(resource) => {
            names.extend(resource.path().split('/').filter(|name| !name.starts_with('$')))
        }
        ReadRule::RoleAssignments | ReadRule::Account | ReadRule::Never => {}
    }
    if let WriteRule::Reference { navigation } = attribute.write {
        names.push(navigation);
    }
    let mut at = user.clone();
    let mut checked = Ok(());
    for name in names {
        // A navigation that is written as it is read is looked for at the user again.
        let next = resolver.member(&metadata, &at.one(), name).or_else(|why| {
            let again = resolver.member(&metadata, user, name);
            again.map_err(|_| why)
        });
        match next {
            Ok(next) => at = next,
            Err(why) => checked = Err(format!("{}: {why}", attribute.name)),
        }
    }
    resolver.metadata = metadata;
    checked
}

#[test]
fn what_is_misspelt_is_caught() {
    use serde_json::json;
    let mut resolver = Resolver::new(beside::completed(), &SCHEMAS);
    let id = "00000000-0000-4000-8000-000000000001";
    let user = format!("/users/{id}");
    let at = |rest: &str| format!("{user}{rest}");
    let good = [
        call(
            "GET",
            "/users",
            "$select=id,jobTitle&$expand=manager($levels=1;$select=id,userPrincipalName)&$top=999&$count=true",
            None,
        ),
        call(
            "GET",
            "/users",
            "$filter=identities%2Fany(c:c%2FissuerAssignedId%20eq%20'a''b'%20and%20c%2Fissuer%20eq%20'x')",
            None,
        ),
        call(
            "GET",
            "/users/delta",
            "$deltatoken=latest&$select=id,manager",
            None,
        ),
        call(
            "PATCH",
            &user,
            "",
            Some(json!({"employeeOrgData": {"division": "x"}, "jobTitle": null})),
        ),
        call(
            "PATCH",
            &user,
            "",
            Some(json!({"extension_0123456789abcdef0123456789abcdef_x": 1})),
        ),
        call("PUT", &at("/manager/$ref"), "", Some(json!({"@odata.id": "x"}))),
        call(
            "POST",
            &at("/assignLicense"),
            "",
            Some(json!({"addLicenses": [{"skuId": "x"}], "removeLicenses": []})),
        ),
        call("PUT", &at("/photo/$value"), "", None),
        call(
            "GET",
            "/directory/deletedItems/microsoft.graph.user",
            "$filter=endsWith(userPrincipalName,'x')",
            None,
        ),
        call("GET", "/users/$count", "", None),
    ];
    for one in good {
        assert_eq!(resolver.check(&one), Ok(()), "{one:?}");
    }
    let bad = [
        call("GET", "/user", "", None),
        call("GET", "/users", "$select=id,jobtitle", None),
        call("GET", "/users", "$selct=id", None),
        call("GET", "/users", "$top=many", None),
        call("GET", "/users", "$filter=jobTittle%20eq%20'a'", None),
        call(
            "GET",
            "/users",
            "$filter=identities%2Fany(c:c%2Fissuers%20eq%20'x')",
            None,
        ),
        call("GET", "/users", "$expand=manger", None),
        call("GET", "/users", "$expand=jobTitle", None),
        call(
            "GET",
            "/users",
            "$expand=manager($select=userPrincipleName)",
            None,
        ),
        call("GET", "/users/deltas", "", None),
        call("GET", &at("/manger"), "", None),
        call("GET", &at("/authentication/phonemethods"), "", None),
        call("GET", &at("/photo/$values"), "", None),
        call("GET", &at("/manager/$value"), "", None),
        call("PUT", &user, "", Some(json!({"jobTitle": "x"}))),
        call("PATCH", "/users", "", Some(json!({"jobTitle": "x"}))),
        call("PATCH", &user, "", Some(json!({"JobTitle": "x"}))),
        call(
            "PATCH",
            &user,
            "",
            Some(json!({"employeeOrgData": {"costcenter": "x"}})),
        ),
        call("PATCH", &user, "", Some(json!({"extension_0123_x": 1}))),
        call(
            "PATCH",
            &user,
            "",
            Some(json!({"identities": [{"issuerAssignedID": "x"}]})),
        ),
        call("PUT", &at("/manager/$ref"), "", Some(json!({"id": "x"}))),
        call("PUT", &at("/sponsors/$ref"), "", Some(json!({"@odata.id": "x"}))),
        call("POST", &at("/assignLicence"), "", None),
        call("GET", &at("/assignLicense"), "", None),
        call(
            "POST",
            &at("/assignLicense"),
            "",
            Some(json!({"addLicences": []})),
        ),
        call(
            "POST",
            &at("/assignLicense"),
            "",
            Some(json!({"addLicenses": [{"sku": "x"}]})),
        ),
        call("GET", "/directory/deletedItems/microsoft.graph.users", "", None),
        call("GET", "/applications(appID='x')/extensionProperties", "", None),
    ];
    let count = bad.len();
    let caught = bad.into_iter().filter(|one| resolver.check(one).is_err()).count();
    assert_eq!(caught, count);
}
