use std::fs;

use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

/// A folder of pictures, each of one colour.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("within the folder")).expect("made");
        path
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).expect("written");
    }

    fn picture(&self, name: &str, size: [u32; 2], colour: [u8; 3]) {
        let format = if name.ends_with("png") { ImageFormat::Png } else { ImageFormat::Jpeg };
        let picture = RgbImage::from_pixel(size[1], size[0], Rgb(colour));
        picture.save_with_format(self.path(name), format).expect("written");
    }

    /// Five red cats and five blue dogs.
    fn pets() -> Self {
        let folder = Self::new();
        for number in 0..5 {
            folder.picture(&format!("cats/{number}.png"), [4 + number, 6], [250, 0, 20]);
            folder.picture(&format!("dogs/{number}.jpg"), [16, 8 + number], [0, 0, 220]);
        }
        folder
    }

    fn load(&self) -> Result<Classified, String> {
        let root = self.0.path().display().to_string();
        picture_folder(self.0.path(), 8, 1).map_err(|error| error.to_string().replace(&root, "DIR"))
    }
}

#[test]
fn pictures_of_any_size_and_either_format_become_examples_of_one_shape() {
    let data = Folder::pets().load().expect("good");
    assert_eq!(
        (data.shape, data.classes.as_slice()),
        (Shape { channels: 3, height: 8, width: 8 }, &["cats", "dogs"].map(str::to_owned)[..])
    );
    assert_eq!((data.training.rows(), data.held_out.rows()), (8, 2));
    for (inputs, class) in data.training.inputs.chunks(192).zip(&data.training.targets) {
        // Cats are red and dogs are not; no picture is green, except for what JPEG adds.
        assert!(inputs[..64].iter().all(|red| (*red > 0.0) == (*class == 0)), "{class}: {inputs:?}");
        assert!(inputs[128..].iter().all(|blue| (*blue > 0.0) == (*class == 1)), "{class}: {inputs:?}");
    }
    let mean: f32 = data.training.inputs.chunks(192).flat_map(|row| &row[..64]).sum();
    assert!(mean.abs() < 1e-3, "standardized: {mean}");
}

#[test]
fn the_split_is_drawn_from_the_seed() {
    let folder = Folder::pets();
    let targets = |seed| picture_folder(folder.0.path(), 8, seed).expect("good").training.targets;
    assert_eq!(targets(1), targets(1));
    assert!((2..9).any(|seed| targets(seed) != targets(1)));
}

#[test]
fn a_split_of_ones_own_is_kept() {
    for name in ["test", "val", "valid", "Validation"] {
        let folder = Folder::new();
        folder.picture("train/a/1.png", [3, 3], [0, 0, 0]);
        folder.picture("train/b/1.png", [3, 3], [255, 255, 255]);
        folder.picture(&format!("{name}/b/2.png"), [3, 3], [255, 255, 255]);
        folder.put("README.txt", b"beside the classes");
        folder.put("train/a/.hidden", b"left out");
        let data = folder.load().expect("good");
        assert_eq!((&data.training.targets, &data.held_out.targets), (&vec![0, 1], &vec![1]));
        assert_eq!(data.held_out.inputs, [1.0; 192]);
        fs::create_dir(folder.path("dogs")).expect("made");
        let words = "a folder beside train: move the pictures of a class into train, or remove the folder";
        assert_eq!(folder.load().unwrap_err(), format!("DIR/dogs: {words}"));
        fs::remove_dir(folder.path("dogs")).expect("removed");
        fs::rename(folder.path("train"), folder.path("Train")).expect("renamed");
        assert_eq!(folder.load().expect("good"), data);
        folder.picture(&format!("{name}/c/2.png"), [3, 3], [9, 9, 9]);
        let words = "train has no class of that name: add its pictures there, or remove the folder";
        assert_eq!(folder.load().unwrap_err(), format!("DIR/{name}/c: {words}"));
    }
}

#[test]
fn classes_may_be_in_groups() {
    let folder = Folder::new();
    for number in 0..5 {
        folder.picture(&format!("pets/cat/{number}.png"), [3, 3], [0, 0, 0]);
        folder.picture(&format!("birds/owl/{number}.png"), [3, 3], [255, 255, 255]);
        folder.picture(&format!("stones/{number}.png"), [3, 3], [9, 9, 9]);
    }
    assert_eq!(folder.load().expect("good").classes, ["owl", "cat", "stones"]);
    folder.picture("toys/cat/1.png", [3, 3], [9, 9, 9]);
    let root = folder.0.path().display().to_string();
    let said = folder.load().unwrap_err().replace(&root, "DIR");
    assert_eq!(said, "DIR/toys/cat: a class of that name is in DIR/pets/cat too: rename one of them");
}

#[test]
fn grey_and_transparent_pictures_have_three_colours_too() {
    let folder = Folder::new();
    for number in 0..3 {
        folder.picture(&format!("a/{number}.png"), [2, 2], [0, 0, 0]);
    }
    image::GrayImage::from_pixel(2, 2, image::Luma([200])).save(folder.path("b/grey.png")).expect("written");
    RgbaImage::from_pixel(2, 2, Rgba([200, 200, 200, 7])).save(folder.path("b/clear.png")).expect("written");
    assert_eq!(folder.load().expect("good").training.inputs.len(), 4 * 192);
}

#[test]
fn a_file_that_is_not_a_picture_is_named() {
    let folder = Folder::pets();
    folder.put("dogs/notes.png", b"these are words");
    let words = "it is not a PNG or JPEG picture: convert it, or remove it from the folder";
    assert_eq!(folder.load().unwrap_err(), format!("DIR/dogs/notes.png: {words}"));
    folder.put("dogs/notes.png", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;");
    assert_eq!(folder.load().unwrap_err(), format!("DIR/dogs/notes.png: {words}"));
    let whole = fs::read(folder.path("cats/0.png")).expect("readable");
    folder.put("dogs/notes.png", &whole[..whole.len() / 2]);
    let said = folder.load().unwrap_err();
    assert!(said.starts_with("DIR/dogs/notes.png: it is not a readable picture ("), "{said}");
    assert!(said.ends_with("): replace or remove it"), "{said}");
}

#[test]
fn a_folder_without_two_classes_with_pictures_is_refused() {
    let holds = "a folder of PNG or JPEG pictures per class (or such folders in train and test)";
    let folder = Folder::new();
    assert_eq!(folder.load().unwrap_err(), format!("DIR: it holds no class: it must hold {holds}"));
    folder.picture("cats/1.png", [3, 3], [1, 2, 3]);
    assert_eq!(
        folder.load().unwrap_err(),
        format!("DIR: 'cats' is the only class: the folder must hold {holds}, at least two")
    );
    fs::create_dir(folder.path("dogs")).expect("made");
    let words = "this class has no picture: add some, or remove the folder";
    assert_eq!(folder.load().unwrap_err(), format!("DIR/dogs: {words}"));
    folder.picture("dogs/1.png", [3, 3], [1, 2, 3]);
    let words = "2 pictures: one in five is held out, which needs at least 5";
    assert_eq!(folder.load().unwrap_err(), format!("DIR: {words}"));
    folder.picture("dogs/more/1.png", [3, 3], [1, 2, 3]);
    let words = "a folder inside a class: move its pictures into the folder of the class";
    assert_eq!(folder.load().unwrap_err(), format!("DIR/dogs/more: {words}"));
    let words = format!("/no/where: there is no such folder: create one that holds {holds}");
    assert_eq!(picture_folder(Path::new("/no/where"), 8, 1).unwrap_err().to_string(), words);
}

#[test]
fn a_jpeg_that_is_cut_anywhere_is_refused() {
    let folder = Folder::pets();
    let picture = RgbImage::from_fn(64, 48, |x, y| Rgb([(x * 4) as u8, (y * 5) as u8, ((x * y) % 251) as u8]));
    picture.save_with_format(folder.path("cats/whole.jpg"), ImageFormat::Jpeg).expect("written");
    folder.load().expect("whole");
    let whole = fs::read(folder.path("cats/whole.jpg")).expect("read");
    for percent in [1, 20, 50, 80, 99] {
        folder.put("cats/whole.jpg", &whole[..(whole.len() * percent / 100).max(4)]);
        let said = folder.load().unwrap_err();
        assert!(said.starts_with("DIR/cats/whole.jpg: it is "), "{percent}: {said}");
    }
    // The end of a preview within is not that of the picture.
    let preview = [&[0xff, 0xd8, 0xff, 0xe1, 0, 6][..], &[0xff, 0xd9, 0, 0], &whole[2..whole.len() - 2]].concat();
    folder.put("cats/whole.jpg", &preview);
    assert_eq!(folder.load().unwrap_err(), "DIR/cats/whole.jpg: it is cut short: replace or remove it");
}

#[test]
fn a_picture_is_turned_as_its_camera_says() {
    let folder = Folder::new();
    folder.picture("a/1.png", [8, 8], [9, 9, 9]);
    let picture = RgbImage::from_fn(16, 16, |x, _| if x < 8 { Rgb([255, 255, 255]) } else { Rgb([0, 0, 0]) });
    picture.save_with_format(folder.path("b/1.jpg"), ImageFormat::Jpeg).expect("written");
    let plain = fs::read(folder.path("b/1.jpg")).expect("read");
    // Orientation 6: the camera was held so that the left is the top.
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
    folder.put("b/1.jpg", &[&plain[..2], &[0xff, 0xe1], &length, exif, &plain[2..]].concat());
    let mut numbers = Vec::new();
    Pictures::new(8).read(&folder.path("b/1.jpg"), &mut numbers).expect("good");
    let (top, bottom) = (&numbers[..24], &numbers[40..64]);
    assert!(top.iter().all(|value| *value > 0.8) && bottom.iter().all(|value| *value < 0.2), "{numbers:?}");
}

#[test]
fn a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() {
    let folder = Folder::pets();
    let mut bytes = Vec::new();
    png_of(&mut bytes, 20_000, 20_000);
    folder.put("cats/large.png", &bytes);
    let words = "20000×20000 pixels, more than 32 million: make it smaller";
    assert_eq!(folder.load().unwrap_err(), format!("DIR/cats/large.png: {words}"));
}

/// The beginning of a PNG picture of that size: its header, and data that is never read.
fn png_of(out: &mut Vec<u8>, width: u32, height: u32) {
    let chunk = |out: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]| {
        out.extend_from_slice(&(content.len() as u32).to_be_bytes());
        let summed = [&kind[..], content].concat();
        out.extend_from_slice(&summed);
        let mut crc = flate2::Crc::new();
        crc.update(&summed);
        out.extend_from_slice(&crc.sum().to_be_bytes());
    };
    out.extend_from_slice(b"\x89PNG\r\n\x1a\n");
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(out, b"IHDR", &[&size[..], &[8, 2, 0, 0, 0]].concat());
    chunk(out, b"IDAT", &[0x78, 0x9c, 3, 0, 0, 0, 0, 1]);
}
