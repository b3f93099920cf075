//! The samples of HR systems, each through its nights, with the outcome of every one.

#[path = "feed_nights/accidents.rs"]
mod accidents;
#[cfg(unix)]
#[path = "feed_nights/heard.rs"]
mod heard;
#[path = "feed_nights/house.rs"]
mod house;
#[path = "feed_nights/people.rs"]
mod people;
