//! Settings: flags over environment over file over default, resolved once, the origin kept for messages.
//!
//! `raw` is what a person wrote, `resolve` what it means; only a resolved [`Config`] travels on.

mod raw;
mod resolve;

pub use raw::{ConfigError, Environment, Flags};
pub use resolve::{Config, SignIn, Target, resolve};
