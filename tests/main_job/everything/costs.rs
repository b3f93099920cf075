//! The requests that each way is said to take: written down by hand, compared with what a directory saw, and told in `docs/requests.md`.

use super::ways::{Asked, Steps, Way, merged};

const SIGN_IN: &str = "1 sign in = 0";
/// How many people there are.
const SIZE: &str = "1 GET /users/$count = 2";
/// Who holds roles.
const HOLDERS: &str = "1 GET /roleManagement/directory/roleAssignments = 2";
/// Its domains.
const TENANT: &str = "1 GET /organization = 1";
const LIST: &str = "1 GET /users = 1";
const USER: &str = "1 $batch: GET /users/{id} = 1";
const BY_NAME: &str = "1 $batch: GET /users/{name} = 1";
const BY_MAIL: &str = "1 $batch: GET /users?$filter = 1";
const BOTH: &str = "1 $batch: 2 × GET /users/{id} = 2";
const DELETED: &str = "1 $batch: GET /directory/deletedItems/{id} = 1";
const PATCHED: &str = "1 PATCH /users/{id} = 1 w";
const EXTENSIONS: &str = "1 POST /directoryObjects/getAvailableExtensionProperties = 1";
const SCHEMAS: &str = "1 GET /schemaExtensions?$filter = 1";
const DEFINITIONS: &str = "1 GET /directory/customSecurityAttributeDefinitions = 2";
const PRODUCTS: &str = "1 GET /subscribedSkus = 3";
const ROLES: &str = "1 GET /roleManagement/directory/roleDefinitions = 1";
const WITH_MANAGER: &str = "1 $batch: GET /users/{id} = 2";
const SPONSORS: &str = "1 $batch: GET /users/{id}/sponsors = 1";
const LESS_SPONSOR: &str = "1 DELETE /users/{id}/sponsors/{id}/$ref = 1 w";
const MORE_SPONSOR: &str = "1 POST /users/{id}/sponsors/$ref = 1 w";
const LESS_ROLE: &str = "1 DELETE /roleManagement/directory/roleAssignments/{id} = 1 w";
const MORE_ROLE: &str = "1 POST /roleManagement/directory/roleAssignments = 1 w";
const PHONES: &str = "1 $batch: GET /users/{id}/authentication/phoneMethods = 1";
const EMAILS: &str = "1 $batch: GET /users/{id}/authentication/emailMethods = 1";
const PHOTO: &str = "1 $batch: GET /users/{id}/photo = 0";
const PHOTO_BYTES: &str = "1 $batch: GET /users/{id}/photo/$value = 0";

type Texts = &'static [&'static str];

/// What differs between the ways.
#[derive(Debug, Clone, Copy)]
struct Recipe {
    /// What an export asks after the sign-in; nothing where there is none.
    export: Texts,
    /// How a plan finds its users, and what it asks about them.
    find: Texts,
    /// Asked once before that.
    definitions: Texts,
    /// How one user is looked at before a write, and after it.
    look: Texts,
    /// The writes; before each of them is a look.
    write: Texts,
    /// How the end is seen.
    proof: Texts,
    /// How an undo finds its users.
    find_back: Texts,
    look_back: Texts,
    /// Nothing where there is no way back.
    write_back: Texts,
    proof_back: Texts,
    /// The same once more.
    proof_again: Texts,
    /// The writes when the cell is emptied, and when that is taken back.
    clear: Texts,
    clear_back: Texts,
}

impl Recipe {
    const fn of(look: Texts, write: Texts) -> Recipe {
        Recipe {
            export: &[LIST],
            find: look,
            definitions: &[],
            look,
            write,
            proof: look,
            find_back: look,
            look_back: look,
            write_back: write,
            proof_back: look,
            proof_again: look,
            clear: write,
            clear_back: write,
        }
    }

    fn steps(&self) -> Steps<Vec<&'static str>> {
        let carried = |look: Texts, writes: Texts| -> Vec<&'static str> {
            let one = |write: &&'static str| [look, &[*write]].concat();
            writes.iter().flat_map(one).collect()
        };
        let plan = [&[SIGN_IN], self.definitions, &[SIZE], self.find, &[HOLDERS]].concat();
        let mut undo = [&[SIGN_IN, SIZE], self.find_back].concat();
        if !self.write_back.is_empty() {
            undo.extend(carried(self.look_back, self.write_back));
            undo.push(SIZE);
            // An old value may be what a replica still shows: it is believed the third time.
            undo.extend(self.proof_back);
            undo.extend(self.proof_again.repeat(2));
        }
        Steps {
            export: match self.export {
                [] => Vec::new(),
                asked => [&[SIGN_IN], self.definitions, asked].concat(),
            },
            apply: [&plan[..], &carried(self.look, self.write)].concat(),
            plan,
            verify: [&[SIZE], self.proof].concat(),
            undo,
        }
    }
}

impl Way {
    pub fn steps(self) -> Steps<Vec<Asked>> {
        let texts = self.recipe().steps();
        texts.map(|texts| merged(texts.iter().copied().map(asked)))
    }

    /// The writes when a cell is emptied, and when that is taken back.
    pub fn emptying(self) -> [Vec<Asked>; 2] {
        let recipe = self.recipe();
        [recipe.clear, recipe.clear_back].map(|texts| texts.iter().copied().map(asked).collect())
    }

    fn recipe(self) -> Recipe {
        let patch = Recipe::of(&[USER], &[PATCHED]);
        match self {
            Way::Patch => patch,
            Way::Switch => patch,
            Way::Rename => Recipe {
                find: &["1 $batch: GET /users/{id}, GET /users/{name} = 2", TENANT],
                ..patch
            },
            Way::Identities => Recipe {
                // In a directory as small as this one the list is less than the questions.
                find: &[LIST],
                ..patch
            },
            Way::DirectoryExtension => Recipe {
                definitions: &[EXTENSIONS],
                ..patch
            },
            Way::SchemaExtension => Recipe {
                definitions: &[SCHEMAS],
                ..patch
            },
            Way::Security => Recipe {
                definitions: &[DEFINITIONS],
                ..patch
            },
            Way::Manager => Recipe {
                export: &["1 GET /users = 2"],
                find: &["1 $batch: GET /users/{id}, GET /users/{name} = 4", WITH_MANAGER],
                find_back: &["1 $batch: 2 × GET /users/{id} = 4"],
                clear: &["1 DELETE /users/{id}/manager/$ref = 1 w"],
                ..Recipe::of(&[WITH_MANAGER], &["1 PUT /users/{id}/manager/$ref = 1 w"])
            },
            Way::Sponsors => Recipe {
                export: &[LIST, "2 $batch: 30 × GET /users/{id}/sponsors = 30"],
                find: &[BY_NAME, USER, SPONSORS],
                find_back: &[BOTH, "1 $batch: 2 × GET /users/{id}/sponsors = 2"],
                clear: &[LESS_SPONSOR],
                clear_back: &[MORE_SPONSOR],
                ..Recipe::of(&[USER, SPONSORS], &[LESS_SPONSOR, MORE_SPONSOR])
            },
            Way::Licences => Recipe {
                export: &[LIST, PRODUCTS],
                find: &[USER, PRODUCTS],
                find_back: &[USER, PRODUCTS],
                ..Recipe::of(&[USER], &["1 POST /users/{id}/assignLicense = 1 w"])
            },
            Way::Roles => Recipe {
                export: &[LIST, ROLES, HOLDERS],
                find: &[USER, ROLES, HOLDERS, USER],
                find_back: &[USER, ROLES, HOLDERS, USER],
                write_back: &[LESS_ROLE, MORE_ROLE],
                clear: &[LESS_ROLE],
                clear_back: &[MORE_ROLE],
                ..Recipe::of(&[USER, HOLDERS], &[MORE_ROLE, LESS_ROLE])
            },
            Way::Profile => Recipe {
                export: &[LIST, "2 $batch: 30 × GET /users/{id} = 30"],
                ..Recipe::of(&[USER, USER], &[PATCHED])
            },
            Way::Phone => Recipe {
                export: &[
                    LIST,
                    "6 $batch: 30 × GET /users/{id}/authentication/phoneMethods = 30",
                ],
                clear: &["1 DELETE /users/{id}/authentication/phoneMethods/{id} = 1 w"],
                clear_back: &["1 POST /users/{id}/authentication/phoneMethods = 1 w"],
                ..Recipe::of(
                    &[USER, PHONES],
                    &["1 PATCH /users/{id}/authentication/phoneMethods/{id} = 1 w"],
                )
            },
            Way::Email => Recipe {
                export: &[
                    LIST,
                    "6 $batch: 30 × GET /users/{id}/authentication/emailMethods = 30",
                ],
                clear: &["1 DELETE /users/{id}/authentication/emailMethods/{id} = 1 w"],
                clear_back: &["1 POST /users/{id}/authentication/emailMethods = 1 w"],
                ..Recipe::of(
                    &[USER, EMAILS],
                    &["1 PATCH /users/{id}/authentication/emailMethods/{id} = 1 w"],
                )
            },
            Way::Photo => Recipe {
                export: &[LIST, "2 $batch: 30 × GET /users/{id}/photo = 0", PHOTO_BYTES],
                find: &[USER, PHOTO, PHOTO_BYTES],
                proof: &[USER, PHOTO, PHOTO_BYTES],
                find_back: &[USER, PHOTO, PHOTO_BYTES],
                proof_back: &[USER, PHOTO, PHOTO_BYTES],
                clear: &["1 DELETE /users/{id}/photo/$value = 0"],
                ..Recipe::of(&[USER, PHOTO], &["1 PUT /users/{id}/photo/$value = 0"])
            },
            Way::Delete => Recipe {
                proof: &[USER, DELETED],
                find_back: &[USER, DELETED],
                look_back: &[USER, DELETED],
                write_back: &["1 POST /directory/deletedItems/{id}/restore = 1 w"],
                ..Recipe::of(&[USER], &["1 DELETE /users/{id} = 1 w"])
            },
            Way::Restore => Recipe {
                export: &[],
                proof: &[USER],
                find_back: &[USER],
                look_back: &[USER],
                write_back: &["1 DELETE /users/{id} = 1 w"],
                ..Recipe::of(
                    &[USER, DELETED],
                    &["1 POST /directory/deletedItems/{id}/restore = 1 w"],
                )
            },
            Way::RevokeSessions => Recipe {
                write_back: &[],
                ..Recipe::of(&[USER], &["1 POST /users/{id}/revokeSignInSessions = 1 w"])
            },
            Way::ResetPassword => Recipe {
                write_back: &[],
                ..patch
            },
            Way::Create => Recipe {
                export: &[],
                find: &[BY_NAME, TENANT],
                proof: &[USER],
                find_back: &[USER],
                write_back: &[],
                ..Recipe::of(&[BY_NAME], &["1 POST /users = 1 w"])
            },
            Way::Invite => Recipe {
                export: &[],
                // The list, as above.
                find: &[LIST, TENANT],
                proof: &[USER],
                find_back: &[USER],
                look_back: &[USER],
                write_back: &["1 DELETE /users/{id} = 1 w"],
                proof_back: &[USER, DELETED],
                proof_again: &[USER, DELETED],
                ..Recipe::of(&[BY_MAIL], &["1 POST /invitations = 1 w"])
            },
        }
    }
}

/// Reads `2 $batch: 30 × GET /users/{id} = 30`: the number of requests, what is asked, its units, and a `w` where it counts as a write.
fn asked(text: &str) -> Asked {
    let (requests, rest) = text.split_once(' ').unwrap();
    let (what, price) = rest.rsplit_once(" = ").unwrap();
    let (what, is_batch) = match what.strip_prefix("$batch: ") {
        Some(what) => (what, true),
        None => (what, false),
    };
    let calls = what.split(", ").map(|call| match call.split_once(" × ") {
        Some((count, template)) => (template.to_owned(), count.parse().unwrap()),
        None => (call.to_owned(), 1),
    });
    let (units, writes) = match price.strip_suffix(" w") {
        Some(units) => (units, 1),
        None => (price, 0),
    };
    Asked {
        requests: requests.parse().unwrap(),
        is_batch,
        calls: calls.collect(),
        units: units.parse().unwrap(),
        writes,
    }
}
