//! Names that the user may have meant.

use crate::diagnostics::suggestion;

/// ` Did you mean "x"?` for a name that is almost the given one, or nothing.
pub fn did_you_mean<'n>(given: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    match suggestion(given, names.into_iter()) {
        Some(name) => format!(" Did you mean {name:?}?"),
        None => String::new(),
    }
}
