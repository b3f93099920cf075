//! The fifteen Exchange extension attributes.
//!
//! <https://learn.microsoft.com/graph/api/resources/onpremisesextensionattributes>.

use super::entry::editable;
use super::{Attribute, Kind, Mastery, PatchPlace, ReadRule, Section, WriteRule};

const PARENT: &str = "onPremisesExtensionAttributes";

macro_rules! numbered {
    ($($number:literal)*) => {
        &[$(
            extension(
                concat!("onPremisesExtensionAttributes.extensionAttribute", $number),
                concat!("extensionAttribute", $number),
                concat!("Extension attribute ", $number),
                &[concat!("extensionAttribute", $number)],
            ),
        )*]
    };
}

pub(super) const ATTRIBUTES: &[Attribute] = numbered!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);

const fn extension(
    name: &'static str,
    leaf: &'static str,
    label: &'static str,
    aliases: &'static [&'static str],
) -> Attribute {
    Attribute {
        aliases,
        read: ReadRule::List { select: PARENT },
        write: WriteRule::MainPatch(PatchPlace::Leaf { parent: PARENT, leaf }),
        mastery: Mastery::OnPremisesOnce,
        ..editable(Section::OnPremises, name, label, Kind::Text { max: Some(1024) })
    }
}
