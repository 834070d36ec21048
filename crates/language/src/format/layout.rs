//! Decides the space before every token: indentation, spacing within a line, and the columns in
//! which neighbouring lines align their equals signs and their comments.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use super::rewrite::Piece;
use crate::scanner::TokenKind;

pub(super) fn lay_out(mut pieces: Vec<Piece<'_>>) -> String {
    let lines = lines(&pieces);
    indent(&mut pieces, &lines);
    for line in &lines {
        space_cell(&mut pieces, line.lead.clone());
        space_cell(&mut pieces, line.assign.clone());
    }
    align(&mut pieces, &lines, |line| line.lead.start..line.lead.end, |line| line.assign.clone());
    align(
        &mut pieces,
        &lines,
        |line| line.lead.start..line.assign.end,
        |line| line.comment.clone(),
    );

    let length = pieces.iter().map(|piece| piece.spaces + piece.text.len()).sum();
    let mut text = String::with_capacity(length);
    for piece in &pieces {
        text.extend(std::iter::repeat_n(' ', piece.spaces));
        text.push_str(&piece.text);
    }
    text
}

/// A line in up to three cells, as ranges of pieces that follow each other. A line here ends where
/// the language sees a line break, so a heredoc stands in the line that opens it.
struct Line {
    lead: Range<usize>,
    /// From the equals sign on, when what follows is a whole expression.
    assign: Range<usize>,
    /// The comment after something else.
    comment: Range<usize>,
}

fn lines(pieces: &[Piece<'_>]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (index, piece) in pieces.iter().enumerate() {
        if piece.kind == TokenKind::EndOfFile {
            lines.push(line(pieces, start..index));
        } else if piece.ends_line() {
            lines.push(line(pieces, start..index + 1));
            start = index + 1;
        }
    }
    lines
}

fn line(pieces: &[Piece<'_>], whole: Range<usize>) -> Line {
    let ends_with_comment = whole.len() > 1 && pieces[whole.end - 1].kind == TokenKind::Comment;
    let comment_start = if ends_with_comment { whole.end - 1 } else { whole.end };
    let assign = (whole.start + 1..comment_start)
        .find(|index| pieces[*index].kind == TokenKind::Assign)
        .filter(|index| bracket_change(&pieces[*index..comment_start]) == 0)
        .unwrap_or(comment_start);
    Line {
        lead: whole.start..assign,
        assign: assign..comment_start,
        comment: comment_start..whole.end,
    }
}

fn bracket_change(pieces: &[Piece<'_>]) -> isize {
    pieces.iter().map(|piece| piece.kind.bracket_change()).sum()
}

/// Lines that open more brackets than they close indent what follows by one level, however many
/// brackets that are. Each level remembers its number, to end with the bracket that closes the last.
fn indent(pieces: &mut [Piece<'_>], lines: &[Line]) {
    let mut levels: Vec<usize> = Vec::new();
    for line in lines {
        let lead = &pieces[line.lead.clone()];
        let Some(first) = lead.first() else { continue };
        if first.kind == TokenKind::Newline {
            pieces[line.lead.start].spaces = 0;
            continue;
        }
        // The sequences in a heredoc do not count for the line that opens it.
        let heredoc = lead.iter().position(|piece| piece.kind == TokenKind::OpenHeredoc);
        let counted = &lead[..heredoc.unwrap_or(lead.len())];
        let change = bracket_change(counted) + bracket_change(&pieces[line.assign.clone()]);
        let mut closed = if change < 0 { change.unsigned_abs() } else { 0 };
        while closed > 0 {
            let Some(level) = levels.last_mut() else { break };
            if closed < *level {
                *level -= closed;
                break;
            }
            closed -= *level;
            levels.pop();
        }
        pieces[line.lead.start].spaces = 2 * levels.len();
        if change > 0 {
            levels.push(change.unsigned_abs());
        }
    }
}

fn space_cell(pieces: &mut [Piece<'_>], cell: Range<usize>) {
    let cell = &mut pieces[cell];
    let mut before = None;
    for index in 1..cell.len() {
        let beyond = cell.get(index + 1).map(|piece| piece.kind);
        let after = (cell[index].kind, beyond);
        let spaced = is_spaced(before, cell[index - 1].kind, after, &cell[index - 1]);
        before = Some(cell[index - 1].kind);
        cell[index].spaces = usize::from(spaced);
    }
}

/// Whether a space follows `subject`. The first rule that knows an answer decides.
fn is_spaced(
    before: Option<TokenKind>,
    subject: TokenKind,
    (after, beyond): (TokenKind, Option<TokenKind>),
    piece: &Piece<'_>,
) -> bool {
    use TokenKind::*;
    match (subject, after) {
        (_, Newline) => false,
        (Identifier, OpenParen) => false,
        // Without space this could be another number. After a dot it is an index, which the next
        // index must not become a part of.
        (Number, Dot) => before != Some(Dot) || beyond == Some(Number),
        (Dot | DoubleColon, _) | (_, Dot | DoubleColon) => false,
        (_, Comma | Ellipsis) => false,
        (Comma, _) => true,
        // Space within templates is part of their text.
        (QuotedLiteral | HeredocLiteral | OpenQuote | OpenHeredoc, _) => false,
        (_, QuotedLiteral | HeredocLiteral | CloseQuote | CloseHeredoc) => false,
        // In `[for x in [y]: x]` this is the keyword, not a name to be indexed.
        (Identifier, _) if piece.text == "in" && before == Some(Identifier) => true,
        (Identifier | Number, OpenBracket) => false,
        (_, OpenBracket) if subject.bracket_change() < 0 => false,
        (Not, _) => false,
        (Minus, _) => !is_negation(before),
        (OpenBrace, CloseBrace) => false,
        (OpenBrace, _) | (_, CloseBrace) => true,
        // Braces of objects stay apart from those of the sequence around them.
        (OpenInterpolation | OpenDirective, OpenBrace) => true,
        (CloseBrace, CloseSequence) => true,
        (CloseSequence, OpenInterpolation | OpenDirective) => false,
        _ => subject.bracket_change() <= 0 && after.bracket_change() >= 0,
    }
}

/// Whether a minus after this token negates what follows, rather than subtracting it.
fn is_negation(before: Option<TokenKind>) -> bool {
    use TokenKind::*;
    matches!(
        before,
        None | Some(
            OpenParen
                | OpenBrace
                | OpenBracket
                | Assign
                | Colon
                | Comma
                | Question
                | Plus
                | Star
                | Slash
                | Percent
                | Minus
                | Equal
                | NotEqual
                | Greater
                | GreaterEqual
                | Less
                | LessEqual
                | And
                | Or
                | Not
        )
    )
}

/// Moves a cell of consecutive lines that have it behind the longest of the texts before it.
fn align(
    pieces: &mut [Piece<'_>],
    lines: &[Line],
    before: impl Fn(&Line) -> Range<usize>,
    cell: impl Fn(&Line) -> Range<usize>,
) {
    for group in lines.chunk_by(|left, right| !cell(left).is_empty() && !cell(right).is_empty()) {
        if group.iter().any(|line| cell(line).is_empty()) {
            continue;
        }
        let widths: Vec<usize> = group.iter().map(|line| columns(&pieces[before(line)])).collect();
        let widest = widths.iter().copied().max().unwrap_or(0);
        for (line, width) in group.iter().zip(widths) {
            pieces[cell(line).start].spaces = widest - width + 1;
        }
    }
}

/// How many columns the pieces take, one for each character as a reader counts them.
fn columns(pieces: &[Piece<'_>]) -> usize {
    let text_columns = |text: &str| match text.is_ascii() && !text.contains('\r') {
        true => text.len(),
        false => text.graphemes(true).count(),
    };
    pieces.iter().map(|piece| piece.spaces + text_columns(&piece.text)).sum()
}
