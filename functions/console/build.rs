//! Makes the table of the files that the function serves: each file of `dist`, compressed, under a name with a hash of its
//! content.

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use brotli::{BrotliCompress, enc::BrotliEncoderParams};
use sha2::{Digest, Sha256};

/// The hashes of the bundle's inputs: no page needs them.
const SOURCES: &str = "SOURCES";

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

    let mut names: Vec<String> = fs::read_dir(&dist)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_, std::io::Error>>()?;
    names.retain(|name| name != SOURCES);
    names.sort();

    let mut table = String::from("&[\n");
    for name in names {
        write_entry(&mut table, &dist.join(&name), &name, &output)?;
    }
    table.push(']');
    fs::write(output.join("assets.rs"), table)?;
    Ok(())
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

    let hash: String = Sha256::digest(&content)[..HASH_BYTES]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let (stem, extension) = name.rsplit_once('.').ok_or("a file without an extension")?;
    writeln!(
        table,
        "Asset {{ name: {name:?}, served_as: \"{stem}-{hash}.{extension}\", \
         content: include_bytes!({file:?}), compressed: include_bytes!({compressed:?}) }},"
    )?;
    Ok(())
}
