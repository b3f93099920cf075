//! Pictures out of files: found in a folder that nothing leaves, decoded with limits, turned, cut to a square, scaled, and written
//! as the JPEG that is sent.
//!
//! - `folder` finds and reads a file by the name that a sheet gives it.
//! - `form` recognises what a file is from its first bytes, and walks through a JPEG.
//! - `prepare` makes the picture.
//!
//! A file comes from anybody. Nothing of it is passed on but pixels: place and camera, comments, profiles and whatever hides behind
//! the picture are left behind.

mod folder;
mod form;
mod prepare;

pub use folder::{FolderError, PhotoFolder};
pub use prepare::{PictureError, Prepared, SIDE_MAX, SIDE_MIN, prepare};
