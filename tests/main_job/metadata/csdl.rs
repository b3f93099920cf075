//! Microsoft's metadata, read from `tests/facts/user.csdl.xml`: types with their properties, bound actions and functions, entity sets.
//! <https://docs.oasis-open.org/odata/odata-csdl-xml/v4.01/odata-csdl-xml-v4.01.html>

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::events::{BytesStart, Event};

const FILE: &str = include_str!("../../facts/user.csdl.xml");

/// A type as the metadata writes it, without the namespace: `user`, `Edm.String`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    pub name: String,
    pub is_collection: bool,
}

impl Shape {
    pub fn read(text: &str) -> Shape {
        let inner = text
            .strip_prefix("Collection(")
            .and_then(|rest| rest.strip_suffix(')'));
        let name = inner.unwrap_or(text);
        let name = name
            .strip_prefix("microsoft.graph.")
            .or(name.strip_prefix("graph."));
        Shape {
            name: name.unwrap_or(inner.unwrap_or(text)).to_owned(),
            is_collection: inner.is_some(),
        }
    }

    pub fn one(&self) -> Shape {
        Shape {
            is_collection: false,
            ..self.clone()
        }
    }
}

/// An entity type or a complex type.
#[derive(Debug, Default)]
pub struct Type {
    pub base: Option<String>,
    /// Names that the metadata does not have may be sent: extensions of a tenant.
    pub is_open: bool,
    pub is_entity: bool,
    /// It is bytes as well, under `$value`.
    pub has_stream: bool,
    pub properties: BTreeMap<String, Shape>,
    pub navigations: BTreeMap<String, Shape>,
}

/// An action or function that is called on something.
#[derive(Debug)]
pub struct Bound {
    pub name: String,
    pub is_action: bool,
    pub on: Shape,
    pub parameters: BTreeMap<String, Shape>,
    pub returns: Option<Shape>,
}

#[derive(Debug, Default)]
pub struct Metadata {
    pub types: BTreeMap<String, Type>,
    pub enums: BTreeSet<String>,
    pub bound: Vec<Bound>,
    /// Entity sets and singletons.
    pub roots: BTreeMap<String, Shape>,
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.try_get_attribute(name).unwrap()?;
    Some(found.value.into_owned())
}

impl Metadata {
    pub fn of_the_file() -> Metadata {
        Metadata::read(FILE)
    }

    fn read(text: &str) -> Metadata {
        let mut reader = quick_xml::Reader::from_str(text);
        let mut found = Metadata::default();
        let mut inside: Option<String> = None;
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => return found,
                Event::Start(tag) => found.begin(&tag, &mut inside),
                Event::Empty(tag) => {
                    let before = inside.clone();
                    found.begin(&tag, &mut inside);
                    inside = before;
                }
                Event::End(tag) => {
                    if matches!(tag.name().as_ref(), "EntityType" | "ComplexType") {
                        inside = None;
                    }
                }
                _ => {}
            }
        }
    }

    fn begin(&mut self, tag: &BytesStart<'_>, inside: &mut Option<String>) {
        let name = || attribute(tag, "Name").unwrap();
        let shape = |of: &str| Shape::read(&attribute(tag, of).unwrap());
        let is = |what: &str| attribute(tag, what).as_deref() == Some("true");
        match tag.name().as_ref() {
            kind @ ("EntityType" | "ComplexType") => {
                let one = Type {
                    base: attribute(tag, "BaseType").map(|base| Shape::read(&base).name),
                    is_open: is("OpenType"),
                    is_entity: kind == "EntityType",
                    has_stream: is("HasStream"),
                    ..Type::default()
                };
                self.types.insert(name(), one);
                *inside = Some(name());
            }
            "EnumType" => {
                self.enums.insert(name());
            }
            "Property" => {
                let owner = self.types.get_mut(inside.as_ref().unwrap()).unwrap();
                owner.properties.insert(name(), shape("Type"));
            }
            "NavigationProperty" => {
                let owner = self.types.get_mut(inside.as_ref().unwrap()).unwrap();
                owner.navigations.insert(name(), shape("Type"));
            }
            kind @ ("Action" | "Function") if is("IsBound") => self.bound.push(Bound {
                name: name(),
                is_action: kind == "Action",
                on: Shape::read(""),
                parameters: BTreeMap::new(),
                returns: None,
            }),
            "Parameter" => {
                let call = self.bound.last_mut().unwrap();
                if call.on.name.is_empty() {
                    call.on = shape("Type");
                } else {
                    call.parameters.insert(name(), shape("Type"));
                }
            }
            "ReturnType" => self.bound.last_mut().unwrap().returns = Some(shape("Type")),
            "EntitySet" => {
                let of = Shape {
                    is_collection: true,
                    ..shape("EntityType")
                };
                self.roots.insert(name(), of);
            }
            "Singleton" => {
                self.roots.insert(name(), shape("Type"));
            }
            _ => {}
        }
    }

    /// The type and those it is made from.
    pub fn lineage<'a>(&'a self, name: &'a str) -> Vec<(&'a str, &'a Type)> {
        let mut line = Vec::new();
        let mut next = Some(name);
        while let Some((name, one)) = next.and_then(|name| Some((name, self.types.get(name)?))) {
            line.push((name, one));
            next = one.base.as_deref();
        }
        line
    }

    pub fn is_a(&self, name: &str, base: &str) -> bool {
        self.lineage(name).iter().any(|(of, _)| *of == base)
    }
}

#[test]
fn the_metadata_is_read_with_bases_collections_and_what_is_bound() {
    let metadata = Metadata::of_the_file();
    let user = &metadata.types["user"];
    assert_eq!(
        user.properties["businessPhones"],
        Shape::read("Collection(Edm.String)")
    );
    assert_eq!(user.navigations["manager"], Shape::read("graph.directoryObject"));
    assert!(user.is_open && user.is_entity && metadata.is_a("user", "entity"));
    assert!(metadata.types["profilePhoto"].has_stream);
    let assign = metadata
        .bound
        .iter()
        .find(|call| call.name == "assignLicense")
        .unwrap();
    assert!(assign.is_action && assign.on == Shape::read("graph.user"));
    assert_eq!(
        assign.parameters["removeLicenses"],
        Shape::read("Collection(Edm.Guid)")
    );
    let deltas = metadata.bound.iter().filter(|call| call.name == "delta");
    assert_eq!(deltas.count(), 2);
    assert_eq!(metadata.roots["users"], Shape::read("Collection(graph.user)"));
    assert_eq!(user.properties.len(), 79);
}
