//! Every filter, function and test a template may use, by name. What is not here is unknown: few, and each with its line in docs/feed.md.

use std::borrow::Cow;
use std::sync::Arc;

use minijinja::value::{Rest, ValueKind};
use minijinja::{Environment, Error, Value};

use super::fault::Fault;
use super::tables::{Words, lookup};
use super::{dates, lists, names, phone, text};

/// The filters, in the order of docs/feed.md.
pub const FILTERS: [&str; 27] = [
    "upper",
    "lower",
    "title",
    "upper_first",
    "trim",
    "squeeze",
    "first_word",
    "last_word",
    "rest",
    "given_name",
    "surname",
    "phone",
    "date",
    "lookup",
    "default",
    "ascii",
    "replace",
    "remove",
    "split",
    "part",
    "left",
    "right",
    "pad",
    "strip_zeros",
    "digits",
    "join",
    "join_nonempty",
];

/// The functions.
pub const FUNCTIONS: [&str; 1] = ["first_nonempty"];

/// The tests, behind `is`.
pub const TESTS: [&str; 4] = ["blank", "startingwith", "endingwith", "containing"];

/// The text of a value; nothing for `none`, and a fault for what is not there.
pub(super) fn text_of(value: &Value) -> Result<Cow<'_, str>, Error> {
    match value.kind() {
        ValueKind::String => Ok(Cow::Borrowed(value.as_str().unwrap_or_default())),
        ValueKind::None => Ok(Cow::Borrowed("")),
        ValueKind::Undefined => Err(Fault::row(
            "the template uses something that is not there",
            "see which columns, tables and list items it names",
        )
        .into()),
        ValueKind::Number | ValueKind::Bool => Ok(Cow::Owned(value.to_string())),
        _ => Err(Fault::rule(
            "a filter for a text was given a list",
            "take one of its items first, as with `part`, or make it one text with `join_nonempty`",
        )
        .into()),
    }
}

/// Puts them all into the engine.
pub(super) fn add(environment: &mut Environment<'static>, words: Words) {
    fn plain(environment: &mut Environment<'static>, name: &'static str, change: fn(&str) -> String) {
        environment.add_filter(name, move |value: &Value| -> Result<String, Error> {
            Ok(change(&text_of(value)?))
        });
    }
    for (name, change) in [
        ("upper", text::upper as fn(&str) -> String),
        ("lower", text::lower),
        ("title", names::title),
        ("upper_first", text::upper_first),
        ("trim", text::trim),
        ("squeeze", text::squeeze),
        ("first_word", text::first_word),
        ("last_word", text::last_word),
        ("rest", text::rest),
        ("given_name", names::given_name),
        ("surname", names::surname),
        ("strip_zeros", text::strip_zeros),
        ("digits", text::digits),
    ] {
        plain(environment, name, change);
    }
    environment.add_filter("ascii", text::ascii);
    environment.add_filter("phone", phone::phone);
    environment.add_filter("date", dates::date);
    environment.add_filter("replace", text::replace);
    environment.add_filter("remove", text::remove);
    environment.add_filter("default", text::default);
    environment.add_filter("left", text::left);
    environment.add_filter("right", text::right);
    environment.add_filter("pad", text::pad);
    environment.add_filter("split", lists::split);
    environment.add_filter("part", lists::part);
    environment.add_filter("join", lists::join);
    environment.add_filter("join_nonempty", lists::join_nonempty);
    let words = Arc::new(words);
    environment.add_filter(
        "lookup",
        move |value: &Value, table: &str, otherwise: Rest<Value>| lookup(&words, value, table, &otherwise),
    );
    environment.add_function("first_nonempty", lists::first_nonempty);
    environment.add_test("blank", |value: &Value| -> Result<bool, Error> {
        Ok(text_of(value)?.is_empty())
    });
    environment.add_test(
        "startingwith",
        |value: &Value, with: &str| -> Result<bool, Error> { Ok(text_of(value)?.starts_with(with)) },
    );
    environment.add_test("endingwith", |value: &Value, with: &str| -> Result<bool, Error> {
        Ok(text_of(value)?.ends_with(with))
    });
    environment.add_test("containing", |value: &Value, with: &str| -> Result<bool, Error> {
        Ok(text_of(value)?.contains(with))
    });
}
