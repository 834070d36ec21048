//! Names that the user may have meant.

/// ` Did you mean "x"?` for the first of the names that is almost the given one, or nothing.
pub fn did_you_mean<'n>(given: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    match names.into_iter().find(|name| is_similar(given, name)) {
        Some(name) => format!(" Did you mean {name:?}?"),
        None => String::new(),
    }
}

/// Whether at most two letters must be inserted, removed or replaced.
fn is_similar(left: &str, right: &str) -> bool {
    const LIMIT: usize = 2;
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    if left.len().abs_diff(right.len()) > LIMIT {
        return false;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.iter().enumerate() {
        let mut diagonal = index;
        row[0] = index + 1;
        for (column, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
        if row.iter().all(|distance| *distance > LIMIT) {
            return false;
        }
    }
    row[right.len()] <= LIMIT
}
