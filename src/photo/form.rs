//! What a file is, from its bytes, whatever its name says.

/// The two forms that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Jpeg,
    Png,
}

/// The form of a file, or what it is instead, in words.
pub(super) fn form(bytes: &[u8]) -> Result<Form, &'static str> {
    let begins = |magic: &[u8]| bytes.starts_with(magic);
    let brand = bytes.get(4..12).unwrap_or_default();
    Err(if begins(&[0xFF, 0xD8, 0xFF]) {
        return Ok(Form::Jpeg);
    } else if begins(b"\x89PNG\r\n\x1a\n") {
        return Ok(Form::Png);
    } else if bytes.is_empty() {
        "an empty file"
    } else if begins(b"GIF8") {
        "a GIF"
    } else if begins(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        "a WebP picture"
    } else if brand.starts_with(b"ftyp") {
        "a HEIC or AVIF picture, or a video"
    } else if begins(b"BM") {
        "a BMP picture"
    } else if begins(b"II*\0") || begins(b"MM\0*") {
        "a TIFF picture"
    } else if begins(b"%PDF") {
        "a PDF document"
    } else if begins(b"PK\x03\x04") {
        "a ZIP file or an office document"
    } else if begins(b"<") || begins(b"\xEF\xBB\xBF<") {
        "a text such as SVG or HTML"
    } else if begins(b"version https://git-lfs") {
        "a pointer of Git LFS, not the file itself"
    } else {
        "something else"
    })
}

/// What a walk through the segments of a JPEG tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Walk {
    /// Nothing but what the pixels need, and nothing behind the end.
    pub is_bare: bool,
}

/// Walks from segment to segment to the end of the picture; `None` when the file ends before it. Decoders forgive a file that was
/// cut off and leave the rest grey.
pub(super) fn walk(bytes: &[u8]) -> Option<Walk> {
    let mut is_bare = true;
    let mut rest = bytes.get(2..)?;
    loop {
        let (first, after) = rest.split_first()?;
        let marker = *after.first()?;
        if *first != 0xFF {
            return None;
        }
        if marker == 0xFF {
            rest = after;
            continue;
        }
        let body = after.get(1..)?;
        match marker {
            0xD9 => {
                return Some(Walk {
                    is_bare: is_bare && body.is_empty(),
                });
            }
            0xD0..=0xD7 | 0x01 => rest = body,
            _ => {
                let length = usize::from(u16::from_be_bytes([*body.first()?, *body.get(1)?]));
                // APP0 is the header JFIF; every other application's segment and comments are not of the pixels.
                let is_needed = matches!(marker, 0xC0 | 0xC1 | 0xC2 | 0xC4 | 0xDA | 0xDB | 0xDD)
                    || (marker == 0xE0 && length <= 16);
                is_bare &= is_needed;
                rest = body.get(length.max(2)..)?;
                if marker == 0xDA {
                    rest = after_scan(rest)?;
                }
            }
        }
    }
}

/// Behind the pixels of a scan, where the next marker stands.
fn after_scan(bytes: &[u8]) -> Option<&[u8]> {
    let is_marker = |pair: &[u8]| matches!(pair, [0xFF, next] if !matches!(next, 0x00 | 0xD0..=0xD7 | 0xFF));
    let at = bytes.windows(2).position(is_marker)?;
    bytes.get(at..)
}

/// The width and height that a PNG says of itself, in its first chunk.
pub(super) fn png_size(png: &[u8]) -> Option<(u32, u32)> {
    let header = png.get(12..24)?;
    let number = |at: usize| {
        let bytes = header.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(bytes))
    };
    header.starts_with(b"IHDR").then_some((number(4)?, number(8)?))
}

/// Whether a PNG is an animation: its control chunk stands before the pixels.
pub(super) fn is_animated(png: &[u8]) -> bool {
    let mut rest = png.get(8..).unwrap_or_default();
    while let Some((length, kind)) = rest.get(..4).zip(rest.get(4..8)) {
        match kind {
            b"acTL" => return true,
            b"IDAT" => return false,
            _ => {}
        }
        let length = length
            .iter()
            .fold(0_usize, |sum, byte| (sum << 8) | usize::from(*byte));
        rest = length
            .checked_add(12)
            .and_then(|whole| rest.get(whole..))
            .unwrap_or_default();
    }
    false
}
