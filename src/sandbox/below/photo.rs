//! The profile picture.
//!
//! <https://learn.microsoft.com/graph/api/profilephoto-update>, <https://learn.microsoft.com/graph/api/profilephoto-get>. Which
//! status the service gives to what is no JPEG and to more than 4 MB is not documented: 415 and 413 are given here, and 204 for
//! a removal. Smaller sizes are the same picture: nothing is scaled.

use super::super::{
    base64,
    call::{Call, Payload},
    directory::{Directory, Effect, at},
    record,
    reply::{Body, Refusal, Reply},
    select::Caller,
    view::View,
};
use serde_json::{Value, json};

/// The longest picture the service takes.
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// The sizes that can be asked for; each is a square.
const SIZES: [u32; 9] = [48, 64, 96, 120, 240, 360, 432, 504, 648];
const READERS: [&str; 4] = [
    "ProfilePhoto.Read.All",
    "ProfilePhoto.ReadWrite.All",
    "User.Read.All",
    "User.ReadWrite.All",
];
const WRITERS: [&str; 2] = ["ProfilePhoto.ReadWrite.All", "User.ReadWrite.All"];

/// A path about the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `photo`
    Facts,
    /// `photo/$value`
    Bytes,
    /// `photos/{size}/$value`
    Sized(u32),
}

impl Target {
    pub fn read(segments: &[&str]) -> Option<Target> {
        match segments {
            ["photo"] => Some(Target::Facts),
            ["photo", "$value"] => Some(Target::Bytes),
            ["photos", size, "$value"] => {
                let known = SIZES.into_iter().find(|side| format!("{side}x{side}") == **size);
                known.map(Target::Sized)
            }
            _ => None,
        }
    }

    pub fn permit(&self, method: &str, caller: &Caller) -> Result<(), Refusal> {
        let allowed = match (method, self) {
            ("GET", _) => caller.has_one(&READERS),
            ("PUT" | "PATCH", Target::Bytes) | ("DELETE", Target::Bytes | Target::Facts) => {
                caller.has_one(&WRITERS)
            }
            _ => return Err(Refusal::method()),
        };
        if allowed { Ok(()) } else { Err(Refusal::denied()) }
    }

    pub fn show(&self, user: &View<'_>, base: &str) -> Result<Reply, Refusal> {
        let kept = user.value(*at::PHOTO);
        let bytes = kept["bytes"]
            .as_str()
            .and_then(base64::decode)
            .ok_or_else(missing)?;
        let side = |name: &str| kept[name].as_u64().unwrap_or_default();
        let (width, height) = (side("width"), side("height"));
        match self {
            Target::Facts => {
                let facts = json!({
                    "@odata.context": format!("{base}/v1.0/$metadata#users('{}')/photo/$entity", user.id()),
                    "@odata.mediaContentType": "image/jpeg",
                    "@odata.mediaEtag": kept["etag"],
                    "id": format!("{width}x{height}"),
                    "height": height,
                    "width": width,
                });
                Ok(Reply::json(facts.to_string()))
            }
            Target::Sized(size) if u64::from(*size) > width.min(height) => Err(missing()),
            Target::Bytes | Target::Sized(_) => Ok(Reply {
                status: 200,
                headers: Vec::new(),
                body: Body::Jpeg(bytes),
            }),
        }
    }

    pub fn change(&self, call: &Call, directory: &Directory, place: u32) -> Result<(Effect, Reply), Refusal> {
        let effect = |value: &Value| Effect {
            settings: vec![record::packed(*at::PHOTO, value)],
            manager: None,
        };
        if call.method == "DELETE" {
            if directory.record(place).raw(*at::PHOTO).is_none() {
                return Err(missing());
            }
            return Ok((effect(&Value::Null), Reply::done()));
        }
        let wrong = || {
            Refusal::new(
                415,
                "UnsupportedMediaType",
                "The photo must be a JPEG picture, sent as image/jpeg.",
            )
        };
        let kind = call.content_type.as_deref().unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("image/jpeg") {
            return Err(wrong());
        }
        let Payload::Bytes(bytes) = &call.payload else {
            return Err(Refusal::unreadable("The photo has no content."));
        };
        if bytes.len() > BYTES_MAX {
            return Err(Refusal::new(
                413,
                "RequestEntityTooLarge",
                "The photo is larger than 4 MB.",
            ));
        }
        let (width, height) = sides(bytes).ok_or_else(wrong)?;
        let kept = json!({
            "bytes": base64::standard(&stored(bytes, directory.rewrites_photos)),
            "width": width,
            "height": height,
            "etag": format!("\"{}\"", uuid::Uuid::new_v4().simple()),
        });
        let reply = Reply {
            status: 200,
            headers: Vec::new(),
            body: Body::Empty,
        };
        Ok((effect(&kept), reply))
    }
}

fn missing() -> Refusal {
    Refusal::new(404, "ImageNotFound", "The photo wasn't found.")
}

/// The same picture in other bytes: with a comment behind its beginning.
fn stored(bytes: &[u8], rewrites: bool) -> Vec<u8> {
    let (start, rest) = bytes.split_at(bytes.len().min(2));
    let comment: &[u8] = if rewrites { b"\xFF\xFE\x00\x06mine" } else { b"" };
    [start, comment, rest].concat()
}

/// Width and height of a JPEG, from its frame header; `None` for what is none, or ends before its picture begins.
fn sides(bytes: &[u8]) -> Option<(u16, u16)> {
    let mut rest = bytes.strip_prefix(&[0xFF, 0xD8])?;
    loop {
        let (marker, after) = match rest {
            [0xFF, 0xFF, ..] => {
                rest = rest.get(1..)?;
                continue;
            }
            [0xFF, marker, after @ ..] => (*marker, after),
            _ => return None,
        };
        let length = usize::from(u16::from_be_bytes([*after.first()?, *after.get(1)?]));
        match marker {
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                let side = |at: usize| Some(u16::from_be_bytes([*after.get(at)?, *after.get(at + 1)?]));
                return Some((side(5)?, side(3)?)).filter(|(width, height)| *width > 0 && *height > 0);
            }
            0xDA | 0xD9 => return None,
            _ => rest = after.get(length..)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sides_of_a_jpeg_stand_in_its_frame_header() {
        let comment = [0xFF, 0xFE, 0x00, 0x04, b'h', b'i'];
        let frame = [0xFF, 0xC0, 0x00, 0x0B, 0x08, 0x00, 0x30, 0x00, 0x40, 0x01];
        let whole = [&[0xFF, 0xD8][..], &comment, &frame].concat();
        assert_eq!(sides(&whole), Some((64, 48)));
        for bad in [
            &whole[..whole.len() - 4],
            b"",
            b"GIF89a",
            b"\x89PNG\r\n",
            &[0xFF, 0xD8, 0xFF, 0xDA, 0, 2],
        ] {
            assert_eq!(sides(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn only_the_documented_sizes_can_be_asked_for() {
        assert_eq!(
            Target::read(&["photos", "48x48", "$value"]),
            Some(Target::Sized(48))
        );
        for path in [
            &["photos", "47x47", "$value"][..],
            &["photos"],
            &["photo", "x"],
            &["photos", "48x48"],
        ] {
            assert_eq!(Target::read(path), None, "{path:?}");
        }
    }
}
