//! Who works on a run, as the service knows them: what a run keeps of it, and whether another sign-in is the same one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An application or a person, by what the token says. It is kept for people to read, and decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub kind: ActorKind,
    /// The application's id (`appid`), or the person's object id (`oid`).
    pub id: String,
    /// The person's name for signing in, where the token tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    Application,
    Person,
}

impl Actor {
    /// Whether both are the same one. A person may have got another name meanwhile, and ids compare without regard to case.
    pub fn is_same(&self, other: &Actor) -> bool {
        self.kind == other.kind && self.id.eq_ignore_ascii_case(&other.id)
    }
}

/// `the application 0a1b…`, `jan@contoso.example (0a1b…)`
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, &self.name) {
            (ActorKind::Application, _) => write!(f, "the application {}", self.id),
            (ActorKind::Person, Some(name)) => write!(f, "{name} ({})", self.id),
            (ActorKind::Person, None) => write!(f, "the person {}", self.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(kind: ActorKind, id: &str, name: Option<&str>) -> Actor {
        let (id, name) = (id.to_owned(), name.map(str::to_owned));
        Actor { kind, id, name }
    }

    #[test]
    fn who_is_the_same_is_told_by_the_id_and_never_by_the_name() {
        use ActorKind::{Application, Person};
        let jan = one(Person, "0A1B", Some("jan@contoso.example"));
        for (other, is_same) in [
            (one(Person, "0a1b", Some("jan.bakker@contoso.example")), true),
            (one(Person, "0a1b", None), true),
            (one(Person, "0a1c", Some("jan@contoso.example")), false),
            (one(Application, "0a1b", None), false),
        ] {
            assert_eq!(jan.is_same(&other), is_same, "{other}");
        }
    }
}
