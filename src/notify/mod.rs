//! Telling people and machines how a night went: webhooks, mail, a watchdog, Prometheus.
//!
//! Whatever goes wrong here is told in a `NoticeResult` and changes nothing about the night. Addresses of webhooks and
//! watchdogs are secrets: no message holds more of them than the host. Names of people leave in attachments of mails only.

mod channels;
mod http;
mod mail;
mod metrics;
mod shapes;
mod words;

#[cfg(test)]
mod tests;

pub use channels::{Channels, Fetched, Hook, MailTo, Pace};
use channels::{failed, told};
