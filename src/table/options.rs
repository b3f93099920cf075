//! How a sheet is to be read, and what is known of the tenant's own attributes while it is.

use super::dialect::Delimiter;
use super::encoding::AskedEncoding;
use crate::catalogue::Attribute;

/// How a sheet is to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The delimiter, when it is not to be found out from the header.
    pub delimiter: Option<Delimiter>,
    /// The encoding, when it is not to be found out from the bytes.
    pub encoding: Option<AskedEncoding>,
    /// The worksheet of a workbook, when it is not to be found out.
    pub worksheet: Option<String>,
    /// Leave apostrophes where they are: for files written with [`super::Guard::Off`].
    pub keep_guard: bool,
    /// The attribute whose column says whom a row is about, beside `id` and `userPrincipalName`.
    pub key: Option<&'static Attribute>,
    /// The tenant's own attributes, which the catalogue does not list.
    pub extensions: KnownExtensions,
}

/// The tenant's own attributes, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownExtensions {
    pub attributes: Vec<&'static Attribute>,
    pub told_by: ToldBy,
    /// The same for custom security attributes.
    pub security_by: ToldBy,
}

/// Who said which extensions there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ToldBy {
    /// At most an export: there may be others, whose type nobody knows here.
    #[default]
    Export,
    /// The tenant: there are no others.
    Tenant,
    /// The tenant did not want to say; why.
    Nobody(String),
}
