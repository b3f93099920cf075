//! Profile pictures: out of a folder, through a sheet or without one, into the directory and back again.

use std::io::Cursor;

use base64::Engine;
use dirsheet::sandbox::SandboxOptions;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::Value;

use super::stand::{Stand, people};

/// A picture that no other number has.
fn scene(number: u32, width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let part = |value: u32| u8::try_from(value % 256).unwrap();
        Rgb([part(x + number * 37), part(y + number * 11), part(number * 5)])
    })
}

pub fn jpeg(number: u32, width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 80)
        .encode_image(&scene(number, width, height))
        .unwrap();
    bytes
}

fn png(number: u32, width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    scene(number, width, height)
        .write_to(&mut bytes, ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

pub fn text(user: &Value, property: &str) -> String {
    user[property].as_str().unwrap().to_owned()
}

/// The picture that the directory holds.
pub fn live(stand: &Stand, id: &str) -> Option<Vec<u8>> {
    let dump = stand.dump();
    let text = dump[id]["photo"]["bytes"].as_str()?;
    Some(base64::engine::general_purpose::STANDARD.decode(text).unwrap())
}

fn sides(jpeg: &[u8]) -> (u32, u32) {
    let picture = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).unwrap();
    (picture.width(), picture.height())
}

pub fn folder(stand: &Stand, name: &str, files: &[(&str, Vec<u8>)]) {
    std::fs::create_dir_all(stand.path(name)).unwrap();
    for (file, bytes) in files {
        std::fs::write(stand.path(name).join(file), bytes).unwrap();
    }
}

const PHOTOS: [&str; 2] = ["--photos", "photos"];

pub fn run(stand: &Stand, arguments: &[&str], code: i32) -> super::stand::Ran {
    stand.run(&[arguments, &PHOTOS].concat()).must(code)
}

#[test]
fn a_picture_is_put_replaced_removed_and_taken_back_and_every_export_is_the_beginning_of_an_edit() {
    let stand = Stand::of(40);
    let users = stand.ordinary();
    let ids: Vec<String> = users.iter().take(3).map(|user| text(user, "id")).collect();
    folder(
        &stand,
        "photos",
        &[("anna.jpg", jpeg(1, 900, 700)), ("bob.PNG", png(2, 120, 120))],
    );
    let export = [
        "export",
        "-o",
        "users.csv",
        "--columns",
        "displayName,jobTitle,photo",
    ];
    stand.run(&export).must(0);
    let mut sheet = stand.sheet("users.csv");
    sheet.set(&ids[0], "photo", "anna.jpg");
    sheet.set(&ids[1], "photo", "BOB.png");
    stand.save("users.csv", &sheet);
    // Without the folder nobody knows what is meant.
    stand
        .run(&["check", "users.csv"])
        .must(3)
        .says(&["photos-not-given", "--photos DIR"]);
    run(&stand, &["check", "users.csv"], 0);
    run(&stand, &["plan", "users.csv"], 0).says(&["`anna.jpg` (900 x 700) is sent as 648 x 648"]);
    assert!(stand.history().is_empty());
    run(&stand, &["apply", "users.csv", "--yes"], 0);
    let put = [live(&stand, &ids[0]).unwrap(), live(&stand, &ids[1]).unwrap()];
    assert_eq!((sides(&put[0]), sides(&put[1])), ((648, 648), (120, 120)));
    let report = stand.report(&stand.newest_run());
    assert_eq!(report.of(&ids[0], "_status"), "updated");
    let first = stand.newest_run();
    // The same again changes nothing.
    run(&stand, &["apply", "users.csv", "--yes"], 0);
    assert_eq!(stand.history().len(), 2);

    // An export with its pictures, and once more: what did not change is not fetched.
    let with_files = [&export[..], &["--photos", "out"]].concat();
    let before = stand.stats();
    stand.run(&with_files).must(0);
    let fetched = stand.stats().reads - before.reads;
    for (id, put) in ids.iter().zip(&put) {
        assert_eq!(
            &std::fs::read(stand.path("out").join(format!("{id}.jpg"))).unwrap(),
            put
        );
    }
    let sheet = stand.sheet("users.csv");
    assert_eq!(sheet.of(&ids[0], "photo"), format!("{}.jpg", ids[0]));
    assert_eq!(sheet.of(&ids[2], "photo"), "");
    let before = stand.stats();
    stand.run(&with_files).must(0);
    assert_eq!(
        stand.stats().reads - before.reads,
        fetched - 2,
        "two pictures less"
    );
    // A file that somebody changed is written again.
    std::fs::write(stand.path("out").join(format!("{}.jpg", ids[0])), "x").unwrap();
    stand.run(&with_files).must(0);
    assert_eq!(
        std::fs::read(stand.path("out").join(format!("{}.jpg", ids[0]))).unwrap(),
        put[0]
    );

    // The export asks for nothing, with its folder and without.
    stand.run(&["plan", "users.csv", "--detailed-exitcode"]).must(0);
    stand
        .run(&["plan", "users.csv", "--photos", "out", "--detailed-exitcode"])
        .must(0);
    // One picture is replaced under its name, one is removed.
    std::fs::write(
        stand.path("out").join(format!("{}.jpg", ids[0])),
        jpeg(3, 300, 300),
    )
    .unwrap();
    let mut sheet = stand.sheet("users.csv");
    sheet.set(&ids[1], "photo", "<clear>");
    stand.save("users.csv", &sheet);
    stand
        .run(&["apply", "users.csv", "--photos", "out", "--yes"])
        .must(0);
    assert_eq!(sides(&live(&stand, &ids[0]).unwrap()), (300, 300));
    assert_eq!(live(&stand, &ids[1]), None);
    // Back to the pictures before, and then to none.
    let second = stand.newest_run();
    stand.run(&["undo", &second, "--yes"]).must(0);
    assert_eq!(live(&stand, &ids[0]).as_ref(), Some(&put[0]));
    assert_eq!(live(&stand, &ids[1]).as_ref(), Some(&put[1]));
    stand.run(&["undo", &first, "--yes"]).must(0);
    assert_eq!((live(&stand, &ids[0]), live(&stand, &ids[1])), (None, None));
    // The files of the pictures that are gone would put them back; one that was changed since is somebody's own.
    stand
        .run(&with_files)
        .must(0)
        .says(&["Removed the photo of 1 person who has none any more."]);
    let is_there = |id: &str| stand.path("out").join(format!("{id}.jpg")).exists();
    assert_eq!((is_there(&ids[0]), is_there(&ids[1])), (true, false));
}

#[test]
fn a_sealed_plan_carries_its_pictures_and_one_that_lost_them_is_refused() {
    let stand = Stand::of(40);
    let id = text(&stand.ordinary()[0], "id");
    folder(&stand, "photos", &[("anna.jpg", jpeg(1, 200, 200))]);
    stand.write("sheet.csv", format!("id,photo\n{id},anna.jpg\n"));
    run(&stand, &["plan", "sheet.csv", "-o", "plan.json"], 0);
    std::fs::remove_dir_all(stand.path("photos")).unwrap();
    let kept = stand.state().join("pictures");
    let moved = stand.path("elsewhere");
    std::fs::rename(&kept, &moved).unwrap();
    stand
        .run(&["apply", "plan.json", "--yes"])
        .must(2)
        .says(&["1 pictures of this plan are not kept", "nothing was written"]);
    let _made_again = std::fs::remove_dir_all(&kept);
    std::fs::rename(&moved, &kept).unwrap();
    stand.run(&["apply", "plan.json", "--yes"]).must(0);
    assert_eq!(sides(&live(&stand, &id).unwrap()), (200, 200));
}

/// A PNG whose header says that it is larger than any camera makes them.
fn bomb() -> Vec<u8> {
    let mut bytes = png(1, 64, 64);
    bytes[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    let sum = !checksum(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 {
                (sum >> 1) ^ 0xEDB8_8320
            } else {
                sum >> 1
            }
        })
    })
}

#[test]
fn hostile_files_and_names_are_told_all_at_once_and_the_good_rows_can_go_on() {
    let stand = Stand::of(60);
    let users = stand.ordinary();
    let whole = jpeg(1, 300, 300);
    folder(
        &stand,
        "photos",
        &[
            ("good.jpg", whole.clone()),
            ("gif.jpg", b"GIF89a\x01\0\x01\0".to_vec()),
            ("cut.jpg", whole[..whole.len() / 2].to_vec()),
            ("bomb.png", bomb()),
            ("stamp.png", png(1, 20, 20)),
            ("page.png", b"<svg/>".to_vec()),
            ("empty.jpg", Vec::new()),
        ],
    );
    stand.write("secret.jpg", jpeg(9, 100, 100));
    let mut cells = vec![
        ("good.jpg", ""),
        ("gif.jpg", "not-a-picture"),
        ("cut.jpg", "picture-damaged"),
        ("bomb.png", "picture-size"),
        ("stamp.png", "picture-size"),
        ("page.png", "not-a-picture"),
        ("empty.jpg", "not-a-picture"),
        ("nobody.jpg", "photo-file"),
        ("../secret.jpg", "not-a-file-name"),
        ("/etc/hostname", "not-a-file-name"),
        ("C:\\x.jpg", "not-a-file-name"),
        ("NUL.jpg", "not-a-file-name"),
    ];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(stand.path("secret.jpg"), stand.path("photos/link.jpg")).unwrap();
        cells.push(("link.jpg", "photo-file"));
    }
    let mut text_of = "id,photo\n".to_owned();
    for (user, (cell, _)) in users.iter().zip(&cells) {
        text_of.push_str(&format!("{},{cell}\n", text(user, "id")));
    }
    stand.write("sheet.csv", text_of);
    let told = stand.json(&[&["check", "sheet.csv"][..], &PHOTOS].concat(), 3);
    let word = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let found: Vec<(String, String)> = told["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (word(finding, "cell"), word(finding, "rule")))
        .collect();
    let expected: Vec<(String, String)> = (2..)
        .zip(&cells)
        .filter(|(_, (_, rule))| !rule.is_empty())
        .map(|(row, (_, rule))| (format!("B{row}"), (*rule).to_owned()))
        .collect();
    assert_eq!(found, expected, "{told:#}");
    run(&stand, &["apply", "sheet.csv", "--yes"], 3);
    assert!(stand.history().is_empty());
    run(&stand, &["apply", "sheet.csv", "--yes", "--skip-errors"], 6);
    assert_eq!(stand.history().len(), 1);
    assert!(live(&stand, &text(&users[0], "id")).is_some());
}

#[test]
fn a_folder_is_a_sheet_by_itself_and_its_files_are_named_after_their_users() {
    let stand = Stand::of(60);
    let users = stand.ordinary();
    let by_id = format!("{}.jpg", text(&users[0], "id"));
    let by_name = format!("{}.png", text(&users[1], "userPrincipalName"));
    folder(
        &stand,
        "photos",
        &[
            (&by_id, jpeg(1, 200, 200)),
            (&by_name, png(2, 200, 200)),
            ("notes.txt", b"x".to_vec()),
        ],
    );
    run(&stand, &["check"], 0).says(&["2 rows"]);
    run(&stand, &["plan"], 0).says(&["1 file in `photos` is no picture", "Plan for photos,"]);
    run(&stand, &["plan", "-o", "plan.json"], 0);
    stand.run(&["apply", "plan.json", "--yes"]).must(0);
    for user in &users[..2] {
        assert!(live(&stand, &text(user, "id")).is_some());
    }
    // Two files for one user are not chosen between, and nobody is called so.
    let twice = format!("{}.jpg", text(&users[1], "id"));
    folder(&stand, "photos", &[(&twice, jpeg(6, 99, 99))]);
    run(&stand, &["apply", "--yes"], 3).says(&[
        "rows-contradict",
        &format!("photos {twice}: error"),
        &format!("`{by_name}` names the same user"),
        "keep one file for each user",
    ]);
    // The same picture twice leaves nothing to choose.
    std::fs::copy(
        stand.path("photos").join(&by_name),
        stand.path("photos").join(&twice),
    )
    .unwrap();
    run(&stand, &["check"], 0);
    run(&stand, &["apply", "--yes"], 0).says(&["user-twice", &format!("photos {twice}: warning")]);
    std::fs::remove_file(stand.path("photos").join(&twice)).unwrap();
    let also = format!("{}.jpg", text(&users[1], "userPrincipalName"));
    folder(
        &stand,
        "photos",
        &[
            ("stranger@contoso.example.jpg", jpeg(3, 99, 99)),
            (&also, jpeg(4, 99, 99)),
        ],
    );
    let writes = stand.history().len();
    run(&stand, &["apply", "--yes"], 3).says(&["photos stranger@contoso.example.jpg: error"]);
    assert_eq!(stand.history().len(), writes);

    std::fs::create_dir_all(stand.path("none")).unwrap();
    stand
        .run(&["apply", "--photos", "none", "--yes"])
        .must(2)
        .says(&["there is no picture in `none`"]);

    let numbered: Vec<&Value> = users
        .iter()
        .filter(|user| user["employeeId"].is_string())
        .collect();
    let number = text(numbered[5], "employeeId");
    folder(
        &stand,
        "numbers",
        &[(&format!("{number}.jpg"), jpeg(5, 150, 150))],
    );
    stand
        .run(&["apply", "--photos", "numbers", "--key", "employeeId", "--yes"])
        .must(0);
    assert_eq!(
        sides(&live(&stand, &text(numbered[5], "id")).unwrap()),
        (150, 150)
    );
}

#[test]
fn what_cannot_be_read_for_one_user_costs_that_cell_only() {
    let stand = Stand::open(SandboxOptions {
        roles: vec!["Directory.Read.All".into()],
        ..people(10)
    });
    let ran = stand.run(&[
        "export",
        "-o",
        "users.csv",
        "--columns",
        "displayName",
        "--photos",
        "out",
    ]);
    ran.must(6).says(&["`photo` could not be read for 10 users"]);
    let sheet = stand.sheet("users.csv");
    assert!(sheet.cells("photo").iter().all(|cell| *cell == "<not read>"));
}
