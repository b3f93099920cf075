//! Good pictures, and hostile ones.

use super::*;
use image::ImageEncoder;
use image::codecs::png::PngEncoder;

fn scene(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let part = |at: u32, of: u32| u8::try_from(at * 255 / of.max(1)).unwrap();
        Rgb([part(x, width), part(y, height), 90])
    })
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
    encoder
        .write_image(
            scene(width, height).as_raw(),
            width,
            height,
            ExtendedColorType::Rgb8,
        )
        .unwrap();
    bytes
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(
            scene(width, height).as_raw(),
            width,
            height,
            ExtendedColorType::Rgb8,
        )
        .unwrap();
    bytes
}

/// A segment behind the beginning of a JPEG.
fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, content, &jpeg[2..]].concat()
}

/// Exif that says how the camera was held.
fn exif(orientation: u8) -> Vec<u8> {
    let entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
    [b"Exif\0\0MM\0*\0\0\0\x08\0\x01", &entry[..], &[0, 0, 0, 0]].concat()
}

fn decoded(prepared: &Prepared) -> RgbImage {
    let decoder = JpegDecoder::new(Cursor::new(&prepared.jpeg)).unwrap();
    DynamicImage::from_decoder(decoder).unwrap().to_rgb8()
}

#[test]
fn a_picture_becomes_a_square_jpeg_of_at_most_648_and_is_never_made_larger() {
    for (bytes, side) in [
        (jpeg(1200, 900), 648),
        (png(700, 3000), 648),
        (jpeg(300, 200), 200),
        (png(48, 48), 48),
        (jpeg(3000, 3000), 648),
    ] {
        let made = prepare(&bytes).unwrap();
        assert_eq!(made.side, side);
        assert_eq!(decoded(&made).dimensions(), (side, side));
        assert!(made.jpeg.len() <= JPEG_BYTES_MAX);
        assert_eq!(
            prepare(&bytes).unwrap(),
            made,
            "the same file gives the same bytes"
        );
    }
}

#[test]
fn what_was_made_once_stays_as_it_is() {
    let made = prepare(&png(800, 800)).unwrap();
    assert_eq!(prepare(&made.jpeg).unwrap().jpeg, made.jpeg);
}

#[test]
fn it_is_turned_as_the_camera_says() {
    let upright = decoded(&prepare(&jpeg(200, 200)).unwrap());
    let turned = with_segment(&jpeg(200, 200), 0xE1, &exif(6));
    let turned = decoded(&prepare(&turned).unwrap());
    // A quarter to the right: what was at the left edge's bottom is at the top left.
    let near = |one: &Rgb<u8>, other: &Rgb<u8>| {
        one.0
            .iter()
            .zip(other.0)
            .all(|(one, other)| one.abs_diff(other) < 12)
    };
    assert!(near(turned.get_pixel(10, 10), upright.get_pixel(10, 189)));
    assert!(near(turned.get_pixel(189, 10), upright.get_pixel(10, 10)));
    let portrait = prepare(&with_segment(&jpeg(300, 100), 0xE1, &exif(6))).unwrap();
    assert_eq!((portrait.width, portrait.height), (100, 300));
}

#[test]
fn nothing_is_passed_on_but_pixels() {
    let secret = b"GPS 52.0907 5.1214";
    let picture = with_segment(&jpeg(100, 100), 0xFE, secret);
    let behind = [&jpeg(100, 100)[..], b"PK\x03\x04", secret].concat();
    let profile = with_segment(
        &jpeg(100, 100),
        0xE2,
        &[b"ICC_PROFILE\0\x01\x01", &secret[..]].concat(),
    );
    for bytes in [picture, behind, profile] {
        let made = prepare(&bytes).unwrap();
        assert!(!made.jpeg.windows(secret.len()).any(|part| part == secret));
        assert_eq!(made.side, 100);
    }
}

#[test]
fn what_shines_through_becomes_white() {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(&[0; 64 * 64 * 4], 64, 64, ExtendedColorType::Rgba8)
        .unwrap();
    let made = decoded(&prepare(&bytes).unwrap());
    assert!(made.get_pixel(5, 5).0.iter().all(|part| *part > 250));
}

#[test]
fn a_noisy_picture_is_written_small_enough_too() {
    let mut state = 7_u32;
    let noise = RgbImage::from_fn(648, 648, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [a, b, c, _] = state.to_be_bytes();
        Rgb([a, b, c])
    });
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(noise.as_raw(), 648, 648, ExtendedColorType::Rgb8)
        .unwrap();
    let made = prepare(&bytes).unwrap();
    assert!(made.jpeg.len() <= JPEG_BYTES_MAX, "{}", made.jpeg.len());
}

#[test]
fn another_type_is_refused_by_its_bytes_whatever_its_name() {
    for (bytes, what) in [
        (&b"GIF89a\x01\0\x01\0"[..], "a GIF"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "a WebP picture"),
        (b"\0\0\0\x18ftypheic", "a HEIC or AVIF picture, or a video"),
        (
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            "a text such as SVG or HTML",
        ),
        (b"PK\x03\x04", "a ZIP file or an office document"),
        (b"%PDF-1.7", "a PDF document"),
        (b"MZ\x90\0", "something else"),
        (b"", "an empty file"),
        (b"\xFF\xD8", "something else"),
    ] {
        assert_eq!(prepare(bytes), Err(PictureError::WrongType(what)));
    }
}

#[test]
fn a_file_that_was_cut_off_is_refused_wherever_it_ends() {
    for whole in [jpeg(200, 200), png(200, 200)] {
        for part in 1..20 {
            let cut = &whole[..whole.len() * part / 20];
            assert!(prepare(cut).is_err(), "{part}/20");
        }
    }
    let whole = jpeg(200, 200);
    assert_eq!(prepare(&whole[..whole.len() - 2]), Err(PictureError::CutOff));
}

/// A PNG that says it is as large as that, with next to nothing in it.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(64, 64);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    // The sum over the header must be right, or it is refused for that.
    let mut sum = u32::MAX;
    for byte in &bytes[12..29] {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 {
                (sum >> 1) ^ 0xEDB8_8320
            } else {
                sum >> 1
            };
        }
    }
    bytes[29..33].copy_from_slice(&(!sum).to_be_bytes());
    bytes
}

#[test]
fn a_bomb_is_refused_before_it_is_decoded() {
    for (width, height) in [
        (25_000, 25_000),
        (8_000, 8_000),
        (29_000, 2_000),
        (60_000, 60_000),
        (70_000, 200),
        (2_000_000_000, 2_000_000_000),
    ] {
        assert_eq!(
            prepare(&bomb(width, height)),
            Err(PictureError::TooManyPixels(width, height))
        );
    }
    // A JPEG's sides stand in its frame header.
    let mut large = jpeg(64, 64);
    let frame = large.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    large[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(prepare(&large), Err(PictureError::TooManyPixels(65_535, 65_535)));
    // It says more than it holds.
    assert!(prepare(&bomb(3_000, 3_000)).is_err());
}

#[test]
fn an_animation_and_a_stamp_are_refused() {
    let still = png(64, 64);
    let control = [&8_u32.to_be_bytes()[..], b"acTL\0\0\0\x02\0\0\0\0", &[0; 4]].concat();
    let animated = [&still[..33], &control, &still[33..]].concat();
    assert_eq!(prepare(&animated), Err(PictureError::Animated));
    assert_eq!(prepare(&png(47, 900)), Err(PictureError::TooSmall(47, 900)));
    assert_eq!(prepare(&jpeg(1, 1)), Err(PictureError::TooSmall(1, 1)));
}

#[test]
fn bytes_that_were_turned_over_never_end_in_anything_but_a_picture_or_a_refusal() {
    for whole in [jpeg(90, 60), png(90, 60)] {
        for at in (0..whole.len()).step_by(7) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x55;
            if let Ok(made) = prepare(&damaged) {
                assert!(made.side <= SIDE_MAX && made.jpeg.len() <= JPEG_BYTES_MAX);
            }
        }
    }
}
