//! Settings: flags over environment over file over default, resolved once, the origin kept for messages.
//!
//! `raw` is what a person wrote, `resolve` what it means; only a resolved [`Config`] travels on. `sign_in` decides between a
//! profile and the environment, each as a whole, `way` knows with what is signed in, `secret` fetches a profile's secret, `places` knows where the files are when nobody says so,
//! `crossed` finds an environment that means another directory than the profile.

mod crossed;
mod guards;
mod places;
mod raw;
mod resolve;
mod scheduled;
mod secret;
mod sign_in;
mod spelling;
mod way;

pub use crossed::Crossed;
pub use raw::{ConfigError, Environment, Flags};
pub use resolve::{
    Config, PASSWORD_OF_KEY, SignIn, Target, ca_file, protects_anybody, resolve, state_folder,
};
pub use scheduled::{
    ScheduledFile, ScheduledSignIn, scheduled_files, scheduled_sign_in, scheduled_surroundings,
};
pub use secret::{secret_from_command, secret_from_file};
pub use sign_in::without_login;
pub use way::{CertificateFile, SignInWith};
