//! Makes the index of the facts under `facts/`: a sorted table of type, phase and text for each
//! folder, so that nothing is read or parsed before it is asked for.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let facts = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("facts");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", facts.display());

    let phases = phases(&fs::read_to_string(facts.join("phases.csv"))?);
    let mut index = String::new();
    for (folder, table) in [("resource", "RESOURCES"), ("data", "DATA"), ("provider", "PROVIDERS")]
    {
        let files = json_files(&facts.join(folder))?;
        let _ = writeln!(index, "static {table}: [Entry; {}] = [", files.len());
        for (kind, file) in files {
            let phase = match phases.get(&(folder.to_owned(), kind.clone())) {
                Some(phase) => phase.as_str(),
                None if folder == "provider" || !kind.starts_with("aws_") => "Utility",
                None => panic!("phases.csv has no line for {folder} {kind}"),
            };
            let file = file.display().to_string();
            let entry = format!("Entry::new({kind:?}, Phase::{phase}, include_str!({file:?}))");
            let _ = writeln!(index, "    {entry},");
        }
        index.push_str("];\n");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("facts_index.rs"), index)
}

/// The variant of `Phase` by folder and type.
fn phases(csv: &str) -> BTreeMap<(String, String), String> {
    let mut phases = BTreeMap::new();
    for line in csv.lines().skip(1) {
        let mut fields = line.split(',').map(str::to_owned);
        let (Some(folder), Some(kind), Some(phase)) = (fields.next(), fields.next(), fields.next())
        else {
            panic!("phases.csv: {line:?} does not have three fields");
        };
        let variant = phase[..1].to_uppercase() + &phase[1..];
        phases.insert((folder, kind), variant);
    }
    phases
}

/// The JSON files of a folder by name without extension.
fn json_files(folder: &Path) -> io::Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json")
            && let Some(name) = path.file_stem().and_then(|name| name.to_str())
        {
            files.insert(name.to_owned(), path.clone());
        }
    }
    Ok(files)
}
