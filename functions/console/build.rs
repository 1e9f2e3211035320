//! Makes the table of the files that the function serves: each file of `dist`, compressed, under a name with a hash of its
//! content. The scripts in `chunks` have one already, by which other scripts name them.

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use brotli::{BrotliCompress, enc::BrotliEncoderParams};
use sha2::{Digest, Sha256};

/// Facts about the bundle, which no page needs.
const NOT_SERVED: [&str; 2] = ["FIRST_VIEW", "SOURCES"];

/// The folder of the scripts that are named by their hash.
const CHUNKS: &str = "chunks";

/// The bytes of a hash in a name. A file of the same name in two versions differs in it.
const HASH_BYTES: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    #[expect(
        clippy::disallowed_methods,
        reason = "Cargo names the folder for the output by this variable"
    )]
    let output = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);

    fs::create_dir_all(output.join(CHUNKS))?;

    let mut table = String::from("&[\n");
    for name in names(&dist)? {
        write_entry(&mut table, &dist.join(&name), &name, &output)?;
    }
    table.push(']');
    fs::write(output.join("assets.rs"), table)?;
    Ok(())
}

/// The paths of the served files in `dist`, sorted.
fn names(dist: &Path) -> Result<Vec<String>, std::io::Error> {
    let files_of = |folder: &Path| -> Result<Vec<String>, std::io::Error> {
        let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
        let files = entries.into_iter().filter(|entry| entry.path().is_file());
        Ok(files
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect())
    };

    let mut names = files_of(dist)?;
    names.retain(|name| !NOT_SERVED.contains(&name.as_str()));
    let chunks = files_of(&dist.join(CHUNKS))?;
    names.extend(chunks.iter().map(|name| format!("{CHUNKS}/{name}")));
    names.sort();
    Ok(names)
}

/// Writes the entry of a file, and its compressed content beside the table.
fn write_entry(
    table: &mut String,
    file: &Path,
    name: &str,
    output: &Path,
) -> Result<(), Box<dyn Error>> {
    let content = fs::read(file)?;
    let compressed = output.join(format!("{name}.br"));
    let mut writer = fs::File::create(&compressed)?;
    BrotliCompress(
        &mut &*content,
        &mut writer,
        &BrotliEncoderParams {
            size_hint: content.len(),
            ..BrotliEncoderParams::default()
        },
    )?;

    let served_as = if name.starts_with(CHUNKS) {
        name.to_owned()
    } else {
        let (stem, extension) = name.rsplit_once('.').ok_or("a file without an extension")?;
        format!("{stem}-{}.{extension}", hash(&content))
    };
    let (file, compressed) = (path_text(file)?, path_text(&compressed)?);
    writeln!(
        table,
        "Asset {{ name: {name:?}, served_as: {served_as:?}, \
         content: include_bytes!({file:?}), compressed: include_bytes!({compressed:?}) }},"
    )?;
    Ok(())
}

fn hash(content: &[u8]) -> String {
    Sha256::digest(content)[..HASH_BYTES]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn path_text(path: &Path) -> Result<&str, &'static str> {
    path.to_str().ok_or("a path that is not UTF-8")
}
