//! From the bytes of a file to the picture that is sent.

use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::PngDecoder;
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageError, Limits, Rgb, RgbImage};
use thiserror::Error;

use super::form::{self, Form};

/// The largest size the service gives out; more is not kept. <https://learn.microsoft.com/graph/api/profilephoto-get>
pub const SIDE_MAX: u32 = 648;
/// The smallest size the service gives out.
pub const SIDE_MIN: u32 = 48;
/// Twenty of them in base64 stay below the 4 MB of one request.
const JPEG_BYTES_MAX: usize = 120_000;
/// From good to bad, until the picture is small enough. The last one always is.
const QUALITIES: [u8; 8] = [90, 82, 74, 62, 50, 30, 12, 4];
/// Above this no camera of today goes, and below it memory lasts: 50 million pixels.
const PIXELS_MAX: u64 = 50_000_000;
const SIDES_MAX: u32 = 30_000;
/// What the decoder may take.
const MEMORY_MAX: u64 = 512 * 1024 * 1024;

/// A picture that can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    pub jpeg: Vec<u8>,
    /// Its width and height.
    pub side: u32,
    /// Of the file, as a person looks at it.
    pub width: u32,
    pub height: u32,
}

/// Why a file cannot become a profile picture.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PictureError {
    #[error("the file is {0}, not a JPEG or PNG picture")]
    WrongType(&'static str),
    #[error("the picture is an animation")]
    Animated,
    #[error(
        "the picture says that it is {0} x {1} pixels; {PIXELS_MAX} are taken, and {SIDES_MAX} on a side"
    )]
    TooManyPixels(u32, u32),
    #[error(
        "the picture is {0} x {1} pixels; it needs at least {SIDE_MIN} x {SIDE_MIN}, the smallest size of the service"
    )]
    TooSmall(u32, u32),
    #[error("the file ends before the picture does")]
    CutOff,
    #[error("the picture is damaged: {0}")]
    Damaged(String),
}

impl PictureError {
    /// The name of the finding.
    pub fn rule(&self) -> &'static str {
        match self {
            PictureError::WrongType(_) | PictureError::Animated => "not-a-picture",
            PictureError::TooManyPixels(..) | PictureError::TooSmall(..) => "picture-size",
            PictureError::CutOff | PictureError::Damaged(_) => "picture-damaged",
        }
    }

    /// What to do.
    pub fn help(&self) -> &'static str {
        match self {
            PictureError::WrongType(_) => "save it as JPEG or PNG; another ending of its name is not enough",
            PictureError::Animated => "save one picture of it as JPEG or PNG",
            PictureError::TooManyPixels(..) => "scale the picture down; 648 x 648 is all the service keeps",
            PictureError::TooSmall(..) => "take a larger picture",
            PictureError::CutOff | PictureError::Damaged(_) => "copy the file again, or take another picture",
        }
    }
}

/// Decodes within limits, turns as the camera says, cuts the middle to a square, scales down (never up) and writes a JPEG without
/// anything but pixels. A picture that is already exactly that is left as it is, byte for byte. The same file always gives the same bytes.
///
/// # Errors
/// [`PictureError`]: what is wrong with the file.
pub fn prepare(bytes: &[u8]) -> Result<Prepared, PictureError> {
    let form = form::form(bytes).map_err(PictureError::WrongType)?;
    let mut is_bare = false;
    let image = match form {
        Form::Jpeg => {
            is_bare = form::walk(bytes).ok_or(PictureError::CutOff)?.is_bare;
            decode(JpegDecoder::new(Cursor::new(bytes)).map_err(damaged)?)?
        }
        Form::Png if form::is_animated(bytes) => return Err(PictureError::Animated),
        // The decoder looks at the size as well, and would call the file damaged.
        Form::Png => {
            if let Some((width, height)) = form::png_size(bytes) {
                check_size(width, height)?;
            }
            decode(PngDecoder::with_limits(Cursor::new(bytes), limits()).map_err(damaged)?)?
        }
    };
    let (width, height) = (image.width(), image.height());
    let side = width.min(height);
    if side < SIDE_MIN {
        return Err(PictureError::TooSmall(width, height));
    }
    let done = |jpeg, side| Prepared {
        jpeg,
        side,
        width,
        height,
    };
    if is_bare && width == height && side <= SIDE_MAX && bytes.len() <= JPEG_BYTES_MAX {
        return Ok(done(bytes.to_vec(), side));
    }
    let square = image.crop_imm((width - side) / 2, (height - side) / 2, side, side);
    let small = scaled(square, side);
    let side = small.width();
    let pixels = on_white(&small);
    let mut jpeg = Vec::new();
    for quality in QUALITIES {
        jpeg.clear();
        JpegEncoder::new_with_quality(&mut jpeg, quality)
            .encode(pixels.as_raw(), side, side, ExtendedColorType::Rgb8)
            .map_err(damaged)?;
        if jpeg.len() <= JPEG_BYTES_MAX {
            break;
        }
    }
    Ok(done(jpeg, side))
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDES_MAX);
    limits.max_image_height = Some(SIDES_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    limits
}

/// Looks at what the picture says of itself before a pixel is decoded.
fn decode(mut decoder: impl ImageDecoder) -> Result<DynamicImage, PictureError> {
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    decoder.set_limits(limits()).map_err(damaged)?;
    let orientation = decoder.orientation().map_err(damaged)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn check_size(width: u32, height: u32) -> Result<(), PictureError> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels > PIXELS_MAX || width > SIDES_MAX || height > SIDES_MAX {
        return Err(PictureError::TooManyPixels(width, height));
    }
    if width.min(height) < SIDE_MIN {
        return Err(PictureError::TooSmall(width, height));
    }
    Ok(())
}

/// Down to the size that is kept; a large picture in two steps, which is much faster and looks the same.
fn scaled(square: DynamicImage, side: u32) -> DynamicImage {
    if side <= SIDE_MAX {
        return square;
    }
    let nearer = if side > SIDE_MAX * 4 {
        square.thumbnail_exact(SIDE_MAX * 2, SIDE_MAX * 2)
    } else {
        square
    };
    nearer.resize_exact(SIDE_MAX, SIDE_MAX, FilterType::Lanczos3)
}

/// JPEG knows no transparency: what shines through is white.
fn on_white(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    let source = image.to_rgba8();
    RgbImage::from_fn(source.width(), source.height(), |x, y| {
        let [red, green, blue, alpha] = source.get_pixel(x, y).0;
        let over = |part: u8| {
            let sum = u32::from(part) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
            u8::try_from(sum / 255).unwrap_or(u8::MAX)
        };
        Rgb([over(red), over(green), over(blue)])
    })
}

fn damaged(error: ImageError) -> PictureError {
    match &error {
        ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => PictureError::CutOff,
        _ => PictureError::Damaged(error.to_string().chars().take(200).collect()),
    }
}

#[cfg(test)]
#[path = "prepare_tests.rs"]
mod tests;
