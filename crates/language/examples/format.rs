//! Formats configuration text from standard input, or in place the files that are named.

use std::io::{Read as _, Write as _};

use provision_language::format::format_source;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<_> = std::env::args_os().skip(1).collect();
    if paths.is_empty() {
        let mut source = String::new();
        std::io::stdin().read_to_string(&mut source)?;
        std::io::stdout().write_all(format_source(&source)?.as_bytes())?;
    }
    for path in paths {
        match format_source(&std::fs::read_to_string(&path)?) {
            Ok(formatted) => std::fs::write(&path, formatted)?,
            Err(error) => eprintln!("{} at {}: {error}", path.display(), error.offset),
        }
    }
    Ok(())
}
