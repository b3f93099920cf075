//! Where a line begins: what the directory has, and the sheet.

use dirsheet::sandbox::SeenRequest;
use reqwest::Method;
use serde_json::{Value as Json, json};

use super::super::photos::jpeg;
use super::super::sheet::{Sheet, unguarded};
use super::case::Case;
use super::lines::Is;
use super::ways::{Place, Way};

impl Case {
    /// Brings the directory to where the line begins.
    pub fn seed(&self) {
        let (line, user) = (self.line, self.user());
        let value = match line.old {
            Is::Found | Is::Later => return,
            Is::Text(text) => json!(self.fill(text)),
            Is::Json(text) => serde_json::from_str(&self.fill(text)).unwrap(),
        };
        let methods = format!("/users/{user}/authentication");
        let phone = |kind: &str, number: &Json| {
            let path = format!("{methods}/phoneMethods");
            let body = json!({"phoneType": kind, "phoneNumber": number});
            self.wire.put(Method::POST, &path, &body);
        };
        match line.place {
            Place::WithMail(_) => {}
            Place::Phone(kind) => {
                if kind == "alternateMobile" {
                    phone("mobile", &json!("+31 633333333"));
                }
                phone(kind, &value);
            }
            Place::Email => {
                let path = format!("{methods}/emailMethods");
                self.wire
                    .put(Method::POST, &path, &json!({"emailAddress": value}));
            }
            Place::Photo => self.wire.put_photo(user, jpeg(1, 200, 200)),
            Place::Account if value == "present" => {}
            Place::Account => self.stand.edit(user, "deletedDateTime", "2026-01-02T00:00:00Z"),
            Place::Roles => self.stand.edit(user, "directoryRoles", json!(["Guest Inviter"])),
            Place::Manager => self.stand.edit(user, "manager", value),
            Place::Sponsors => self.stand.edit(user, "sponsors", value),
            Place::Property(_) => self.stand.edit(user, line.column_at_wire(), value),
        }
        if line.way == Way::Licences {
            let mut state = self.stand.dump()[user]["assignedLicenses"][0].clone();
            state["assignedByGroup"] = Json::Null;
            state["state"] = json!("Active");
            state["error"] = json!("None");
            self.stand.edit(user, "licenseAssignmentStates", json!([state]));
            // Nobody gets a licence without a place.
            self.stand.edit(user, "usageLocation", "NL");
        }
    }

    /// Exports what the line needs, and makes the sheet in which its user alone stands with another cell.
    pub fn write_sheet(&self) -> Vec<SeenRequest> {
        let line = self.line;
        let typed = self.fill(line.typed);
        if let Place::WithMail(name) = line.place {
            let name = self.fill(name);
            let (header, row): (&[&str], &[&str]) = match line.way {
                Way::Create => (
                    &["userPrincipalName", "displayName", "accountEnabled"],
                    &[&name, &typed, "true"],
                ),
                _ => (
                    &[
                        "Email address to invite [inviteeEmail] Required",
                        "Redirection url [inviteRedirectURL] Required",
                        "displayName",
                    ],
                    &[&name, "https://contoso.example/welcome", &typed],
                ),
            };
            self.stand.save("users.csv", &Sheet::new(header, &[row]));
            return Vec::new();
        }
        if line.way == Way::Restore {
            // Whoever is deleted stands in no export.
            let sheet = Sheet::new(&["id", "_action"], &[&[self.user(), &typed]]);
            self.stand.save("users.csv", &sheet);
            return Vec::new();
        }
        let column = match line.is_action() {
            true => "displayName",
            false => line.column(),
        };
        let mut sheet = self.stand.export_columns(&format!("id,{column}"));
        let seen = self.stand.sandbox().take_requests();
        sheet.keep_rows(&[self.user()]);
        if line.is_action() {
            sheet.header.push("_action".to_owned());
            sheet.rows[0].push(typed);
        } else {
            assert_ne!(unguarded(sheet.of(self.user(), column)), typed);
            sheet.set(self.user(), column, typed);
        }
        self.stand.save("users.csv", &sheet);
        seen
    }
}
