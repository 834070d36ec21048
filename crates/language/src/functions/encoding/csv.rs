//! Comma-separated values after RFC 4180, with the checks and messages of Go's reader.

/// The first row, where there is one.
pub(super) fn header(text: &str) -> Result<Option<Vec<String>>, String> {
    rows_up_to(text, 1).map(|rows| rows.into_iter().next())
}

/// Reads all rows; every row has as many fields as the first. Empty lines are skipped.
pub(super) fn rows(text: &str) -> Result<Vec<Vec<String>>, String> {
    rows_up_to(text, usize::MAX)
}

fn rows_up_to(text: &str, count: usize) -> Result<Vec<Vec<String>>, String> {
    // A line break is one character whatever it was made of; one at the very end may miss its
    // line feed.
    let text = text.replace("\r\n", "\n");
    let text = text.strip_suffix('\r').unwrap_or(&text);
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut rest = text;
    let mut line = 0;
    while !rest.is_empty() && rows.len() < count {
        line += 1;
        let first_line = line;
        let (row, remaining) = match rest.strip_prefix('\n') {
            Some(remaining) => {
                rest = remaining;
                continue;
            }
            None => row(rest, &mut line)?,
        };
        rest = remaining;
        if rows.first().is_some_and(|first| first.len() != row.len()) {
            return Err(error(first_line, "wrong number of fields"));
        }
        rows.push(row);
    }
    Ok(rows)
}

fn error(line: usize, what: &str) -> String {
    format!("CSV parse error on line {line}: {what}")
}

/// One row, and the text behind its line break.
fn row<'a>(text: &'a str, line: &mut usize) -> Result<(Vec<String>, &'a str), String> {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        if let Some(mut inner) = rest.strip_prefix('"') {
            let mut field = String::new();
            loop {
                let Some(end) = inner.find('"') else {
                    let inner = inner.strip_suffix('\n').unwrap_or(inner);
                    *line += inner.matches('\n').count();
                    return Err(error(*line, "extraneous or missing \" in quoted-field"));
                };
                *line += inner[..end].matches('\n').count();
                field.push_str(&inner[..end]);
                inner = &inner[end + 1..];
                match inner.strip_prefix('"') {
                    Some(after) => {
                        field.push('"');
                        inner = after;
                    }
                    None => break,
                }
            }
            fields.push(field);
            match inner.chars().next() {
                Some(',') => rest = &inner[1..],
                Some('\n') => return Ok((fields, &inner[1..])),
                None => return Ok((fields, inner)),
                Some(_) => {
                    return Err(error(*line, "extraneous or missing \" in quoted-field"));
                }
            }
            continue;
        }
        let end = rest.find([',', '\n']).unwrap_or(rest.len());
        let field = &rest[..end];
        if field.contains('"') {
            return Err(error(*line, "bare \" in non-quoted-field"));
        }
        fields.push(field.to_owned());
        match rest[end..].chars().next() {
            Some(',') => rest = &rest[end + 1..],
            Some(_) => return Ok((fields, &rest[end + 1..])),
            None => return Ok((fields, "")),
        }
    }
}
