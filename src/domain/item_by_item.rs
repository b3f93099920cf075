//! Lists whose items the service gives and takes one by one: each is a change, a request, a line in the journal and a proof of its
//! own, and sees no other item. So a refusal of one holds up no other, and an undo takes back the run's own items alone.

use super::{Change, UserChanges, UserId, Value};
use crate::catalogue::{Attribute, Resource, WriteRule};

/// Whether each item of the list is given and taken by itself.
pub(super) fn is_item_by_item(attribute: &Attribute) -> bool {
    matches!(
        attribute.write,
        WriteRule::Roles | WriteRule::Resource(Resource::Sponsors)
    )
}

/// The items, each as a value of its own.
fn parts(value: &Value) -> Vec<Value> {
    match value {
        Value::Empty => Vec::new(),
        Value::List(items) => items.iter().map(|item| Value::list(vec![item.clone()])).collect(),
        Value::Text(text) => vec![Value::list(vec![text.clone()])],
        Value::References(people) => people.iter().cloned().map(Value::Reference).collect(),
        one => vec![one.clone()],
    }
}

/// The other way of [`parts`].
fn whole(mut parts: Vec<Value>) -> Value {
    if parts.len() < 2 {
        return parts.pop().unwrap_or(Value::Empty);
    }
    let people: Vec<_> = parts.iter().flat_map(Value::pointed_to).cloned().collect();
    if !people.is_empty() {
        return Value::references(people);
    }
    let texts = parts.into_iter().flat_map(|part| match part {
        Value::List(items) => items,
        _ => Vec::new(),
    });
    Value::list(texts.collect())
}

/// What tells an item from another: whom it points to, or its text in any case of the letters.
fn item_key(item: &Value) -> String {
    match item {
        Value::Reference(to) => to.id.to_string(),
        other => other.to_cell().to_lowercase(),
    }
}

fn is_same(one: &Value, other: &Value) -> bool {
    item_key(one) == item_key(other)
}

fn holds(parts: &[Value], item: &Value) -> bool {
    parts.iter().any(|one| is_same(one, item))
}

/// A change of such a list as one change for each item, what is given first; any other change as it is. What each says is only
/// whether the user has this one item, so that nobody's other items stand in its way.
pub(super) fn one_by_one(change: Change) -> Vec<Change> {
    if !is_item_by_item(change.attribute) {
        return vec![change];
    }
    let (before, after) = (parts(&change.before), parts(&change.after));
    let one = |before: Value, after: Value| Change {
        attribute: change.attribute,
        before,
        after,
    };
    let given = after.iter().filter(|item| !holds(&before, item));
    let taken = before.iter().filter(|item| !holds(&after, item));
    let given = given.map(|item| one(Value::Empty, item.clone()));
    let taken = taken.map(|item| one(item.clone(), Value::Empty));
    given.chain(taken).collect()
}

/// What of the live value a change is about: of such a list, only what it gives or takes.
pub(super) fn about(change: &Change, live: &Value) -> Value {
    if !is_item_by_item(change.attribute) {
        return live.clone();
    }
    let mut own = parts(&change.before);
    own.extend(parts(&change.after));
    let live = parts(live);
    whole(own.into_iter().filter(|item| holds(&live, item)).collect())
}

/// Whether two changes of one user are about the same thing.
pub(super) fn is_same_cell(one: &Change, other: &Change) -> bool {
    let is_same_item = || match (first_item(one), first_item(other)) {
        (Some(one), Some(other)) => is_same(&one, &other),
        _ => false,
    };
    one.attribute == other.attribute && (!is_item_by_item(one.attribute) || is_same_item())
}

/// Several changes of one such list as a person reads them: the items that are taken, and what is to be done, in words because a
/// spreadsheet would take a sign for a formula. `None` for anything else.
pub fn told_together(changes: &[&Change]) -> Option<[String; 2]> {
    let list = changes.first().filter(|one| is_item_by_item(one.attribute))?;
    let items = |value: fn(&Change) -> &Value| {
        let own = changes.iter().filter(|one| one.attribute == list.attribute);
        let texts = own.flat_map(|one| parts(value(one)));
        texts.map(|item| item.to_cell()).collect::<Vec<_>>().join("; ")
    };
    let (taken, given) = (items(|one| &one.before), items(|one| &one.after));
    let told = [("add: ", &given), ("remove: ", &taken)];
    let told = told.iter().filter(|(_, items)| !items.is_empty());
    let told: Vec<String> = told.map(|(word, items)| format!("{word}{items}")).collect();
    Some([taken.clone(), told.join("; ")])
}

/// What a run writes of a user: an attribute by its name, and of a list that is changed item by item the one item.
pub type Cell = (UserId, &'static str, Option<String>);

/// The cell that a change of this user is about.
pub fn cell_of(user: UserId, change: &Change) -> Cell {
    let item = is_item_by_item(change.attribute)
        .then(|| first_item(change))
        .flatten();
    (user, change.attribute.name, item.as_ref().map(item_key))
}

fn first_item(change: &Change) -> Option<Value> {
    parts(&change.after)
        .into_iter()
        .chain(parts(&change.before))
        .next()
}

impl UserChanges {
    /// Whether a change of this user takes the last of what the plan says of its attribute: an item of a list that another item
    /// takes the place of clears nothing.
    pub fn clears(&self, change: &Change) -> bool {
        let gets_another = || {
            let same = self
                .changes
                .iter()
                .filter(|one| one.attribute == change.attribute);
            same.into_iter().any(|one| !one.is_clear())
        };
        change.is_clear() && !(is_item_by_item(change.attribute) && gets_another())
    }
}

/// How many items of such a list a value has; `None` for a value of anything else.
pub(super) fn item_count(attribute: &Attribute, value: &Value) -> Option<usize> {
    is_item_by_item(attribute).then(|| parts(value).len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::domain::{Reference, UserId};

    fn roles(items: &[&str]) -> Value {
        Value::list(items.iter().map(|item| (*item).to_owned()).collect())
    }

    fn people(items: &[(u8, &str)]) -> Value {
        let one = |(number, upn): &(u8, &str)| Reference {
            id: UserId::from_bytes([*number; 16]),
            upn: Some((*upn).to_owned()),
        };
        Value::references(items.iter().map(one).collect())
    }

    fn person(number: u8, upn: &str) -> Value {
        Value::Reference(people(&[(number, upn)]).pointed_to()[0].clone())
    }

    fn change(name: &str, before: Value, after: Value) -> Change {
        Change {
            attribute: catalogue::by_name(name).unwrap(),
            before,
            after,
        }
    }

    #[test]
    fn each_role_is_a_change_of_its_own_and_sees_no_other() {
        let change = |before: &[&str], after: &[&str]| change("directoryRoles", roles(before), roles(after));
        let parts = one_by_one(change(&["A", "B"], &["b", "C"]));
        assert_eq!(parts, [change(&[], &["C"]), change(&["A"], &[])]);
        let (given, taken) = (&parts[0], &parts[1]);
        for (live, of_given, of_taken) in [
            (roles(&["A", "X"]), Value::Empty, roles(&["A"])),
            (roles(&["c"]), roles(&["C"]), Value::Empty),
        ] {
            assert_eq!(about(given, &live), of_given);
            assert_eq!(about(taken, &live), of_taken);
        }
        assert!(taken.takes_role() && !given.takes_role());
        assert!(!is_same_cell(given, taken));
    }

    #[test]
    fn a_sponsor_is_known_by_the_id_whatever_the_name_is_by_now() {
        let before = people(&[(1, "a@x.example"), (2, "b@x.example")]);
        let after = people(&[(2, "new@x.example"), (3, "c@x.example")]);
        let parts = one_by_one(change("sponsors", before, after));
        let given = change("sponsors", Value::Empty, person(3, "c@x.example"));
        let taken = change("sponsors", person(1, "a@x.example"), Value::Empty);
        assert_eq!(parts, [given.clone(), taken.clone()]);
        let live = people(&[(1, "other@x.example"), (4, "c@x.example")]);
        assert_eq!(about(&given, &live), Value::Empty);
        assert_eq!(about(&taken, &live), person(1, "a@x.example"));
        assert!(!is_same_cell(&given, &taken));
        assert!(is_same_cell(
            &taken,
            &change("sponsors", Value::Empty, person(1, "x@x.example"))
        ));
    }

    #[test]
    fn any_other_list_is_one_change() {
        let one = change("skills", roles(&["a"]), roles(&["b"]));
        assert_eq!(one_by_one(one.clone()), std::slice::from_ref(&one));
        assert_eq!(about(&one, &roles(&["a", "c"])), roles(&["a", "c"]));
    }
}
